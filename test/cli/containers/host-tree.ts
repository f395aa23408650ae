// A host as a tree of files: what runtimes, engines and the kernel write down, as far as it matters who holds a device.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../../../src/cli/run.ts';
import { createCollectingTerminal } from '../../../src/cli/terminal/terminal.ts';
import { createNodeHost } from '../../../src/host/node.ts';
import type { CdictlOutcome } from '../../support/run-cdictl.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** By path: a text, or a value that is written as JSON; `link` behind an arrow. */
export type Tree = Readonly<Record<string, string | number | object>>;

export const ID: string = 'ab'.repeat(32);
export const CREATED = '2026-01-01T00:00:00Z';
/** A day and an hour later. */
const NOW = Date.parse('2026-01-02T01:00:00Z');

/** Nodes of every such host: those of v.com/gpu, 0 and 1. */
const NODES: ReadonlyMap<string, number> = new Map([
  ['/dev/gpu0', 0],
  ['/dev/gpu1', 1],
]);
const MAJOR = 511;

const folder = temporaryFolder();
chmodSync(folder, 0o755);

export function makeTree(tree: Tree): string {
  const root = mkdtempSync(join(folder, 'h-'));
  chmodSync(root, 0o755);
  for (const [path, content] of Object.entries({ ...SPECS, '/proc/uptime': '1000.00 1.00\n', ...tree })) {
    const place = join(root, path);
    mkdirSync(dirname(place), { recursive: true });
    if (typeof content === 'string' && content.startsWith('-> ')) symlinkSync(content.slice(3), place);
    else if (Buffer.isBuffer(content)) writeFileSync(place, content);
    else writeFileSync(place, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return root;
}

/** What cdictl says of such a host, whose clock stands still; its root stands as ROOT where it is named. */
export async function runOn(
  root: string,
  words: readonly string[],
  width: number = Number.POSITIVE_INFINITY,
): Promise<CdictlOutcome> {
  const [stdout, stderr] = [createCollectingTerminal(width), createCollectingTerminal(width)];
  const own = createNodeHost();
  const deviceInfo: typeof own.deviceInfo = (path) => {
    const minor = NODES.get(path.slice(root.length));
    return minor === undefined ? own.deviceInfo(path) : { type: 'c', major: MAJOR, minor, mode: 0o666 };
  };
  const host = { ...own, deviceInfo, now: () => NOW };
  const status = await run([...words, '--host-root', root], { host, stdout, stderr, version: '0' });
  return { status, stdout: stdout.text(), stderr: stderr.text().replaceAll(root, 'ROOT') };
}

const SPECS: Tree = {
  '/etc/cdi/gpu.json': {
    cdiVersion: '0.6.0',
    kind: 'v.com/gpu',
    devices: [
      { name: '0', containerEdits: { deviceNodes: [{ path: '/dev/gpu0' }] } },
      { name: '1', containerEdits: { deviceNodes: [{ path: '/dev/gpu1' }] } },
      { name: 'GPU-a-long-name-of-zero', containerEdits: { deviceNodes: [{ path: '/dev/gpu0' }] } },
      { name: 'all', containerEdits: { deviceNodes: [{ path: '/dev/gpu0' }, { path: '/dev/gpu1' }] } },
      { name: 'files', containerEdits: { mounts: [{ hostPath: '/usr/lib/gpu', containerPath: '/usr/lib/gpu' }] } },
    ],
  },
  '/usr/lib/gpu': '',
};

/** A process that began then, in ticks. */
export function processOf(pid: number, ticks: number, condition = 'S'): Tree {
  const zeros = Array.from({ length: 17 }, () => '0').join(' ');
  return { [`/proc/${pid}/stat`]: `${pid} (a (b) c) ${condition} 1 ${zeros} ${ticks} 0\n` };
}

/** The state of a container of runc, and its process. */
export function runc(stateRoot: string, id: string, bundle: string, pid = 77): Tree {
  return {
    ...processOf(pid, 5000),
    [`${stateRoot}/${id}/state.json`]: {
      id,
      init_process_pid: pid,
      init_process_start: 5000,
      created: CREATED,
      config: { labels: ['a=b', `bundle=${bundle}`] },
    },
  };
}

/** The same of crun. */
export function crun(stateRoot: string, id: string, bundle: string, pid = 77): Tree {
  const status = { pid, 'process-start-time': 5000, bundle, created: CREATED };
  return { ...processOf(pid, 5000), [`${stateRoot}/${id}/status`]: status };
}

/** A config.json with the nodes of these minor numbers. */
export function document(minors: readonly number[], more: object = {}): object {
  const devices = minors.map((minor) => ({ path: `/dev/gpu${minor}`, type: 'c', major: MAJOR, minor }));
  return { ociVersion: '1.2.0', linux: { devices }, ...more };
}

interface Said {
  readonly id: string;
  readonly config: object;
  readonly devices: readonly string[];
  readonly outcome?: string;
  readonly digest?: string;
  readonly spec?: string;
}

/** Lines of the audit as the shim writes them: what was intended, and what came of it. */
export function audit({ id, config, devices, outcome = 'injected', digest, spec = '/etc/cdi/gpu.json' }: Said): string {
  const after = createHash('sha256').update(JSON.stringify(config)).digest('hex');
  const today = createHash('sha256').update(JSON.stringify(SPECS['/etc/cdi/gpu.json'])).digest('hex');
  const shared = { time: CREATED, record: id.slice(0, 16).padEnd(16, '0') };
  const call = { command: 'create', id, bundle: '/b' };
  const named = devices.map((name) => ({ name, spec, line: 1, digest: digest ?? today }));
  const intended = { ...shared, outcome: 'intended', ...call, devices: named, config: { before: '00', after } };
  const error = outcome === 'failed' ? { error: { code: 'NO_RUNTIME', message: 'no' } } : {};
  return [intended, { ...shared, outcome, ...call, ...error }].map((line) => `${JSON.stringify(line)}\n`).join('');
}
