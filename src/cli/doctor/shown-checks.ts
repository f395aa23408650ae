// The checks as a person reads them: a line for each result, and below it what to do.

import { createFindSuccessor } from '../../inject/find-successor.ts';
import type { Context } from '../command.ts';
import { groupFindings } from '../lint/groups.ts';
import { writePlace } from '../lint/placed.ts';
import { escapeCell } from '../terminal/cell.ts';
import { writeCount } from '../terminal/plural.ts';
import { breakLines } from '../terminal/wrap.ts';
import type { Result, Status } from './check.ts';
import type { Examined } from './checks.ts';
import type { HostView } from './host-view.ts';

/** More results of one check are only counted. */
const MOST = 10;

const COLOURS = { ok: 'green', warning: 'yellow', error: 'red', skipped: 'dim' } as const;
const STATUS_WIDTH = 'skipped'.length + 2;

/** With `--quiet` only what is wrong, without `--verbose` each cause once. */
export function writeChecks(context: Context, { host }: Pick<HostView, 'host'>, examined: readonly Examined[]): string {
  const findSuccessor = createFindSuccessor(host);
  const isVerbose = context.given.flag('verbose');
  return writeShown(
    context,
    examined.map((one) => ({
      ...one,
      results: isVerbose ? one.results : groupFindings(one.results, ({ status }) => status, findSuccessor),
    })),
  );
}

function writeShown(context: Context, examined: readonly Examined[]): string {
  const wanted = (status: Status): boolean => !context.quiet || status === 'warning' || status === 'error';
  const idWidth = Math.max(0, ...examined.map(({ id }) => id.length)) + 2;
  const lines = examined.flatMap(({ id, results }) => {
    const left = results.filter(({ status }) => wanted(status));
    const shown = left.slice(0, MOST).flatMap((result) => writeResult(context, id.padEnd(idWidth), result));
    const rest = ' '.repeat(STATUS_WIDTH + idWidth);
    return left.length > MOST ? [...shown, `${rest}and ${left.length - MOST} more: see --output json`] : shown;
  });
  return [...lines, ...(context.quiet ? [] : [writeSummary(examined)]), ''].join('\n').replace(/^\n$/, '');
}

function writeResult({ stdout }: Context, id: string, { status, message, cure, path, at }: Result): string[] {
  const rest = ' '.repeat(STATUS_WIDTH + id.length);
  const room = Math.max(20, stdout.width - rest.length);
  const place = at === undefined || path === undefined ? '' : `${writePlace(path, at)}: `;
  const head = `${stdout.style(COLOURS[status], status)}${' '.repeat(STATUS_WIDTH - status.length)}${id}`;
  const [first = '', ...more] = breakLines(`${place}${escapeCell(message)}`, room);
  const cures = cure === undefined ? [] : breakLines(`help: ${escapeCell(cure)}`, room);
  return [`${head}${first}`, ...[...more, ...cures].map((line) => `${rest}${line}`)];
}

function writeSummary(examined: readonly Examined[]): string {
  const count = (status: Status): number =>
    examined.flatMap(({ results }) => results).filter((result) => result.status === status).length;
  return `${writeCount(count('error'), 'error')}, ${writeCount(count('warning'), 'warning')} in ${writeCount(examined.length, 'check')}`;
}
