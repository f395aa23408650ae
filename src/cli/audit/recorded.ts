// What the audit recorded of a bundle's container, and how today's specs differ from it.
import { realpathSync } from 'node:fs';
import type { Context } from '../command.ts';
import { FileLines } from '../files/file-lines.ts';
import { loadSpecView, type SpecView } from '../look.ts';
import { attempt, listRotatedFiles, readRotatedLines } from './files.ts';
import { RecordJoiner } from './join.ts';
import { type AuditRecord, getList, getMember, getText, readAuditLine } from './lines.ts';

/** A device that was injected, and what is known of it today. */
export type RecordedDevice = {
  readonly name: string;
  readonly spec: string;
  readonly line: number | undefined;
  readonly digest: string | undefined;
  /**
   * `same` spec, byte for byte; the spec `changed`; `moved` to another file; `gone`: it does not resolve any more
   */
  readonly today: 'same' | 'changed' | 'moved' | 'gone';
  /** the spec that has it today */
  readonly todaySpec: string | undefined;
};

export type RecordedData = {
  readonly file: string;
  /** undefined where the audit says nothing of the container */
  readonly record:
    | {
        readonly time: string;
        readonly command: string;
        readonly id: string;
        readonly bundle: string;
        readonly outcome: string;
        readonly error: string | undefined;
        /** whether the document is still the one that the record is about */
        readonly unchanged: boolean;
        readonly devices: readonly RecordedDevice[];
      }
    | undefined;
  /** why the audit could not be looked at */
  readonly problem: string | undefined;
};

export interface ContainerQuery {
  /** absolute; undefined where there is none any more */
  readonly bundle: string | undefined;
  /** the container's id, or how it begins */
  readonly id: string | undefined;
  /** SHA-256 of config.json as it is */
  readonly digest: string;
}

/**
 * The last record of a container: by its id where it is given, else by its config.json or by its bundle.
 *
 * @throws {CdiError} CANNOT_READ
 */
export function findRecorded(context: Context, query: ContainerQuery): RecordedData {
  const file = context.settings().settings.audit.path;
  const record = findRecord(file, query);
  if (record === undefined) return { file, record: undefined, problem: undefined };
  const { value } = record;
  return {
    file,
    record: {
      time: getText(value, 'time'),
      command: getText(value, 'command'),
      id: getText(value, 'id'),
      bundle: getText(value, 'bundle'),
      outcome: getText(value, 'outcome'),
      error: getText(getMember(value, 'error'), 'message') || undefined,
      unchanged: isOf(value, query.digest),
      devices: compareDevices(context, getList(value, 'devices')),
    },
    problem: undefined,
  };
}

/** In the audit that is written to, or else in those that were put aside, the newest first. */
function findRecord(file: string, query: ContainerQuery): AuditRecord | undefined {
  const bundles = new Set(query.bundle === undefined ? [] : [query.bundle, realpathSync(query.bundle)]);
  const lines = new FileLines(file);
  try {
    const found =
      attempt(file, () => findBest(lines.next(), query, bundles)) ?? findBest(lines.unfinished(), query, bundles);
    if (found !== undefined) return found;
  } finally {
    lines.close();
  }
  for (const rotated of [...listRotatedFiles(file)].reverse()) {
    const found = attempt(rotated, () => findBest(readRotatedLines(rotated), query, bundles));
    if (found !== undefined) return found;
  }
  return undefined;
}

function findBest(
  lines: Iterable<string>,
  query: ContainerQuery,
  bundles: ReadonlySet<string>,
): AuditRecord | undefined {
  let found: AuditRecord | undefined;
  let most = 1;
  for (const record of joinLines(lines)) {
    const score = computeScore(record, query, bundles);
    if (score < most) continue;
    most = score;
    found = record;
  }
  return found;
}

function* joinLines(lines: Iterable<string>): Generator<AuditRecord> {
  const joiner = new RecordJoiner();
  for (const line of lines) for (const record of readAuditLine(line).records) yield* joiner.take(record);
  yield* joiner.rest();
}

/** A relative bundle is no name of one: then only the document tells. */
function computeScore({ value }: AuditRecord, { id, digest }: ContainerQuery, bundles: ReadonlySet<string>): number {
  if (id !== undefined && !getText(value, 'id').startsWith(id)) return 0;
  const score = (isOf(value, digest) ? 2 : 0) + (bundles.has(getText(value, 'bundle')) ? 1 : 0);
  return id === undefined ? score : score + 1;
}

function isOf(value: unknown, digest: string): boolean {
  return getText(getMember(value, 'config'), 'after') === digest;
}

function compareDevices(context: Context, devices: readonly unknown[]): readonly RecordedDevice[] {
  return devices.length === 0 ? [] : compareRecordedDevices(loadSpecView(context), devices);
}

/** Devices of a record, with what today's specs make of them. */
export function compareRecordedDevices(
  { index, sources }: SpecView,
  devices: readonly unknown[],
): readonly RecordedDevice[] {
  // Of a line that would have been too long some have only a name.
  return devices
    .filter((device) => getText(device, 'spec') !== '')
    .map((device) => {
      const [name, spec, digest] = ['name', 'spec', 'digest'].map((key) => getText(device, key));
      const line = getMember(device, 'line');
      const today = index.devices.get(name ?? '')?.file.path;
      const isSame = today === spec && sources.digest(spec ?? '') === digest;
      return {
        name: name ?? '',
        spec: spec ?? '',
        line: typeof line === 'number' ? line : undefined,
        digest: digest === '' ? undefined : digest,
        today: today === undefined ? 'gone' : today !== spec ? 'moved' : isSame ? 'same' : 'changed',
        todaySpec: today,
      };
    });
}
