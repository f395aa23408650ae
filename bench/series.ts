// Programs that are run in interleaved rounds: how the launcher is told, and what it answers.
import { execaSync } from 'execa';

export interface Run {
  readonly name: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** the first is the program's path */
  readonly args: readonly string[];
  /** a file that is made again before each run, outside of the measured time */
  readonly fresh?: { readonly path: string; readonly from: string } | undefined;
  /** cleans up after each run, outside of the measured time */
  readonly cleanUp?: readonly string[] | undefined;
}

/** Nanoseconds of each program's runs, one a round. */
export type Samples = ReadonlyMap<string, readonly number[]>;

/** @param launcher the program `rounds`, with what has to stand before it */
export function runSeries(launcher: readonly string[], runs: readonly Run[], rounds: number): Samples {
  const [program = '', ...before] = launcher;
  const { failed, originalMessage, stdout } = execaSync(program, [...before, String(rounds)], {
    input: runs.map(planOf).join(''),
    lines: true,
    maxBuffer: 256 * 1024 * 1024,
    reject: false,
    stderr: 'inherit',
  });
  if (failed) throw new Error(`a run failed${originalMessage === undefined ? '' : `: ${originalMessage}`}`);
  const samples = new Map<string, number[]>(runs.map(({ name }) => [name, []]));
  for (const line of stdout) {
    const [name = '', nanoseconds] = line.split(' ');
    samples.get(name)?.push(Number(nanoseconds));
  }
  return samples;
}

function planOf({ name, cwd, env, args, fresh, cleanUp = [] }: Run): string {
  const lines = [`run ${name}`, `cwd ${cwd}`];
  for (const [variable, value] of Object.entries(env)) lines.push(`env ${variable}=${value}`);
  for (const word of args) lines.push(`arg ${word}`);
  if (fresh !== undefined) lines.push(`write ${fresh.path}`, `with ${fresh.from}`);
  for (const word of cleanUp) lines.push(`then ${word}`);
  return `${lines.join('\n')}\n`;
}
