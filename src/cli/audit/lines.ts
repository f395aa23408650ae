// The lines of the audit as records; one that was cut by a full disk hides no other.

/** One record, and the text that it was read from. */
export interface AuditRecord {
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** milliseconds since 1970 */
  readonly time: number;
}

export interface AuditLine {
  readonly records: readonly AuditRecord[];
  /** whether there is something in it that is no record */
  readonly broken: boolean;
}

/** What each record begins with; within a record this could only stand in a text, where quotes are escaped. */
const BEGINNING = '{"time":';

/** Reads a line. What comes after a record that was cut stands on the same line. */
export function readAuditLine(line: string): AuditLine {
  if (line.trim() === '') return { records: [], broken: false };
  const whole = parseRecord(line);
  if (whole !== undefined) return { records: [whole], broken: false };
  const [before = '', ...parts] = line.split(BEGINNING);
  const found = parts.map((part) => parseRecord(`${BEGINNING}${part}`));
  const records = found.flatMap((record) => record ?? []);
  return { records, broken: before !== '' || records.length < found.length };
}

function parseRecord(text: string): AuditRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const record = { ...value };
    const time = 'time' in record && typeof record.time === 'string' ? Date.parse(record.time) : Number.NaN;
    return Number.isNaN(time) ? undefined : { text, value: record, time };
  } catch {
    return undefined;
  }
}

/** A member that is a text; empty for any other. */
export function getText(value: unknown, key: string): string {
  const member = getMember(value, key);
  return typeof member === 'string' ? member : '';
}

/** A member that is a list; empty for any other. */
export function getList(value: unknown, key: string): readonly unknown[] {
  const member = getMember(value, key);
  return Array.isArray(member) ? member : [];
}

export function getMember(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;
}
