// Where a line of YAML in block style stands: the keys on the way to it, told from the indents.

const KEYED = /^(\s*)((?:-\s+)*)(["']?)([\w.$/-]+)\3\s*:(?:\s|$)/;

/** A range of lines, from 1. */
export type Lines = readonly [first: number, last: number];

export interface YamlPlace {
  /** keys above, outermost first */
  readonly path: readonly string[];
  /** the key of the line itself, and where it and its value begin in the line */
  readonly key: { readonly name: string; readonly column: number; readonly valueColumn: number } | undefined;
}

/** @param index of the line, from 0 @param indent of what is about to be written on a line without a key */
export function findYamlPlace(lines: readonly string[], index: number, indent?: number): YamlPlace {
  const line = lines[index] ?? '';
  const own = KEYED.exec(line);
  const key =
    own === null
      ? undefined
      : {
          name: own[4] ?? '',
          column: (own[1] ?? '').length + (own[2] ?? '').length,
          valueColumn: own[0].length,
        };
  const dash = /^(\s*)-/.exec(line);
  let column = indent ?? key?.column ?? /^\s*/.exec(line)?.[0].length ?? 0;
  // What stands behind a dash belongs to the key above it, which may be no further left than the dash.
  if (dash !== null) column = Math.min(column, (dash[1] ?? '').length + 1);
  const path: string[] = [];
  for (let above = index - 1; above >= 0 && column > 0; above--) {
    const found = KEYED.exec(lines[above] ?? '');
    if (found === null) continue;
    const [, spaces = '', dashes = '', , name = ''] = found;
    if (spaces.length + dashes.length < column) {
      path.unshift(name);
      column = dashes === '' ? spaces.length : spaces.length + 1;
    } else if (dashes !== '' && spaces.length < column) column = spaces.length + 1;
  }
  return { path, key };
}

/** The lines, from 1, of what begins at a place: those below it that are indented at least as far. */
export function findExtent(lines: readonly string[], line: number, column: number): Lines {
  let last = line;
  for (let next = line; next < lines.length; next++) {
    const [, indent = '', dash = '', rest = ''] = /^(\s*)(-?)(.*)$/.exec(lines[next] ?? '') ?? [];
    if (`${dash}${rest}` === '') continue;
    if (indent.length < (dash === '' ? column - 1 : column)) break;
    last = next + 1;
  }
  return [line, last];
}
