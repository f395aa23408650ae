// Where edits stand in the files of a case, and which ones a line is about.
import type { ExplainedEdit } from '../src/inject/explain.ts';
import { type Case, CONFIG_PATH, getSpecPath } from './case.ts';
import { findRequest } from './request-text.ts';
import { findExtent, type Lines } from './yaml-place.ts';

/** By file: the lines of an edit in its spec, and the one by which it was asked for. */
export function findLines(given: Case, edits: readonly ExplainedEdit[]): ReadonlyMap<string, readonly Lines[]> {
  const lines = new Map<string, Lines[]>();
  const add = (path: string, range: Lines): void => {
    lines.set(path, [...(lines.get(path) ?? []), range]);
  };
  const findAsking = keepAskingLines(given);
  for (const edit of edits) {
    if (edit.at !== undefined) add(edit.spec, findRange(given, edit));
    const line = findAsking(edit);
    if (line !== undefined) add(CONFIG_PATH, [line, line]);
  }
  return lines;
}

/** The places in the list of those edits that a line of a file is about. */
export function findEditsAt(
  given: Case,
  edits: readonly ExplainedEdit[],
  path: string,
  line: number,
): readonly number[] {
  const findAsking = keepAskingLines(given);
  const isThere = (edit: ExplainedEdit): boolean => {
    if (path === CONFIG_PATH) return findAsking(edit) === line;
    if (edit.spec !== path || edit.at === undefined) return false;
    const [first, last] = findRange(given, edit);
    return line >= first && line <= last;
  };
  return edits.flatMap((edit, place) => (isThere(edit) ? [place] : []));
}

/** The line of the document that asks for the device of an edit; each is looked for once. */
export function keepAskingLines({ config }: Case): (edit: Pick<ExplainedEdit, 'request'>) => number | undefined {
  const known = new Map<string, number | undefined>();
  return ({ request }) => {
    if (request === undefined) return undefined;
    const key = `${request.source} ${request.key}`;
    if (!known.has(key)) {
      const offset = findRequest(config, request);
      known.set(key, offset === undefined ? undefined : config.slice(0, offset).split('\n').length);
    }
    return known.get(key);
  };
}

function findRange({ specs }: Case, { spec, at }: ExplainedEdit): Lines {
  const text = specs.find(({ name }) => getSpecPath(name) === spec)?.text ?? '';
  return findExtent(text.split('\n'), at?.line ?? 1, at?.column ?? 1);
}
