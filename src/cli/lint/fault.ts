// What is wrong with a spec file, as one of many: where, why, and by whose rules.
import type { CdiError, ErrorCode, Position } from '../../text/error.ts';

/** Whose rules: a reader's, those of CDI, a schema, Kubernetes' for annotations, or those of the spec directories. */
export type Judge = 'syntax' | 'specification' | 'schema' | 'annotations' | 'registry';

export interface SpecFault {
  readonly by: Judge;
  readonly code: ErrorCode;
  readonly at: Position | undefined;
  /** without the place */
  readonly why: string;
  readonly hint: string | undefined;
}

/** An error as one fault of the file that it is about. */
export function makeFault({ code, why, line, column, hint }: CdiError, by: Judge): SpecFault {
  const at = line === undefined || column === undefined ? undefined : { line, column };
  return { by, code, at, why: why.replace(PLACE, ''), hint };
}

/** An error's reason begins with its place. */
const PLACE = /^line \d+, column \d+: /;

/** In the order of the file; what has no place comes first. */
export function sortFaults<T extends { readonly at: Position | undefined }>(faults: readonly T[]): T[] {
  return [...faults].sort(
    ({ at: a }, { at: b }) => (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0),
  );
}

/** To tell places apart. */
export function writePosition(at: Position | undefined): string {
  return at === undefined ? '' : `${at.line}:${at.column}`;
}
