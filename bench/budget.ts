// How many instructions a create takes, stage by stage, against bench/baseline.json: npm run bench:instructions.
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { type Counts, listGrown, readBaseline, updateBaseline } from './baseline.ts';
import { countStages } from './instructions.ts';
import { layOut, letFilesAge, writeRuntime } from './lay-out.ts';
import { copyMarked } from './marked-source.ts';
import { measureAlone } from './measure.ts';
import { makeStageInputs } from './stage-inputs.ts';
import { STAGES } from './stages.ts';
import { align } from './table.ts';

const ROOT = resolve(import.meta.dirname, '..');
const HEADING = `Instructions of whole creates, by valgrind, of a build that marks its stages. "was" is from bench/baseline.json.`;

const UPDATE = 'npm run bench:instructions -- --update';

const { values } = parseArgs({ options: { update: { type: 'boolean', default: false } } });
await measureAlone('the instructions', bench);

async function bench(folder: string): Promise<void> {
  const [shim, runtime] = [join(folder, 'shim'), writeRuntime(folder)];
  await buildMarked(join(folder, 'source'), shim);
  const counts: Record<string, Record<string, number>> = {};
  const inputs = makeStageInputs(folder, runtime).map(({ title, parts }, i) => {
    return { title, place: layOut(join(folder, String(i)), runtime, parts) };
  });
  await letFilesAge();
  for (const { title, place } of inputs) {
    const stages = await countStages(shim, place);
    const all = [...stages.values()].reduce((sum, count) => sum + count, 0);
    counts[title] = { ...Object.fromEntries(stages), all };
  }
  if (values.update) updateBaseline({ stages: counts });
  const was = readBaseline().stages;
  console.log(`${HEADING}\n\n${tableOf(counts, was)}`);
  const grown = listGrown(was, counts);
  if (grown.length > 0) {
    console.log(`\n${grown.join('\n')}\nMake it smaller again, or have it accepted: ${UPDATE}`);
    process.exitCode = 1;
  } else if (listGrown(counts, was).length > 0) {
    console.log(`\nSome take less than they did: ${UPDATE} keeps them there`);
  }
}

async function buildMarked(source: string, out: string): Promise<void> {
  const words = ['scripts/build-shim.ts', '--marks', '--entry', copyMarked(source), '--out', out];
  const { failed, all } = await execa(process.execPath, words, { cwd: ROOT, reject: false, all: true });
  if (failed) throw new Error(all);
}

function tableOf(counts: Counts, was: Counts): string {
  const titles = Object.keys(counts);
  const head = ['thousands', ...titles.flatMap((title) => [title, 'was'])];
  const cell = (of: Counts, title: string, name: string): string => {
    const count = of[title]?.[name];
    return count === undefined ? '' : (count / 1000).toFixed(0);
  };
  const rows = [...STAGES, 'all'].map((name) => [
    name,
    ...titles.flatMap((title) => [cell(counts, title, name), cell(was, title, name)]),
  ]);
  return align([head, ...rows]);
}
