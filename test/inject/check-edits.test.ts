// What specs may do: hooks that are trusted, paths that are listed, and things that the host still has.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MemoryEntry, MemoryOptions } from '../../src/host/memory.ts';
import type { InjectionOptions } from '../../src/inject/options.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';
import { planned, refusalOf, request } from './planned.ts';

const SPEC = '/etc/cdi/a.yaml';

/** A spec of one device, whose edits begin in line 6. */
function specOf(edits: object): string {
  return `cdiVersion: 0.6.0
kind: a/b
devices:
- name: c
  containerEdits:
    ${JSON.stringify(edits)}
`;
}

interface Checked {
  readonly files?: Readonly<Record<string, MemoryEntry>>;
  readonly memory?: MemoryOptions;
  readonly trust?: Partial<InjectionOptions['trust']>;
  readonly stale?: InjectionOptions['stale'];
}

function asked(edits: object, { files, memory = {}, trust, stale = 'warn' }: Checked): Parameters<typeof planned>[1] {
  const settings = { stale, trust: { ...DEFAULT_SETTINGS.trust, ...trust } };
  return { files: { ...files, [SPEC]: specOf(edits) }, memory, settings };
}

const refusedFor = (edits: object, checked: Checked): string | undefined =>
  refusalOf(request('a/b=c'), asked(edits, checked));

// Hooks.

const HOOK = '/usr/bin/hook';
const hook = (more: object = {}): object => ({ hooks: [{ hookName: 'createContainer', path: HOOK, ...more }] });
const THERE = { files: { [HOOK]: '#!' } };
const refused = (path: string, place: string, why: string): string =>
  `UNTRUSTED: cannot run hook "${path}" of spec "${SPEC}": ${place}: ${why}`;
const MEND = 'let only root write there, or set trust.owner: off';
const PATH_AT = 'line 6, column 52';

