// The settings with what they are about and their defaults: as data, and as a file in which each is commented out.
import { spellValue } from '../../src/cli/effective-settings.ts';
import { breakLines } from '../../src/cli/terminal/wrap.ts';
import { isRow, type Section } from '../../src/settings/settings.ts';
import { SETTINGS } from '../../src/settings/table.ts';
import { KEY_WORDS } from '../settings-words.ts';

export interface Setting {
  /** `policy.rules` */
  readonly path: string;
  readonly words: string;
  /** in the spelling of the file; undefined for a section */
  readonly value: string | undefined;
  readonly examples: readonly string[];
}

const WORDS = new Map(Object.entries(KEY_WORDS));
const WIDTH = 100;

/** Every key and section, in the order of the table. */
export function listSettings(section: Section = SETTINGS, before = ''): Setting[] {
  return Object.entries(section).flatMap(([key, node]) => {
    const path = before + key;
    const said = WORDS.get(path) ?? '';
    const [words, examples] = typeof said === 'string' ? [said, []] : said;
    const setting = { path, words, examples: examples.map((example) => JSON.stringify(example)) };
    if (!isRow(node)) return [{ ...setting, value: undefined }, ...listSettings(node, `${path}.`)];
    const [form, fallback] = node;
    const value = typeof fallback === 'number' ? spellValue(form, fallback) : fallback;
    return [{ ...setting, value: JSON.stringify(value ?? null) }];
  });
}

/** Without the first # of each line it is a settings file with all defaults. */
export function writeExampleSettings(): string {
  const lines = listSettings().flatMap(({ path, words, value }) => {
    const keys = path.split('.');
    const indent = '  '.repeat(keys.length - 1);
    const said = breakLines(words, WIDTH - indent.length).map((line) => `#${indent}# ${line}`);
    return ['#', ...said, `#${indent}${keys.at(-1)}:${value === undefined ? '' : ` ${value}`}`];
  });
  return `${[HEAD, ...lines].join('\n')}\n`;
}

const HEAD = `## Settings of cdi-runtime, each with its default. To change one, copy its lines, with those of the sections
## that it is in, to /etc/cdi-runtime/config.yaml, without the first # of each line; then: cdictl config check`;
