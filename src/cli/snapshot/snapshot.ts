// What a snapshot of a host is, and how one is read: a JSON document, which may be anybody's.
import { type HostPicture, isHostPicture, isNumber, isRecordOf, isText } from '../../host/host-picture.ts';
import { CdiError } from '../../text/error.ts';
import type { OrderedJson } from '../../text/json.ts';
import { quote } from '../../text/quote.ts';
import type { Arguments, ExitCode, Option } from '../command.ts';
import { readErrno } from '../files/errno.ts';
import { readBytes } from '../files/read-bytes.ts';

/** Of the commands that only look. */
export const SNAPSHOT: Option = {
  name: 'snapshot',
  value: 'FILE',
  summary: 'look at the host of which cdictl snapshot has made this file',
};

/** What a command printed on the host: for questions that files alone do not answer. */
export type Report = {
  readonly status: ExitCode;
  readonly text: string;
  readonly data: OrderedJson;
};

export type Snapshot = HostPicture & {
  readonly format: typeof FORMAT;
  readonly cdictl: string;
  /** what is not in here, a sentence each */
  readonly leftOut: readonly string[];
  /** by the name of what has them: `kernel`, `docker` */
  readonly versions: Readonly<Record<string, string>>;
  /** numbers of devices on the PCI bus by `vendor:device driver` */
  readonly hardware: Readonly<Record<string, number>>;
  /** configuration files by their engine */
  readonly engines: Readonly<Record<string, readonly string[]>>;
  readonly reports: Readonly<Record<string, Report>>;
};

const FORMATS = 'cdi-runtime snapshot ';
export const FORMAT: 'cdi-runtime snapshot 1' = `${FORMATS}1`;
const LARGEST: number = 256 * 1024 * 1024;
/** objects and lists in one another, in what a command printed */
const DEEPEST = 16;

/** @returns what `--snapshot` names @throws {CdiError} as `readSnapshot` */
export function findSnapshot(given: Arguments): Snapshot | undefined {
  const path = given.value(SNAPSHOT.name);
  return path === undefined ? undefined : readSnapshot(path);
}

/** @throws {CdiError} CANNOT_READ; BAD_JSON for what is no snapshot */
export function readSnapshot(path: string): Snapshot {
  const what = `read the snapshot ${quote(path)}`;
  let text: string;
  try {
    text = readBytes(path, LARGEST).toString('utf8');
  } catch (error) {
    const errno = readErrno(error);
    const why = errno === 'ENOENT' ? 'it is missing' : `it cannot be read (${errno})`;
    throw new CdiError('CANNOT_READ', { what, path, why });
  }
  const value = tryParse(text);
  if (isSnapshot(value)) return value;
  const { format } = Object(value);
  const isOther = typeof format === 'string' && format.startsWith(FORMATS) && format !== FORMAT;
  throw new CdiError('BAD_JSON', {
    what,
    path,
    why: isOther
      ? `its format is ${quote(format)}, and this cdictl reads ${quote(FORMAT)}`
      : 'it is no snapshot of this format',
    hint: isOther ? 'read it by a cdictl of the version that made it' : 'make one by cdictl snapshot',
  });
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Everything in it is looked at: no command is to meet another type than it expects. */
function isSnapshot(value: unknown): value is Snapshot {
  const snapshot: Partial<Snapshot> = Object(value);
  const { versions, hardware, engines, reports } = snapshot;
  return (
    snapshot.format === FORMAT &&
    typeof snapshot.cdictl === 'string' &&
    isListOf(isText, snapshot.leftOut) &&
    isRecordOf(isText, versions) &&
    isRecordOf(isNumber, hardware) &&
    isRecordOf((paths) => isListOf(isText, paths), engines) &&
    isRecordOf(isReport, reports) &&
    isHostPicture(value)
  );
}

function isReport(value: unknown): boolean {
  const { status, text, data }: Partial<Report> = Object(value);
  return (status === 0 || status === 1 || status === 3) && isText(text) && isShallow(data, DEEPEST);
}

/** What is printed is walked through. */
function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return value !== undefined;
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));
}

function isListOf(isItem: (item: unknown) => boolean, value: unknown): boolean {
  return Array.isArray(value) && value.every(isItem);
}
