// What is wrong with a field of edits, and where it stands.
import type { ErrorCode } from '../text/error.ts';
import { quote } from '../text/quote.ts';

/** The way to a field: `['devices', 0, 'containerEdits', 'mounts', 2, 'hostPath']`. */
export type FieldPath = readonly (string | number)[];

/** What is wrong, and what to do about it, as a `CdiError` takes them. */
export interface FieldFault {
  readonly code: ErrorCode;
  readonly field: FieldPath;
  readonly why: string;
  readonly hint: string;
}

/**
 * The first fault in a list. On the way of every container: in QuickJS, paths made ahead and destructured parameters take
 * most of the time.
 */
export function findFirstFault<T>(
  items: readonly T[],
  check: (item: T) => FieldFault | undefined,
): FieldFault | undefined {
  for (let index = 0; index < items.length; ++index) {
    const item = items[index];
    const fault = item === undefined ? undefined : check(item);
    if (fault !== undefined) return placeFault(index, fault);
  }
  return undefined;
}

/** The same fault, seen from one step further up. */
export function placeFault(step: string | number, fault: FieldFault | undefined): FieldFault | undefined {
  return fault && { ...fault, field: [step, ...fault.field] };
}

export function makeMissingFault(field: string, owner: string): FieldFault {
  return makeFault(field, `the ${owner} has no ${field}`, 'add it');
}

export function findRepeated(
  seen: Set<string>,
  text: string,
  field: string,
  owner: string,
  code?: ErrorCode,
): FieldFault | undefined {
  if (seen.has(text))
    return makeFault(field, `another ${owner} has the ${field} ${quote(text)} too`, 'use each once', code);
  seen.add(text);
  return undefined;
}

export function makeFault(field: string, why: string, hint: string, code: ErrorCode = 'BAD_EDITS'): FieldFault {
  return { code, field: [field], why, hint };
}
