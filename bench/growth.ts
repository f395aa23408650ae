// How the work of a create grows with each kind of input, in instructions: node bench/growth.ts.
import { copyFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readBaseline, updateBaseline } from './baseline.ts';
import { exponentOf, perOne } from './figures.ts';
import { INPUTS, type Input } from './growth-inputs.ts';
import { countInstructions } from './instructions.ts';
import { layOut, letFilesAge, type Place, writeRuntime } from './lay-out.ts';
import { measureAlone } from './measure.ts';
import { align } from './table.ts';

const SHIM = resolve(import.meta.dirname, '../dist/cdi-runtime');
const HEADING = `Instructions of a create with one device, by valgrind. "exponent" says how they grow with the number of an input,
from three numbers: 1 is in proportion to it, 2 is with its square.`;

/** More than this is not linear. */
const MOST = 1.1;

/** Creates that are counted at a time. */
const AT_A_TIME = 2;

interface Work {
  readonly input: Input;
  readonly number: number;
  readonly folder: string;
  readonly place: Place;
}

interface Row {
  readonly title: string;
  readonly numbers: readonly number[];
  readonly instructions: readonly number[];
  readonly exponent: number;
}

const { values, positionals } = parseArgs({
  options: { shim: { type: 'string', default: SHIM }, update: { type: 'boolean', default: false } },
  allowPositionals: true,
});
await measureAlone('the growth', bench);

async function bench(folder: string): Promise<void> {
  const [shim, runtime] = [join(folder, 'shim'), writeRuntime(folder)];
  copyFileSync(values.shim, shim);
  const inputs = INPUTS.filter(({ title }) => positionals.every((word) => title.includes(word)));
  const works = inputs.flatMap((input, i) =>
    numbersOf(input).map((number): Work => {
      const own = join(folder, `${i}-${number}`);
      return { input, number, folder: own, place: layOut(own, runtime, input.make(number)) };
    }),
  );
  await letFilesAge();
  const counted = await countAll(shim, works);
  const rows = inputs.map((input): Row => {
    const numbers = numbersOf(input);
    const instructions = numbers.map((number) => counted.get(input)?.get(number) ?? 0);
    return { title: input.title, numbers, instructions, exponent: exponentOf(instructions, input.factor) };
  });
  console.log(`${HEADING}\n\n${tableOf(rows)}`);
  const others = positionals.length === 0 ? {} : readBaseline().growth;
  if (values.update) updateBaseline({ growth: { ...others, ...Object.fromEntries(rows.map(keep)) } });
  if (rows.some(({ exponent }) => exponent > MOST)) process.exitCode = 1;
}

function numbersOf({ from, factor }: Input): readonly number[] {
  return [from, from * factor, from * factor ** 2];
}

/** @returns by input and number */
async function countAll(
  shim: string,
  works: readonly Work[],
): Promise<ReadonlyMap<Input, ReadonlyMap<number, number>>> {
  const counted = new Map<Input, Map<number, number>>();
  // the largest first, so that none is left alone at the end
  const left = works.toSorted((one, other) => one.number - other.number);
  const worker = async (): Promise<void> => {
    for (let work = left.pop(); work !== undefined; work = left.pop()) {
      const { input, number, folder, place } = work;
      const count = await countInstructions(shim, place);
      counted.set(input, (counted.get(input) ?? new Map<number, number>()).set(number, count));
      rmSync(folder, { recursive: true });
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return counted;
}

function tableOf(rows: readonly Row[]): string {
  const cells = rows.map(({ title, numbers, instructions, exponent }) => [
    title,
    numbers.join(', '),
    instructions.map((count) => (count / 1e6).toFixed(1)).join(', '),
    perOne(numbers, instructions).toFixed(0),
    exponent.toFixed(2),
    exponent <= MOST ? 'ok' : 'MISSED',
  ]);
  return align([['input', 'numbers', 'millions of instructions', 'for one more', 'exponent', ''], ...cells]);
}

function keep({ title, numbers, instructions }: Row): [string, Record<string, number>] {
  return [title, Object.fromEntries(numbers.map((number, i) => [number, instructions[i] ?? 0]))];
}