const hooks: [title: string, edits: object, checked: Checked, want: string | undefined][] = [
  ['of root', hook(), THERE, undefined],
  [
    'by a relative path',
    hook({ path: 'bin/hook' }),
    THERE,
    refused('bin/hook', PATH_AT, 'its path is not absolute; write the whole path'),
  ],
  [
    'by a name',
    hook({ path: 'hook' }),
    THERE,
    refused('hook', PATH_AT, 'its path is not absolute; write the whole path'),
  ],
  [
    'that is a directory',
    hook({ path: '/usr/bin' }),
    THERE,
    refused('/usr/bin', PATH_AT, 'it is no regular file; name a program'),
  ],
  [
    'that is a device',
    hook({ path: '/dev/x' }),
    { files: { '/dev/x': { type: 'c', major: 1, minor: 3, mode: 0o666 } } },
    refused('/dev/x', PATH_AT, 'it is no regular file; name a program'),
  ],
  [
    'that is a link to a program',
    hook({ path: '/h' }),
    { ...THERE, files: { ...THERE.files, '/h': '' }, memory: { links: { '/h': HOOK } } },
    undefined,
  ],
  [
    'that is a link to a directory',
    hook({ path: '/h' }),
    { files: { ...THERE.files, '/h': '' }, memory: { links: { '/h': '/usr/bin' } } },
    refused('/h', PATH_AT, 'it is no regular file; name a program'),
  ],
  [
    'of another user',
    hook(),
    { ...THERE, memory: { owners: { [HOOK]: { uid: 1000 } } } },
    refused(HOOK, PATH_AT, `it belongs to user 1000; ${MEND}`),
  ],
  [
    'that a group may write',
    hook(),
    { ...THERE, memory: { owners: { [HOOK]: { mode: 0o775, gid: 5 } } } },
    refused(HOOK, PATH_AT, `it can be written by group 5 (mode 0775); ${MEND}`),
  ],
  [
    'in a directory that all may write',
    hook(),
    { ...THERE, memory: { owners: { '/usr/bin': { mode: 0o777 } } } },
    refused(HOOK, PATH_AT, `directory "/usr/bin" can be written by everybody (mode 0777); ${MEND}`),
  ],
  [
    'below another user’s directory',
    hook(),
    { ...THERE, memory: { owners: { '/usr': { uid: 7 } } } },
    refused(HOOK, PATH_AT, `directory "/usr" belongs to user 7; ${MEND}`),
  ],
  [
    'that is a link to another user’s program',
    hook({ path: '/h' }),
    { files: { ...THERE.files, '/h': '' }, memory: { links: { '/h': HOOK }, owners: { [HOOK]: { uid: 7 } } } },
    refused('/h', PATH_AT, `file "${HOOK}" belongs to user 7; ${MEND}`),
  ],
  [
    'of another user, where owners do not matter',
    hook(),
    { ...THERE, memory: { owners: { [HOOK]: { uid: 1000 } } }, trust: { owner: 'off' } },
    undefined,
  ],
  [
    'that is a directory, where owners do not matter',
    hook({ path: '/usr/bin' }),
    { ...THERE, trust: { owner: 'off' } },
    refused('/usr/bin', PATH_AT, 'it is no regular file; name a program'),
  ],
  ['that is listed', hook(), { ...THERE, trust: { hookPaths: ['/opt/*', '/usr/bin/*'] } }, undefined],
  [
    'that is not listed',
    hook(),
    { ...THERE, trust: { hookPaths: ['/usr/*'] } },
    refused(HOOK, PATH_AT, 'trust.hookPaths does not list it; add it there'),
  ],
  [
    'that only reads as if it were listed',
    hook({ path: '/usr/bin/../../bin/sh' }),
    { ...THERE, trust: { hookPaths: ['/**'] } },
    refused('/usr/bin/../../bin/sh', PATH_AT, 'trust.hookPaths does not list it; add it there'),
  ],
  [
    'inside the container, by whatever path',
    hook({ hookName: 'startContainer', path: 'hook', env: ['LD_PRELOAD=/x'] }),
    {},
    undefined,
  ],
  [
    'inside the container that is not listed',
    hook({ hookName: 'startContainer' }),
    { trust: { hookPaths: ['/opt/*'] } },
    refused(HOOK, 'line 6, column 51', 'trust.hookPaths does not list it; add it there'),
  ],
];
for (const [title, edits, checked, want] of hooks)
  test(`a hook ${title} is ${want === undefined ? 'taken' : 'refused'}`, () =>
    assert.equal(refusedFor(edits, checked), want));

const DANGEROUS = [
  ...['LD_PRELOAD', 'LD_LIBRARY_PATH', 'LD_AUDIT', 'LD_', 'GCONV_PATH', 'GLIBC_TUNABLES', 'LOCPATH', 'MALLOC_CHECK_'],
  ...['BASH_ENV', 'BASH_FUNC_ls%%', 'ENV', 'IFS', 'SHELLOPTS', 'PS4', 'ZDOTDIR', 'TMPDIR'],
  ...['PYTHONPATH', 'PYTHONSTARTUP', 'NODE_OPTIONS', 'PERL5LIB', 'RUBYOPT', 'JAVA_TOOL_OPTIONS', 'OPENSSL_CONF'],
];
for (const name of DANGEROUS)
  test(`a hook with ${name} in its env is refused, unless the settings list it`, () => {
    const edits = hook({ env: ['PATH=/bin', `${name}=x`] });
    const why = `variable "${name}" could make it run what somebody else chose; remove it, or list it in trust.hookEnv`;
    assert.equal(refusedFor(edits, THERE), refused(HOOK, 'line 6, column 86', why));
    assert.equal(refusedFor(edits, { ...THERE, trust: { owner: 'off' } }), refused(HOOK, 'line 6, column 86', why));
    assert.equal(refusedFor(edits, { ...THERE, trust: { hookEnv: [`${name.slice(0, 3)}*`] } }), undefined);
  });

