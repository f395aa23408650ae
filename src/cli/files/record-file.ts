// A record of what was done to a host, so that it can be undone: lists in a JSON file of ours, read as they were written.
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import { readIfThere } from './host-changes.ts';
import { resolveInRoot } from './host-root.ts';

const FORMAT = 1;

/**
 * @param none a record in which nothing is: also what is returned where there is no file
 * @param hint what to do with a file that is not ours
 * @throws {CdiError} CANNOT_READ
 */
export function readRecordFile<T extends { readonly [list: string]: readonly unknown[] }>(
  path: string,
  root: string,
  none: T,
  hint: string,
): T {
  const text = readIfThere(resolveInRoot(root, path));
  if (text === undefined) return none;
  const record = parseRecord(text, none);
  if (record !== undefined) return record;
  const why = 'it is not as cdictl writes it';
  throw new CdiError('CANNOT_READ', { what: `read the record ${quote(path)}`, path, why, hint });
}

function parseRecord<T extends { readonly [list: string]: readonly unknown[] }>(text: string, none: T): T | undefined {
  let value: { readonly [key: string]: unknown };
  try {
    value = Object(JSON.parse(text));
  } catch {
    return undefined;
  }
  const record = { ...none };
  for (const list of Object.keys(none)) if (value[list] !== undefined) Object.assign(record, { [list]: value[list] });
  return value['format'] === FORMAT && Object.values(record).every(Array.isArray) ? record : undefined;
}

export function writeRecordText(record: object): string {
  return `${JSON.stringify({ format: FORMAT, ...record }, null, 2)}\n`;
}
