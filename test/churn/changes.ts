// What changes around the creates, in a thread of its own: specs, settings and the log, in every common way.
import { once } from 'node:events';
import { copyFileSync, existsSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads';

export const SPEC = `cdiVersion: 0.6.0
kind: vendor.com/gpu
devices:
  - { name: gpu0, containerEdits: { env: [ONE=VERSION] } }
  - { name: gpu1, containerEdits: { env: [TWO=VERSION], mounts: [{ hostPath: /etc, containerPath: /VERSION }] } }
`;
export interface Place {
  readonly root: string;
  readonly spec: string;
  readonly settings: string;
  readonly audit: string;
  /** of the settings */
  readonly text: string;
}

/** Puts a text in the place of a file. */
type Way = (file: string, text: string) => void;

const byRename: Way = (file, text) => {
  writeFileSync(`${file}.new`, text, { mode: 0o644 });
  renameSync(`${file}.new`, file);
};

const inPlace: Way = (file, text) => writeFileSync(file, text);

const movedAway: Way = (file, text) => {
  renameSync(file, `${file}~`);
  writeFileSync(file, text, { mode: 0o644 });
  rmSync(`${file}~`);
};

const SPEC_WAYS = { 'by rename': byRename, 'in place': inPlace } as const;
const SETTINGS_WAYS = { 'by rename': byRename, 'in place': inPlace, 'moved away and written': movedAway } as const;
const LOG_WAYS = ['by rename', 'by copytruncate', 'not at all'] as const;

export interface Round {
  readonly specs: keyof typeof SPEC_WAYS;
  readonly settings: keyof typeof SETTINGS_WAYS;
  readonly log: (typeof LOG_WAYS)[number];
}

export const ROUNDS: readonly Round[] = keysOf(SPEC_WAYS).flatMap((specs) =>
  keysOf(SETTINGS_WAYS).flatMap((settings) => LOG_WAYS.map((log) => ({ specs, settings, log }))),
);

function keysOf<Key extends string>(table: { readonly [key in Key]: unknown }): Key[] {
  return Object.keys(table).filter((key): key is Key => key in table);
}

/** When lines may have been lost: between the copy and the cut. */
export interface Cut {
  readonly begin: number;
  readonly end: number;
}

/** What was changed until the creates had ended. */
export interface Changes {
  count: number;
  readonly cuts: Cut[];
}

/** As logrotate does it: with and without `copytruncate`. */
function turnOver(audit: string, turn: number, way: Round['log'], cuts: Cut[]): void {
  if (way === 'not at all' || !existsSync(audit) || statSync(audit).size === 0) return;
  if (way === 'by rename') {
    renameSync(audit, `${audit}.${turn}`);
    return;
  }
  const begin = Date.now();
  copyFileSync(audit, `${audit}.${turn}`);
  truncateSync(audit);
  cuts.push({ begin, end: Date.now() });
}

/** Changes begin. @returns by which they end, and what they were */
export async function beginChanges(place: Place, ways: Round): Promise<() => Promise<Changes>> {
  const worker = new Worker(import.meta.filename, { workerData: { place, ways } });
  await once(worker, 'message');
  return async () => {
    worker.postMessage('end');
    const [changes] = await once(worker, 'message');
    return changes;
  };
}

async function change(place: Place, ways: Round, port: MessagePort): Promise<void> {
  const changes: Changes = { count: 0, cuts: [] };
  let going = true;
  port.once('message', () => {
    going = false;
  });
  const repeat = async (one: (turn: number) => void): Promise<void> => {
    for (let turn = 0; going; turn++) {
      one(turn);
      changes.count++;
      await setTimeout(turn % 8);
    }
  };
  port.postMessage('begun');
  await Promise.all([
    repeat((turn) => SPEC_WAYS[ways.specs](place.spec, SPEC.replaceAll('VERSION', turn % 2 === 0 ? 'b' : 'a'))),
    repeat((turn) =>
      SETTINGS_WAYS[ways.settings](place.settings, `${'# more\n'.repeat((turn % 2) * 100)}${place.text}`),
    ),
    repeat((turn) => turnOver(place.audit, turn, ways.log, changes.cuts)),
  ]);
  port.postMessage(changes);
}

if (parentPort !== null) await change(workerData.place, workerData.ways, parentPort);