test('a hook may have every other variable', () => {
  const names = ['PATH', 'HOME', 'OLD_LD_PRELOAD', 'ld_preload', 'LANG', 'NVIDIA_CTK_DEBUG', 'ENVIRONMENT', 'TZ'];
  assert.equal(refusedFor(hook({ env: names.map((name) => `${name}=x`) }), THERE), undefined);
});

// Host paths by their list.

const FUSE: Readonly<Record<string, MemoryEntry>> = { '/dev/fuse': { type: 'c', major: 10, minor: 229, mode: 0o666 } };
const ONLY = (...hostPaths: string[]): Checked => ({
  files: { ...FUSE, '/opt/x/lib': '', '/etc/shadow': '' },
  trust: { hostPaths },
});
const node = (more: object = {}): object => ({ deviceNodes: [{ path: '/dev/fuse', ...more }] });
const mount = (more: object = {}): object => ({ mounts: [{ hostPath: '/opt/x/lib', containerPath: '/lib', ...more }] });
const notMounted = (path: string, column: number, why: string): string =>
  `UNTRUSTED: cannot mount "${path}" of spec "${SPEC}": line 6, column ${column}: ${why}`;
const notGiven = (path: string, column: number, why: string): string =>
  `UNTRUSTED: cannot inject device node "${path}" of spec "${SPEC}": line 6, column ${column}: ${why}`;
const OTHER = 'could reach paths that trust.hostPaths does not list; use a bind mount';

const listed: [title: string, edits: object, checked: Checked, want: string | undefined][] = [
  ['a mount, without a list', mount({ hostPath: '/etc/shadow' }), ONLY(), undefined],
  ['a mount that is listed', mount(), ONLY('/opt/**'), undefined],
  [
    'a mount that is not',
    mount(),
    ONLY('/opt/*', '/srv/**'),
    notMounted('/opt/x/lib', 28, 'trust.hostPaths lists only "/opt/*" and "/srv/**"; add it there'),
  ],
  [
    'a mount that only reads as if it were',
    mount({ hostPath: '/opt/x/../../etc/shadow' }),
    ONLY('/**'),
    notMounted('/opt/x/../../etc/shadow', 28, 'trust.hostPaths lists only "/**"; add it there'),
  ],
  ['a mount whose path is written otherwise', mount({ hostPath: '//opt/./x//lib/' }), ONLY('/opt/x/lib'), undefined],
  [
    'a mount of the bundle',
    mount({ hostPath: 'rootfs/etc' }),
    ONLY('/opt/**'),
    notMounted('rootfs/etc', 28, 'trust.hostPaths lists only "/opt/**"; add it there'),
  ],
  ['a tmpfs', mount({ hostPath: 'tmpfs', type: 'tmpfs' }), ONLY('/opt/**'), undefined],
  [
    'a tmpfs that is a bind mount',
    mount({ hostPath: '/etc/shadow', type: 'tmpfs', options: ['ro', 'rbind'] }),
    ONLY('/opt/**'),
    notMounted('/etc/shadow', 28, 'trust.hostPaths lists only "/opt/**"; add it there'),
  ],
  [
    'an overlay, whose options name paths',
    mount({ hostPath: 'overlay', type: 'overlay', options: ['lowerdir=/etc'] }),
    ONLY('/**'),
    notMounted('overlay', 70, `type "overlay" ${OTHER}`),
  ],
  ['a node that is listed', node(), ONLY('/dev/fuse'), undefined],
  [
    'a node that is not',
    node(),
    ONLY('/dev/nvidia*'),
    notGiven('/dev/fuse', 31, 'trust.hostPaths lists only "/dev/nvidia*"; add it there'),
  ],
  [
    'a node by another path of the host',
    node({ path: '/dev/nvidia0', hostPath: '/dev/fuse' }),
    ONLY('/dev/nvidia*'),
    notGiven('/dev/fuse', 57, 'trust.hostPaths lists only "/dev/nvidia*"; add it there'),
  ],
  [
    'a node with the numbers that the host has',
    node({ type: 'c', major: 10, minor: 229 }),
    ONLY('/dev/fuse'),
    undefined,
  ],
  [
    'a node with the numbers of another device',
    node({ type: 'b', major: 8, minor: 0 }),
    ONLY('/dev/fuse'),
    notGiven(
      '/dev/fuse',
      23,
      'the host has a character device, the spec says a block device, so that trust.hostPaths does not cover it; generate the spec anew',
    ),
  ],
  [
    'a node that the host lacks, with numbers',
    node({ path: '/dev/none', type: 'b', major: 8, minor: 0 }),
    ONLY('/dev/*'),
    notGiven(
      '/dev/none',
      23,
      'the host does not have it, so that trust.hostPaths does not cover it; generate the spec anew',
    ),
  ],
];
for (const [title, edits, checked, want] of listed)
  test(`trust.hostPaths: ${title} is ${want === undefined ? 'taken' : 'refused'}`, () =>
    assert.equal(refusedFor(edits, checked), want));

