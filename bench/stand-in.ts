// The cases with the stand-in runtime: time against a program that only execs it, and peak memory.
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { type Case, writeSettings } from './cases.ts';
import { compare } from './figures.ts';
import type { Programs } from './programs.ts';
import { type Run, runSeries } from './series.ts';
import type { Fact, Row } from './table.ts';

/** With the few variables of a run, and none of ours. */
const ALONE = { extendEnv: false, reject: false } as const;

export interface Place {
  /** the shim under test */
  readonly shim: string;
  readonly programs: Programs;
  readonly folder: string;
  /** the bundle of all runs */
  readonly bundle: string;
}

export function measureStandIn(place: Place, cases: readonly Case[], rounds: number): readonly Row[] {
  for (const one of cases) check(one, documentAfter(place, one));
  const runs = cases.flatMap((one) => [
    runOf(place, one, `${one.name}/exec`, place.programs.execOnly),
    runOf(place, one, `${one.name}/shim`, place.shim),
  ]);
  const samples = runSeries([place.programs.rounds], runs, rounds);
  return cases.map(({ name, title, must }) => {
    const figures = compare(samples.get(`${name}/exec`) ?? [], samples.get(`${name}/shim`) ?? []);
    return { title, figures, must };
  });
}

/** At the moment when the shim becomes the runtime. */
export function measureMemory(place: Place, cases: readonly Case[]): readonly Fact[] {
  return cases.map((one) => {
    const { cwd, env, args } = runOf(place, one, one.name, place.shim);
    putDocument(place, one);
    const { failed, stdout, stderr } = execaSync(place.programs.peakMemory, args, { ...ALONE, cwd, env });
    if (failed) throw new Error(`the peak memory of "${one.title}" is unknown: ${stderr}`);
    const most = one.wanted === undefined ? 1024 : 3072;
    return { title: `peak memory, ${one.title}`, value: Number(stdout), unit: 'KiB', most };
  });
}

/** What the shim makes of a case's document. */
export function documentAfter(place: Place, one: Case): string {
  const { cwd, env, args } = runOf(place, one, one.name, place.shim);
  const [program = '', ...rest] = args;
  putDocument(place, one);
  const { exitCode, originalMessage, stderr } = execaSync(program, rest, { ...ALONE, cwd, env });
  if (exitCode === 0 && stderr === '') return readFileSync(documentOf(place), 'utf8');
  throw new Error(`"${one.title}" ended with status ${exitCode}: ${originalMessage ?? stderr}`);
}

/** What is fast because it does nothing would be no result. */
function check({ title, config, wanted }: Case, after: string): void {
  if (wanted === undefined) {
    if (after !== readFileSync(config, 'utf8')) throw new Error(`"${title}" changed the document`);
    return;
  }
  const { mounts, linux } = JSON.parse(after);
  const found = `${mounts.length} mounts and ${linux.devices.length} device nodes`;
  const want = `${wanted.mounts} mounts and ${wanted.devices} device nodes`;
  if (found !== want) throw new Error(`"${title}" made a document with ${found}, not ${want}`);
}

/** The command lines are containerd's. */
function runOf(place: Place, { command, specs, config }: Case, name: string, program: string): Run {
  const { bundle, folder } = place;
  const settings = writeSettings(`${specs}.settings.yaml`, place.programs.standIn, specs);
  const log = ['--root', join(folder, 'run'), '--log', join(bundle, 'log.json'), '--log-format', 'json'];
  const create = ['--bundle', bundle, '--pid-file', join(bundle, 'init.pid')];
  return {
    name,
    cwd: bundle,
    env: environment(settings),
    args: [program, ...log, command, ...(command === 'create' ? create : []), 'bench'],
    fresh: command === 'create' ? { path: documentOf(place), from: config } : undefined,
  };
}

/** The same few variables for every run. */
export function environment(settings: string): Readonly<Record<string, string>> {
  return { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', CDI_RUNTIME_CONFIG: settings };
}

export function documentOf({ bundle }: Place): string {
  return join(bundle, 'config.json');
}

function putDocument(place: Place, { config }: Case): void {
  rmSync(documentOf(place), { force: true });
  copyFileSync(config, documentOf(place));
}
