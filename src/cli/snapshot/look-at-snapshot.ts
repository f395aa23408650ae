// Runs a command as if on the host of a snapshot: it sees that host alone, but for documents on its command line.
import type { Arguments, Command, CommandGroup, ExitCode, Run, World } from '../command.ts';
import { parseHandle } from '../containers/find-container.ts';
import { createContext } from '../context.ts';
import { HOST_ROOT } from '../files/host-root.ts';
import { print } from '../print.ts';
import { escapeCell } from '../terminal/cell.ts';
import { UsageError } from '../usage-error.ts';
import { openSnapshot } from './open-snapshot.ts';
import { SNAPSHOT, type Snapshot } from './snapshot.ts';

/** What is of this host, whichever command it stands with. */
const NOT_THERE: readonly string[] = ['config', 'bundle', 'fix', 'held', 'seen', HOST_ROOT.name];

/** Of what `doctor` said: checks of which nothing is wrong, with what goes on below them, and the numbers. */
const FINE = /^(?:(?:ok|skipped) .*\n(?: .*\n)*|\d+ errors?, .*\n)/gm;

/** @throws {UsageError} for what no snapshot can answer */
export async function lookAtSnapshot(
  snapshot: Snapshot,
  command: Command,
  work: Run,
  given: Arguments,
  groups: readonly CommandGroup[],
  world: World,
): Promise<ExitCode> {
  const wrong = NOT_THERE.find((name) => given.flag(name));
  if (wrong !== undefined) throw new UsageError(`option --${wrong} does not go with --${SNAPSHOT.name}`);
  const handle = given.operands.find((operand) => parseHandle(operand) !== undefined);
  if (handle !== undefined) throw new UsageError(`no container is in a snapshot: give its config.json, not ${handle}`);
  const host = openSnapshot(snapshot);
  const context = createContext(given, groups, { ...world, host, documents: world.host });
  const report = Object.hasOwn(snapshot.reports, command.name) ? snapshot.reports[command.name] : undefined;
  if (report === undefined) return await work(context, given);
  const asks =
    given.operands.length > 0 || (command.options ?? []).some(({ name }) => name !== SNAPSHOT.name && given.flag(name));
  if (asks) throw new UsageError(`${command.name} of a snapshot is what it was when it was taken, whole`);
  const text = context.quiet ? report.text.replace(FINE, '') : report.text;
  print(context, report.data, () => text.split('\n').map(escapeCell).join('\n'));
  return report.status;
}