// What the host has by now.

const stale: [title: string, edits: object, memory: MemoryOptions, want: string][] = [
  [
    'a node that is gone',
    node({ path: '/dev/x', type: 'c', major: 1, minor: 2 }),
    {},
    'inject device node "/dev/x" of spec "$": line 6, column 23: the host does not have it',
  ],
  [
    'a node with another type',
    node({ type: 'b', major: 10, minor: 229 }),
    {},
    'inject device node "/dev/fuse" of spec "$": line 6, column 23: the host has a character device, the spec says a block device',
  ],
  [
    'a node with another major number',
    node({ type: 'c', major: 11, minor: 229 }),
    {},
    'inject device node "/dev/fuse" of spec "$": line 6, column 23: the host has 10:229, the spec says 11:229',
  ],
  [
    'a node with another minor number',
    node({ type: 'c', major: 10, minor: 0 }),
    {},
    'inject device node "/dev/fuse" of spec "$": line 6, column 23: the host has 10:229, the spec says 10:0',
  ],
  [
    'a node that is a file',
    node({ path: '/file', type: 'c', major: 1, minor: 2 }),
    {},
    'inject device node "/file" of spec "$": line 6, column 23: the host has no device, the spec says a character device',
  ],
  [
    'a node that cannot be looked at',
    node({ path: '/locked/x', type: 'c', major: 1, minor: 2 }),
    {},
    'inject device node "/locked/x" of spec "$": line 6, column 23: it cannot be looked at (EACCES)',
  ],
  [
    'a mount source that is gone',
    mount({ hostPath: '/none' }),
    {},
    'mount "/none" of spec "$": line 6, column 28: the host does not have it',
  ],
  [
    'a mount source below a file',
    mount({ hostPath: '/file/x' }),
    {},
    'mount "/file/x" of spec "$": line 6, column 28: the host does not have it',
  ],
  [
    'a mount source whose link leads nowhere',
    mount({ hostPath: '/file' }),
    { links: { '/file': '/none' } },
    'mount "/file" of spec "$": line 6, column 28: the host does not have it',
  ],
  [
    'a mount source whose links form a loop',
    mount({ hostPath: '/file' }),
    { links: { '/file': '/file' } },
    'mount "/file" of spec "$": line 6, column 28: its links form a loop',
  ],
  [
    'a hook that is gone',
    hook({ path: '/none' }),
    {},
    'run hook "/none" of spec "$": line 6, column 52: the host does not have it',
  ],
  [
    'a hook whose link leads nowhere',
    hook({ path: '/file' }),
    { links: { '/file': '/none' } },
    'run hook "/file" of spec "$": line 6, column 52: the host does not have it',
  ],
];
const HOST: Readonly<Record<string, MemoryEntry>> = { ...FUSE, '/file': '', '/locked': { errno: 'EACCES' } };
for (const [title, edits, memory, text] of stale) {
  const want = `cannot ${text.replace('$', SPEC)}; generate the spec anew`;
  const whole = { env: ['KEPT=1'], ...edits };
  const at = (choice: InjectionOptions['stale']): ReturnType<typeof planned> =>
    planned(request('a/b=c'), asked(whole, { files: HOST, memory, stale: choice }));
  const shown = want.replace(/line 6, column (\d+)/, (_, column) => `line 6, column ${Number(column) + 19}`);

  test(`stale: ${title} is an error, with its place and what the host has`, () => {
    const { refusal } = at('fail');
    assert.deepEqual([refusal?.code, refusal?.message, refusal?.path], ['STALE_DEVICE', shown, SPEC]);
  });
  test(`stale: ${title} is a warning, and is given as the spec says`, () => {
    const { warnings, edits: planEdits, refusal } = at('warn');
    assert.equal(refusal, undefined);
    assert.deepEqual(warnings, [shown]);
    assert.deepEqual(planEdits[0]?.edits.env, ['KEPT=1']);
    assert.equal(
      JSON.stringify(planEdits[0]?.edits).includes(JSON.stringify(Object.values(edits)[0][0].path ?? '/')),
      true,
    );
  });
  test(`stale: ${title} is ${'hooks' in edits ? 'not left out' : 'left out, and the rest is given'}`, () => {
    const { warnings, edits: left, refusal } = at('skip');
    assert.equal(refusal, undefined);
    assert.deepEqual(warnings, [`${'hooks' in edits ? '' : 'left out: '}${shown}`]);
    const { env, mounts = [], deviceNodes = [], hooks: kept = [] } = left[0]?.edits ?? {};
    assert.deepEqual(
      [env, mounts.length, deviceNodes.length, kept.length],
      [['KEPT=1'], 0, 0, 'hooks' in edits ? 1 : 0],
    );
  });
}

