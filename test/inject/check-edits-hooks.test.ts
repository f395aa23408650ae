// Which programs hooks may be, and which variables they may not have.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MemoryEntry, MemoryOptions } from '../host/memory-host.ts';
import { errorAbout, refusalFor, type Surroundings } from './one-device.ts';

const HOOK = '/usr/bin/hook';
const FIX = 'let only root write there, or set trust.owner: off';
const FILES: Readonly<Record<string, MemoryEntry>> = {
  [HOOK]: '#!',
  '/h': '',
  '/dev/x': { type: 'c', major: 1, minor: 3, mode: 0o666 },
};

function hook(more: object = {}): object {
  return { hooks: [{ hookName: 'createContainer', path: HOOK, ...more }] };
}

function refused(edits: object, path: string, why: string): string {
  return errorAbout(edits, 'UNTRUSTED', `run hook "${path}"`, `"${path}"`, why);
}

const OFF = { owner: 'off' } as const;
const LINKED: MemoryOptions = { links: { '/h': HOOK } };
const owned = (path: string, info: object): MemoryOptions => ({ ...LINKED, owners: { [path]: info } });

/** Without a reason it is taken. */
const cases: [title: string, more: object, surroundings: Surroundings, why?: string][] = [
  ['of root', {}, {}],
  ['by a relative path', { path: 'bin/hook' }, {}, 'its path is not absolute; write the whole path'],
  ['by a name', { path: 'hook' }, {}, 'its path is not absolute; write the whole path'],
  ['that is a directory', { path: '/usr/bin' }, {}, 'it is no regular file; name a program'],
  ['that is a device', { path: '/dev/x' }, {}, 'it is no regular file; name a program'],
  [
    'that is a directory, where owners do not matter',
    { path: '/usr/bin' },
    { trust: OFF },
    'it is no regular file; name a program',
  ],
  ['that is a link to a program', { path: '/h' }, { memory: LINKED }],
  [
    'that is a link to a directory',
    { path: '/h' },
    { memory: { links: { '/h': '/usr/bin' } } },
    'it is no regular file; name a program',
  ],
  ['of another user', {}, { memory: owned(HOOK, { uid: 1000 }) }, `it belongs to user 1000; ${FIX}`],
  ['of another user, where owners do not matter', {}, { memory: owned(HOOK, { uid: 1000 }), trust: OFF }],
  [
    'that a group may write',
    {},
    { memory: owned(HOOK, { mode: 0o775, gid: 5 }) },
    `it can be written by group 5 (mode 0775); ${FIX}`,
  ],
  [
    'in a directory that all may write',
    {},
    { memory: owned('/usr/bin', { mode: 0o777 }) },
    `directory "/usr/bin" can be written by everybody (mode 0777); ${FIX}`,
  ],
  [
    'below another user’s directory',
    {},
    { memory: owned('/usr', { uid: 7 }) },
    `directory "/usr" belongs to user 7; ${FIX}`,
  ],
  [
    'that is a link to another user’s program',
    { path: '/h' },
    { memory: owned(HOOK, { uid: 7 }) },
    `file "${HOOK}" belongs to user 7; ${FIX}`,
  ],
  ['that is listed', {}, { trust: { hookPaths: ['/opt/*', '/usr/bin/*'] } }],
  ['that is not listed', {}, { trust: { hookPaths: ['/usr/*'] } }, 'trust.hookPaths does not list it; add it there'],
  [
    'that is not listed, where owners do not matter',
    {},
    { trust: { ...OFF, hookPaths: ['/usr/*'] } },
    'trust.hookPaths does not list it; add it there',
  ],
  [
    'that only reads as if it were listed',
    { path: '/usr/bin/../../bin/sh' },
    { trust: { hookPaths: ['/**'] } },
    'trust.hookPaths does not list it; add it there',
  ],
  ['inside the container, by whatever path', { hookName: 'startContainer', path: 'hook', env: ['LD_PRELOAD=/x'] }, {}],
  [
    'inside the container that is not listed',
    { hookName: 'startContainer' },
    { trust: { hookPaths: ['/opt/*'] } },
    'trust.hookPaths does not list it; add it there',
  ],
];
for (const [title, more, surroundings, why] of cases)
  test(`a hook ${title} is ${why === undefined ? 'taken' : 'refused'}`, () => {
    const edits = hook(more);
    const { path = HOOK } = more as { readonly path?: string };
    assert.equal(refusalFor(edits, { files: FILES, ...surroundings }), why && refused(edits, path, why));
  });

const DANGEROUS = [
  ...['LD_PRELOAD', 'LD_LIBRARY_PATH', 'LD_AUDIT', 'LD_', 'GCONV_PATH', 'GLIBC_TUNABLES', 'LOCPATH', 'MALLOC_CHECK_'],
  ...['BASH_ENV', 'BASH_FUNC_ls%%', 'ENV', 'IFS', 'SHELLOPTS', 'PS4', 'ZDOTDIR', 'TMPDIR'],
  ...['PYTHONPATH', 'PYTHONSTARTUP', 'NODE_OPTIONS', 'PERL5LIB', 'RUBYOPT', 'JAVA_TOOL_OPTIONS', 'OPENSSL_CONF'],
];
for (const name of DANGEROUS)
  test(`a hook with ${name} in its env is refused, unless the settings list it`, () => {
    const edits = hook({ env: ['PATH=/bin', `${name}=x`] });
    const why = `variable "${name}" could make it run what somebody else chose; remove it, or list it in trust.hookEnv`;
    const want = errorAbout(edits, 'UNTRUSTED', `run hook "${HOOK}"`, `"${name}=x"`, why);
    assert.equal(refusalFor(edits, { files: FILES }), want);
    assert.equal(refusalFor(edits, { files: FILES, trust: OFF }), want);
    assert.equal(refusalFor(edits, { files: FILES, trust: { hookEnv: [name] } }), undefined);
    assert.equal(refusalFor(edits, { files: FILES, trust: { hookEnv: [`${name.slice(0, 3)}*`] } }), undefined);
  });

test('a hook may have every other variable', () => {
  const names = ['PATH', 'HOME', 'OLD_LD_PRELOAD', 'ld_preload', 'LANG', 'NVIDIA_CTK_DEBUG', 'ENVIRONMENT', 'TZ'];
  assert.equal(refusalFor(hook({ env: names.map((name) => `${name}=x`) }), { files: FILES }), undefined);
});
