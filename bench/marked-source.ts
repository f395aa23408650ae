// A copy of the core in which the functions of bench/stages.ts say when they begin and end.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CORE_STAGES, HOST_STAGES } from './stages.ts';

const SOURCE = resolve(import.meta.dirname, '../src');
/** What makes the core's host of the object that the C has. */
const HOST = { file: 'host/quickjs.ts', name: 'createQuickjsHost' } as const;
const MARKS = 'stage-marks.ts';

/** The end of a stage, as a mark. */
export const END = 'end';

/** Tells C of both ends of what a function does: bench/marks.c has `mark`. */
const MARKING = `export function inStage(stage, work) {
  return function (...words) {
    mark(stage);
    try {
      return work.apply(this, words);
    } finally {
      mark('${END}');
    }
  };
}
export function markHost(native, stages) {
  const marked = Object.create(native);
  for (const [name, stage] of Object.entries(stages)) {
    Object.defineProperty(marked, name, { value: inStage(stage, (...words) => native[name](...words)) });
  }
  return marked;
}
`;

/**
 * @returns its entry
 * @throws {Error} for a function that is not where the table has it
 */
export function copyMarked(folder: string): string {
  cpSync(SOURCE, folder, { recursive: true, filter: (path) => path !== join(SOURCE, 'cli') });
  writeFileSync(join(folder, MARKS), MARKING);
  for (const { file, functions } of CORE_STAGES) {
    const wrap = Object.entries(functions).map(([name, stage]): Wrap => [name, `inStage('${stage}', ${name})`]);
    change(folder, file, (text) => wrapFunctions(text, file, wrap));
  }
  change(folder, HOST.file, (text) => {
    const unknown = Object.keys(HOST_STAGES).find((name) => !text.includes(`native.${name}(`));
    if (unknown !== undefined) throw new Error(describeAbsence(unknown, HOST.file));
    const made = `(native) => ${HOST.name}(markHost(native, ${JSON.stringify(HOST_STAGES)}))`;
    return wrapFunctions(text, HOST.file, [[HOST.name, made]]);
  });
  return join(folder, 'runtime/shim.ts');
}

type Wrap = readonly [name: string, made: string];

/**
 * What others import by the names is what is made of the functions then; `Class.method` is put in the method's place.
 *
 * @param file below src/
 */
export function wrapFunctions(text: string, file: string, wraps: readonly Wrap[]): string {
  const up = '../'.repeat(file.split('/').length - 1);
  let changed = `import { inStage, markHost } from '${up}${MARKS}';\n${text}`;
  for (const [name, made] of wraps) {
    const [owner = '', method] = name.split('.');
    const declared = method === undefined ? `export function ${owner}` : `export class ${owner}`;
    const isThere = new RegExp(`^${declared}\\b`, 'm').test(text);
    if (!isThere || (method !== undefined && !new RegExp(`^  ${method}\\(`, 'm').test(text))) {
      throw new Error(describeAbsence(name, file));
    }
    if (method === undefined) {
      changed = changed.replace(new RegExp(`^export (function ${owner}\\b)`, 'm'), '$1');
      changed += `const marked_${owner} = ${made};\nexport { marked_${owner} as ${owner} };\n`;
    } else {
      changed += `${owner}.prototype.${method} = ${made.replace(name, `${owner}.prototype.${method}`)};\n`;
    }
  }
  return changed;
}

function describeAbsence(name: string, file: string): string {
  return `${name} is not in src/${file}; name what took its place in bench/stages.ts`;
}

function change(folder: string, file: string, edit: (text: string) => string): void {
  const path = join(folder, file);
  writeFileSync(path, edit(readFileSync(path, 'utf8')));
}
