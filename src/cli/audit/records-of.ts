// What the audit has of containers that are there: the last record by which each got its devices.
import { statSync } from 'node:fs';
import { FileLines } from '../files/file-lines.ts';
import { attempt, listRotatedFiles, readRotatedLines } from './files.ts';
import { RecordJoiner } from './join.ts';
import { type AuditRecord, getMember, getText, readAuditLine } from './lines.ts';

export interface RecordQuery {
  readonly id: string;
  /** SHA-256 of its config.json; undefined where there is none */
  readonly digest: string | undefined;
  /** milliseconds since 1970; its record is not newer */
  readonly created: number;
}

/** Of docker, podman and Kubernetes: such an id is never given to another container. */
const UNIQUE = /^[0-9a-f]{64}$/;

/**
 * The records of containers, by their ids; none for those that the shim gave nothing.
 *
 * @throws {CdiError} CANNOT_READ
 */
export function findRecordsOf(file: string, queries: readonly RecordQuery[]): ReadonlyMap<string, AuditRecord> {
  const found = new Map<string, AuditRecord>();
  if (queries.length === 0) return found;
  const lines = new FileLines(file);
  try {
    attempt(file, () => takeRecords(found, queries, lines.next()));
    takeRecords(found, queries, lines.unfinished());
  } finally {
    lines.close();
  }
  for (const rotated of listRotatedFiles(file).toReversed()) {
    const last = statSync(rotated, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    // what was put aside before a container was made says nothing of it
    const open = queries.filter(({ id, created }) => !found.has(id) && created <= last);
    if (open.length > 0) attempt(rotated, () => takeRecords(found, open, readRotatedLines(rotated)));
  }
  return found;
}

function takeRecords(found: Map<string, AuditRecord>, queries: readonly RecordQuery[], lines: Iterable<string>): void {
  const byId = new Map(queries.map((query) => [query.id, query]));
  const byDigest = new Map(queries.flatMap((query) => (query.digest === undefined ? [] : [[query.digest, query]])));
  const runs = new Set<string>();
  const isKnown = (line: string): boolean => {
    const [run] = readMatches(line, /"record":"([^"]*)"/g);
    const isOurs =
      readMatches(line, /"id":"([^"]*)"/g).some((id) => byId.has(id)) ||
      readMatches(line, /"after":"([0-9a-f]*)"/g).some((digest) => byDigest.has(digest));
    // what came of a run without an id is known by the run alone
    if (isOurs && run !== undefined) runs.add(run);
    return isOurs || (run !== undefined && runs.has(run));
  };
  const keep = ({ value, time, text }: AuditRecord): void => {
    const outcome = getText(value, 'outcome');
    if (outcome !== 'injected' && outcome !== 'already') return;
    const digest = getText(getMember(value, 'config'), 'after');
    const [id, own] = [getText(value, 'id'), byId.get(getText(value, 'id'))];
    // an id that may have been another container's, and a record without one, need the very document
    const query = own !== undefined && (UNIQUE.test(id) || own.digest === digest) ? own : byDigest.get(digest);
    if (query !== undefined && (query === own || id === '')) found.set(query.id, { value, time, text });
  };
  const joiner = new RecordJoiner();
  for (const line of lines) {
    // lines of others are not even read as JSON
    if (!isKnown(line)) continue;
    for (const record of readAuditLine(line).records) for (const joined of joiner.take(record)) keep(joined);
  }
  for (const joined of joiner.rest()) keep(joined);
}

function readMatches(line: string, pattern: RegExp): readonly string[] {
  return [...line.matchAll(pattern)].map(([, text = '']) => text);
}
