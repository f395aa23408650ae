// The checks as a person reads them: a line for each result, and below it what to do.

import { createFindSuccessor } from '../../inject/find-successor.ts';
import type { Context } from '../command.ts';
import { writePlace } from '../lint/finding.ts';
import { groupFindings } from '../lint/groups.ts';
import { escapeCell } from '../terminal/cell.ts';
import { writeCount } from '../terminal/plural.ts';
import { breakLines, measureText } from '../terminal/wrap.ts';
import type { Result, Status } from './check.ts';
import type { Examined } from './checks.ts';
import type { HostView } from './host-view.ts';

/** More results of one check are only counted, unless each is asked for. */
const MOST = 10;

const COLOURS = { ok: 'green', warning: 'yellow', error: 'red', skipped: 'dim' } as const;
const GAP = '  ';
/** As wide as a status. */
const INDENT = ' '.repeat('skipped'.length + GAP.length);

/** With `--quiet` only what is wrong, without `--verbose` each cause once. */
export function writeChecks(context: Context, { host }: Pick<HostView, 'host'>, examined: readonly Examined[]): string {
  const findSuccessor = createFindSuccessor(host);
  if (context.given.flag('verbose')) return writeShown(context, examined, Number.POSITIVE_INFINITY);
  const grouped = examined.map((one) => ({
    ...one,
    results: groupFindings(one.results, ({ status }) => status, findSuccessor),
  }));
  return writeShown(context, grouped, MOST);
}

function writeShown(context: Context, examined: readonly Examined[], most: number): string {
  const wanted = ({ status }: Result): boolean => !context.quiet || status === 'warning' || status === 'error';
  const shown = examined.map(({ id, results }) => ({ id, results: results.filter(wanted) }));
  const idWidth = Math.max(0, ...shown.map(({ id, results }) => (results.length === 0 ? 0 : id.length)));
  const lines = shown.flatMap(({ id, results }) => {
    const some = results.slice(0, most).flatMap((result) => writeResult(context, id, idWidth, result));
    return results.length > most ? [...some, `${INDENT}and ${results.length - most} more: see -v`] : some;
  });
  return [...lines, ...(context.quiet ? [] : [writeSummary(examined)]), ''].join('\n').replace(/^\n$/, '');
}

/** It goes on below its check, so that paths and commands have most of a narrow terminal, and are seldom broken. */
function writeResult(
  { stdout }: Context,
  id: string,
  idWidth: number,
  { status, message, cure, path, at }: Result,
): string[] {
  const place = at === undefined || path === undefined ? '' : `${writePlace(path, at)}: `;
  const text = `${place}${escapeCell(message)}`;
  const room = stdout.width - INDENT.length;
  const roomBeside = (width: number): number => room - width - GAP.length;
  const isLong = measureText(text.slice(0, `${text} `.indexOf(' '))) > roomBeside(idWidth);
  const name = isLong ? id : id.padEnd(idWidth);
  const [first = '', ...more] = breakLines(text, room, roomBeside(name.length));
  const cures = cure === undefined ? [] : breakLines(`help: ${escapeCell(cure)}`, room);
  const head = `${stdout.style(COLOURS[status], status)}${INDENT.slice(status.length)}${name}${GAP}${first}`;
  return [head.trimEnd(), ...[...more, ...cures].map((line) => `${INDENT}${line}`)];
}

function writeSummary(examined: readonly Examined[]): string {
  const count = (status: Status): number =>
    examined.flatMap(({ results }) => results).filter((result) => result.status === status).length;
  return `${writeCount(count('error'), 'error')}, ${writeCount(count('warning'), 'warning')} in ${writeCount(examined.length, 'check')}`;
}
