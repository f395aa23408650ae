// cdictl diff: what a container would get differently on another host, or today.
import type { OrderedJson } from '../../text/json.ts';
import type { Context, Run } from '../command.ts';
import { print } from '../print.ts';
import { compareSnapshots } from '../snapshot/compare.ts';
import type { Difference } from '../snapshot/compare-gains.ts';
import { readSnapshot, type Snapshot } from '../snapshot/snapshot.ts';
import { takeSnapshot } from '../snapshot/take-snapshot.ts';
import { escapeCell } from '../terminal/cell.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { wrap } from '../terminal/wrap.ts';

/** Exit status 3 where there are differences. */
export const run: Run = async (context, given) => {
  const [first = '', second] = given.operands;
  const a = readSnapshot(first);
  const b = second === undefined ? await takeSnapshot(context, '') : readSnapshot(second);
  const differences = compareSnapshots(context, a, b);
  const names = { a: first, b: second ?? 'this host, now' };
  print(context, encode(names, a, b, differences), () => {
    const heads = [describe('A', names.a, a), describe('B', names.b, b)];
    return `${context.quiet ? '' : heads.join('')}${writeDifferences(context, differences)}`;
  });
  return differences.length > 0 ? 3 : 0;
};

function describe(letter: string, name: string, { taken, cdictl }: Snapshot): string {
  return `${letter} ${escapeCell(name)}, as of ${new Date(taken).toISOString()} (cdictl ${escapeCell(cdictl)})\n`;
}

function encode(
  names: { readonly a: string; readonly b: string },
  a: Snapshot,
  b: Snapshot,
  differences: readonly Difference[],
): OrderedJson {
  const side = (name: string, { taken, cdictl }: Snapshot): OrderedJson => {
    return { name, taken: new Date(taken).toISOString(), cdictl };
  };
  return {
    a: side(names.a, a),
    b: side(names.b, b),
    differences: differences.map(({ group, change, devices, words }) => ({ group, change, devices, words })),
  };
}

const COLOURS = { gone: 'red', new: 'green', changed: 'yellow', refused: 'red', granted: 'green' } as const;
const WIDEST = 7;

function writeDifferences({ stdout, quiet }: Context, differences: readonly Difference[]): string {
  if (differences.length === 0) return quiet ? '' : 'a container gets the same\n';
  const groups = groupBy(foldAlike(differences), ({ group }) => group);
  return [...groups]
    .flatMap(([group, ones]) => [stdout.style('bold', group), ...ones.flatMap((one) => writeDifference(stdout, one))])
    .map((line) => `${line}\n`)
    .join('');
}

const MOST_ALIKE = 3;

/** Of those that differ in numbers alone, such as the node of each of eight GPUs, one stands for all. */
function foldAlike(differences: readonly Difference[]): readonly Difference[] {
  const alike = groupBy(differences, ({ group, change, words }) =>
    [group, change, words.replaceAll(/\d+/g, '#')].join('\n'),
  );
  return [...alike.values()].flatMap((ones) => {
    const [first] = ones;
    if (first === undefined || ones.length <= MOST_ALIKE) return ones;
    const devices = new Set(ones.flatMap((one) => one.devices));
    return [{ ...first, devices: [...devices], words: `${first.words}, and ${ones.length - 1} more like it` }];
  });
}

function writeDifference(stdout: Terminal, { change, devices, words }: Difference): readonly string[] {
  const text = [nameDevices(devices), escapeCell(words)].filter((part) => part !== '').join(': ');
  const [first = '', ...rest] = wrap(text, stdout.width, `  ${change.padEnd(WIDEST)}  `);
  const coloured = first.replace(change, () => stdout.style(COLOURS[change], change));
  return [coloured, ...rest];
}

/** `Map.groupBy` is of Node 21. */
function groupBy<T>(items: readonly T[], findKey: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = findKey(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

const MOST_NAMED = 2;

/** A few of them, and how many more. */
function nameDevices(devices: readonly string[]): string {
  const more = devices.length - MOST_NAMED;
  const named = devices.slice(0, MOST_NAMED).map(escapeCell).join(', ');
  return more > 0 ? `${named} and ${more} more` : named;
}