const fresh: [title: string, edits: object][] = [
  ['a node as the spec says', node({ type: 'c', major: 10, minor: 229 })],
  ['an unbuffered node, which Linux has as a character device', node({ type: 'u', major: 10, minor: 229 })],
  ['a node of whatever the host has', node()],
  ['a node whose minor number is 0 by being left out', { deviceNodes: [{ path: '/dev/zero0', type: 'c', major: 5 }] }],
  ['a pipe', { deviceNodes: [{ path: '/run/pipe', type: 'p' }] }],
  ['a mount of a tmpfs', mount({ hostPath: 'tmpfs', type: 'tmpfs' })],
  ['a mount of proc, whatever its source', mount({ hostPath: '/none', type: 'proc' })],
  ['a mount of what lies in the bundle', mount({ hostPath: 'rootfs/x' })],
];
for (const [title, edits] of fresh)
  test(`stale: nothing is to be said about ${title}`, () => {
    const files: Readonly<Record<string, MemoryEntry>> = {
      ...HOST,
      '/dev/zero0': { type: 'c', major: 5, minor: 0, mode: 0o666 },
      '/run/pipe': { type: 'p', major: 0, minor: 0, mode: 0o600 },
    };
    const { warnings, refusal } = planned(request('a/b=c'), asked(edits, { files, stale: 'fail' }));
    assert.deepEqual([refusal?.message, warnings], [undefined, []]);
  });

test('stale: without a type in the spec a plain file is no device', () => {
  const edits = node({ path: '/file' });
  const say = (choice: InjectionOptions['stale']): string | undefined =>
    refusedFor(edits, { files: HOST, stale: choice });
  assert.equal(
    say('fail'),
    `STALE_DEVICE: cannot inject device node "/file" of spec "${SPEC}": line 6, column 23: the host has no device there; generate the spec anew`,
  );
  assert.match(
    say('warn') ?? '',
    /^BAD_DEVICE_NODE: cannot inject device node "\/file": host path "\/file" is no device node; /,
  );
  assert.equal(say('skip'), undefined);
});
