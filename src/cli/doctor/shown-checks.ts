// The checks as a person reads them: a line for each result, and below it what to do.

import type { Context } from '../command.ts';
import { placed } from '../lint/placed.ts';
import { cell } from '../terminal/cell.ts';
import { plural } from '../terminal/plural.ts';
import { breakLines } from '../terminal/wrap.ts';
import type { Result, Status } from './check.ts';
import type { Examined } from './checks.ts';

/** More results of one check are only counted. */
const MOST = 10;

const COLOURS = { ok: 'green', warning: 'yellow', error: 'red', skipped: 'dim' } as const;
const STATUS_WIDTH = 'skipped'.length + 2;

/** With `--quiet` only what is wrong. */
export function shownChecks(context: Context, examined: readonly Examined[]): string {
  const wanted = (status: Status): boolean => !context.quiet || status === 'warning' || status === 'error';
  const idWidth = Math.max(0, ...examined.map(({ id }) => id.length)) + 2;
  const lines = examined.flatMap(({ id, results }) => {
    const left = results.filter(({ status }) => wanted(status));
    const shown = left.slice(0, MOST).flatMap((result) => resultLines(context, id.padEnd(idWidth), result));
    const rest = ' '.repeat(STATUS_WIDTH + idWidth);
    return left.length > MOST ? [...shown, `${rest}and ${left.length - MOST} more: see --output json`] : shown;
  });
  return [...lines, ...(context.quiet ? [] : [summary(examined)]), ''].join('\n').replace(/^\n$/, '');
}

function resultLines({ stdout }: Context, id: string, { status, message, cure, path, at }: Result): string[] {
  const rest = ' '.repeat(STATUS_WIDTH + id.length);
  const room = Math.max(20, stdout.width - rest.length);
  const place = at === undefined || path === undefined ? '' : `${placed(path, at)}: `;
  const head = `${stdout.style(COLOURS[status], status)}${' '.repeat(STATUS_WIDTH - status.length)}${id}`;
  const [first = '', ...more] = breakLines(`${place}${cell(message)}`, room);
  const cures = cure === undefined ? [] : breakLines(`cure: ${cell(cure)}`, room);
  return [`${head}${first}`, ...[...more, ...cures].map((line) => `${rest}${line}`)];
}

function summary(examined: readonly Examined[]): string {
  const count = (status: Status): number =>
    examined.flatMap(({ results }) => results).filter((result) => result.status === status).length;
  return `${plural(count('error'), 'error')}, ${plural(count('warning'), 'warning')} in ${plural(examined.length, 'check')}`;
}
