// How the work of a create grows with each kind of input, in instructions: npm run bench:growth.
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { INPUTS, type Input, layOut } from './growth-inputs.ts';
import { countInstructions } from './instructions.ts';
import { measureIn } from './measure.ts';
import { align } from './table.ts';

const SHIM = resolve(import.meta.dirname, '../dist/cdi-runtime');
const HEADING = `Instructions of a create with one device, by valgrind. "exponent" says how they grow with the number of an input,
from three numbers: 1 is in proportion to it, 2 is with its square.`;

/** More than this is not linear. */
const MOST = 1.1;

const { values, positionals } = parseArgs({
  options: { shim: { type: 'string', default: SHIM } },
  allowPositionals: true,
});
await measureIn('the growth', bench);

function bench(folder: string): void {
  const runtime = join(folder, 'runtime');
  writeFileSync(runtime, 'no program', { mode: 0o755 });
  const isWanted = ({ title }: Input): boolean => positionals.every((word) => title.includes(word));
  const rows = INPUTS.filter(isWanted).map((input, i) => {
    const counts = [1, input.factor, input.factor ** 2].map((times) => input.from * times);
    const instructions = counts.map((count) => {
      const place = join(folder, `${i}-${count}`);
      const found = countInstructions(values.shim, layOut(place, runtime, input.make(count)));
      rmSync(place, { recursive: true });
      return found;
    });
    return { input, counts, instructions, exponent: exponentOf(instructions, input.factor) };
  });
  const cells = rows.map(({ input, counts, instructions, exponent }) => [
    input.title,
    counts.join(', '),
    instructions.map((count) => (count / 1e6).toFixed(1)).join(', '),
    perOne(counts, instructions).toFixed(0),
    exponent.toFixed(2),
    exponent <= MOST ? 'ok' : 'MISSED',
  ]);
  console.log(`${HEADING}\n`);
  console.log(align([['input', 'numbers', 'millions of instructions', 'for one more', 'exponent', ''], ...cells]));
  if (rows.some(({ exponent }) => exponent > MOST)) process.exitCode = 1;
}

/** What does not depend on the number falls out of the differences. */
function exponentOf([few = 0, more = 0, most = 0]: readonly number[], factor: number): number {
  return Math.log((most - more) / (more - few)) / Math.log(factor);
}

function perOne(counts: readonly number[], instructions: readonly number[]): number {
  const [few = 0, , most = 0] = counts;
  return ((instructions.at(-1) ?? 0) - (instructions[0] ?? 0)) / (most - few);
}
