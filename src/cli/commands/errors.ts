// cdictl errors: what an error code means, and what to do about it.
import { suggestNearest } from '../../text/nearest.ts';
import { quote } from '../../text/quote.ts';
import type { Run } from '../command.ts';
import { layOutSection, readSections } from '../pages.ts';
import { print } from '../print.ts';
import { wrap } from '../terminal/wrap.ts';
import { UsageError } from '../usage-error.ts';

/** Explains codes, or lists all with what each is. */
export const run: Run = (context, { operands }) => {
  const all = readSections('errors.md');
  const codes = operands.map((word) => word.toUpperCase());
  const unknown = codes.find((code) => all.every(({ title }) => title !== code));
  if (unknown !== undefined) {
    const known = all.map(({ title }) => title);
    throw new UsageError(
      `error code ${quote(unknown)} is unknown`,
      suggestNearest(unknown, known) ?? 'see cdictl errors',
    );
  }
  const chosen = codes.length === 0 ? all : all.filter(({ title }) => codes.includes(title));
  const { stdout } = context;
  const data = { errors: chosen.map(({ title, summary, text }) => ({ code: title, summary, text })) };
  print(context, data, () => {
    const head = (code: string): string => stdout.style('bold', code);
    if (codes.length > 0)
      return chosen.map(({ title, text }) => `${head(title)}\n${layOutSection(text, stdout.width)}`).join('\n');
    const width = Math.max(...all.map(({ title }) => title.length)) + 2;
    return chosen
      .map(({ title, summary }) => {
        const [first = '', ...rest] = wrap(summary, stdout.width, ' '.repeat(width));
        return `${[`${head(title)}${first.slice(title.length)}`, ...rest].join('\n')}\n`;
      })
      .join('');
  });
  return 0;
};
