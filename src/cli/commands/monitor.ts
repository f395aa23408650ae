// cdictl monitor: what comes and goes in the spec directories, as it does.
import type { Logger } from 'pino';
import { writeSpecJson } from '../../cdi/write-spec.ts';
import { explainStop } from '../../registry/scan.ts';
import { compareBytes } from '../../text/byte-order.ts';
import { CdiError } from '../../text/error.ts';
import { spellJson } from '../../text/json.ts';
import { quote, quoteList } from '../../text/quote.ts';
import { escapeSteering } from '../../text/steering.ts';
import type { Context, Run } from '../command.ts';
import { suggestWord } from '../did-you-mean.ts';
import { loadSpecView, type SpecView } from '../look.ts';
import { writeYamlText } from '../print.ts';
import { escapeCell } from '../terminal/cell.ts';
import { keepLooking } from '../terminal/keep-looking.ts';
import { UsageError } from '../usage-error.ts';

const TOPICS = { spec: 'specs', vendor: 'vendors', class: 'classes', device: 'devices' } as const;
type Kind = keyof typeof TOPICS;
const KINDS: readonly Kind[] = ['spec', 'vendor', 'class', 'device'];

/** Runs until it is interrupted. */
export const run: Run = (context, { operands }) => {
  const kinds = readKinds(operands);
  const directories = context.specDirs();
  let state: State = { things: new Map(), trouble: undefined };
  return keepLooking(context, {
    directories,
    what: quoteList(directories),
    look: (log, isFirst) => {
      const next = readState(context, kinds, state);
      tellTrouble(log, state, next);
      tellChanges(context, state, next, isFirst);
      state = next;
    },
  });
};

function readKinds(operands: readonly string[]): readonly Kind[] {
  const known = [...Object.values(TOPICS), 'all'];
  const unknown = operands.find((operand) => !known.includes(operand));
  if (unknown !== undefined) {
    throw new UsageError(`monitor takes ${known.join(', ')}, not ${quote(unknown)}`, suggestWord(unknown, known));
  }
  if (operands.includes('all')) return KINDS;
  return KINDS.filter((kind) =>
    operands.length === 0 ? kind === 'spec' || kind === 'device' : operands.includes(TOPICS[kind]),
  );
}

interface WatchedThing {
  readonly kind: Kind;
  readonly name: string;
  /** changes when the thing does */
  readonly text: string;
  /** what is wrong with it */
  readonly error: string | undefined;
}

interface State {
  /** by kind and name */
  readonly things: ReadonlyMap<string, WatchedThing>;
  /** why not everything could be looked at */
  readonly trouble: Trouble | undefined;
}

interface Trouble {
  readonly level: 'warn' | 'error';
  readonly message: string;
}

/** What is there now; where no one can look, what was there before. */
function readState(context: Context, kinds: readonly Kind[], before: State): State {
  try {
    const found = loadSpecView(context);
    const { stopped } = found.scan;
    const things = listThings(found).filter(({ kind }) => kinds.includes(kind));
    return {
      things: new Map(things.map((thing) => [`${thing.kind} ${thing.name}`, thing])),
      trouble: stopped && { level: 'warn', message: explainStop(stopped) },
    };
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
    return { things: before.things, trouble: { level: 'error', message: error.message } };
  }
}

/** In the order of specs and devices; of several with one name the last counts. */
function listThings({ scan, index, sources, errors }: SpecView): readonly WatchedThing[] {
  const good = scan.specs.flatMap(({ path, vendor, class: className }): readonly WatchedThing[] => [
    { kind: 'spec', name: path, text: sources.digest(path) ?? '', error: undefined },
    { kind: 'vendor', name: vendor, text: '', error: undefined },
    { kind: 'class', name: className, text: '', error: undefined },
  ]);
  const bad = errors.flatMap(({ path, message }): readonly WatchedThing[] =>
    path === undefined
      ? []
      : [{ kind: 'spec', name: path, text: `${sources.digest(path)} ${message}`, error: message }],
  );
  const devices = [...index.devices.values()].map(({ name, device, file }): WatchedThing => {
    const text = `${file.path} ${writeSpecJson({ ...file.spec, devices: [device] })}`;
    return { kind: 'device', name, text, error: undefined };
  });
  return [...good, ...bad, ...devices];
}

function tellTrouble(log: Logger, { trouble: before }: State, { trouble }: State): void {
  if (trouble !== undefined && trouble.message !== before?.message) log[trouble.level](trouble.message);
}

function tellChanges(context: Context, before: State, after: State, isFirst: boolean): void {
  const keys = [...new Set([...before.things.keys(), ...after.things.keys()])].sort(compareBytes);
  for (const key of keys) {
    const [old, now] = [before.things.get(key), after.things.get(key)];
    const thing = now ?? old;
    if (thing === undefined || old?.text === now?.text) continue;
    const change = isFirst ? 'present' : old === undefined ? 'added' : now === undefined ? 'removed' : 'changed';
    if (change !== 'present' || !context.quiet) tellChange(context, change, { ...thing, error: now?.error });
  }
}

const COLOURS = { present: 'dim', added: 'green', changed: 'yellow', removed: 'red' } as const;

function tellChange(
  { stdout, output, host }: Context,
  change: keyof typeof COLOURS,
  { kind, name, error }: WatchedThing,
): void {
  if (output === 'table') {
    const trouble = error === undefined ? '' : `  ${stdout.style('red', 'in error:')} ${escapeCell(error)}`;
    stdout.write(
      `${stdout.style(COLOURS[change], change.padEnd(7))}  ${kind.padEnd(6)}  ${escapeCell(name)}${trouble}\n`,
    );
    return;
  }
  const data = { time: new Date(host.now()).toISOString(), change, kind, name, error };
  stdout.write(output === 'json' ? `${escapeSteering(spellJson(data))}\n` : `---\n${writeYamlText(data)}`);
}
