// Attacks by those who may write where paths of specs lead, with the shim itself: what they make is not run or shown.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compile } from '../support/fake-runtime.ts';
import { runShim } from '../support/run-shim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

process.umask(0o022);
const folder = temporaryFolder();
const runtime = compile('fake-runc', folder);
const isRoot = process.geteuid?.() === 0;
const skip = isRoot ? false : 'another user owns what only root can give away';
const SOMEBODY = 1000;

interface Place {
  /** of root's */
  readonly root: string;
  /** everybody may put things there, as in /tmp */
  readonly common: string;
  /** somebody else's */
  readonly foreign: string;
}

interface Attack {
  readonly title: string;
  readonly edits: (place: Place) => object;
  readonly settings: (place: Place) => string;
  readonly prepare?: (place: Place) => void;
  readonly why: RegExp;
}

const bind = (hostPath: string): object => ({ mounts: [{ hostPath, containerPath: '/in', options: ['rbind'] }] });
const listed = ({ root, foreign }: Place): string => `trust: { hostPaths: ["${root}/**", "${foreign}/**"] }`;

const attacks: readonly Attack[] = [
  {
    title: 'a hook that anybody may put where it is missing',
    edits: ({ common }) => ({ hooks: [{ hookName: 'prestart', path: join(common, 'hook') }] }),
    settings: () => 'stale: warn',
    why: /everybody may put it into directory/,
  },
  {
    title: 'a mount source that anybody may put where it is missing',
    edits: ({ common }) => bind(join(common, 'data')),
    settings: () => 'stale: warn',
    why: /everybody may put it into directory/,
  },
  {
    title: 'a link below a listed path to what is not listed',
    edits: ({ root }) => bind(join(root, 'link')),
    settings: listed,
    prepare: ({ root }) => symlinkSync('/etc/shadow', join(root, 'link')),
    why: /it leads to "\/etc\/shadow", and trust\.hostPaths lists only/,
  },
  {
    title: 'a listed directory whose owner may make it a link',
    edits: ({ foreign }) => bind(join(foreign, 'data')),
    settings: listed,
    prepare: ({ foreign }) => mkdirSync(join(foreign, 'data')),
    why: /belongs to user 1000/,
  },
  {
    title: 'a node that is called /dev/null and has the numbers of the memory',
    edits: () => ({ deviceNodes: [{ path: '/dev/null', major: 1, minor: 1 }] }),
    settings: () => 'trust: { hostPaths: [/dev/null] }',
    why: /the host has 1:3, the spec says 1:1, so that trust\.hostPaths does not cover it/,
  },
  {
    title: 'the file systems of the kernel beside listed paths',
    edits: () => ({ mounts: [{ hostPath: 'debugfs', containerPath: '/in', type: 'debugfs' }] }),
    settings: () => 'trust: { hostPaths: ["/**"] }',
    why: /trust\.mountTypes does not list type "debugfs"/,
  },
  {
    title: 'a mount that leaves the bundle, round a rule about its source',
    edits: ({ root }) => bind(`../../../../../../../..${root}/data`),
    settings: ({ root }) => `policy: { rules: [{ mounts: ["${root}/data"], action: deny }] }`,
    prepare: ({ root }) => mkdirSync(join(root, 'data')),
    why: /its path is not absolute; write the whole path/,
  },
  ...[{ major: 1 }, { major: 4097 }, { major: 4294967297, type: 'u' }].map((numbers) => ({
    title: `the node of a rule by another path, as ${JSON.stringify(numbers)}`,
    edits: () => ({ deviceNodes: [{ path: '/dev/other', type: 'c', minor: 3, ...numbers }] }),
    settings: () => 'policy: { rules: [{ nodes: /dev/null, action: deny }] }',
    why: /policy\.rules\[0\] of the settings denies it: the device brings "\/dev\/null"/,
  })),
];

function layOut({ edits, settings, prepare }: Attack): { readonly config: string; readonly settings: string } {
  const root = mkdtempSync(join(folder, 'p-'));
  chmodSync(root, 0o755);
  const place = { root, common: join(root, 'common'), foreign: join(root, 'foreign') };
  for (const name of ['common', 'foreign', 'cdi', 'bundle']) mkdirSync(join(root, name));
  chmodSync(place.common, 0o1777);
  chownSync(place.foreign, SOMEBODY, SOMEBODY);
  prepare?.(place);
  const spec = { cdiVersion: '0.6.0', kind: 'v.com/c', devices: [{ name: 'd', containerEdits: edits(place) }] };
  writeFileSync(join(root, 'cdi/v.json'), JSON.stringify(spec));
  const file = join(root, 'settings.yaml');
  const lines = [`runtime: ${runtime}`, `specDirs: [${root}/cdi]`, 'audit: { enabled: false }', settings(place)];
  writeFileSync(file, lines.join('\n'));
  const config = join(root, 'bundle/config.json');
  writeFileSync(config, '{"annotations":{"cdi.k8s.io/x":"v.com/c=d"}}');
  return { config, settings: file };
}

for (const attack of attacks)
  test(`the shim refuses ${attack.title}`, { skip }, () => {
    const { config, settings } = layOut(attack);
    const before = readFileSync(config, 'utf8');
    const { status, stderr, record } = runShim({
      folder: join(config, '..'),
      args: ['create', '--bundle', join(config, '..'), 'id'],
      settings,
    });
    assert.deepEqual([status, record, readFileSync(config, 'utf8')], [1, undefined, before]);
    assert.match(stderr, attack.why);
  });

test('the shim lets a node pass that no rule is about', { skip }, () => {
  const node = { path: '/dev/zero' };
  const { config, settings } = layOut({
    title: '',
    edits: () => ({ deviceNodes: [node] }),
    settings: () => 'policy: { rules: [{ nodes: /dev/null, action: deny }, { nodes: /dev/zero, action: allow }] }',
    why: /./,
  });
  const { stderr, record } = runShim({
    folder: join(config, '..'),
    args: ['create', '--bundle', join(config, '..'), 'id'],
    settings,
  });
  assert.equal(stderr, '');
  assert.ok(record !== undefined && readFileSync(config, 'utf8').includes(node.path));
});
