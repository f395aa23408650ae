// The cases with the stand-in runtime: time against a program that only execs it and against a peer, and peak memory.
import { copyFileSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { auditOf, type Case, writeSettings } from './cases.ts';
import { type Summary, summary } from './figures.ts';
import { type Measured, paceOf } from './limits.ts';
import { writePeerSettings } from './peer.ts';
import type { Programs } from './programs.ts';
import { type Run, runSeries } from './series.ts';
import type { Fact } from './table.ts';

/** With the few variables of a run, and none of ours. */
const ALONE = { extendEnv: false, reject: false } as const;

export interface Place {
  /** the shim under test */
  readonly shim: string;
  /** a peer's runtime */
  readonly peer: string | undefined;
  readonly programs: Programs;
  readonly folder: string;
  /** the bundle of all runs, in memory, as containerd and Docker have theirs */
  readonly bundle: string;
  /** and one on disk, as Podman has */
  readonly bundleOnDisk: string;
}

export interface Series {
  readonly rows: readonly Measured[];
  /** how much slower this machine is than the one of the limits */
  readonly pace: number;
}

export function measureStandIn(place: Place, cases: readonly Case[], rounds: number): Series {
  const { programs, shim, peer } = place;
  const [first] = cases;
  if (first === undefined) throw new Error('there is no case to measure');
  for (const one of cases) {
    check(place, one, shim);
    if (peer !== undefined) check(place, one, peer);
  }
  const runs = cases.flatMap((one) => [
    runOf(place, one, `${one.name}/exec`, programs.execOnly),
    runOf(place, one, `${one.name}/shim`, shim),
    ...(peer === undefined ? [] : [runOf(place, one, `${one.name}/peer`, peer)]),
  ]);
  const yardstick = runOf(place, first, 'yardstick', programs.yardstick);
  const samples = runSeries([programs.rounds], [...runs, yardstick], rounds);
  const of = (name: string): Summary => summary(samples.get(name) ?? []);
  const rows = cases.map(({ name, title, limits = {} }): Measured => {
    const measured = { name, title, exec: of(`${name}/exec`), shim: of(`${name}/shim`), limits };
    return { ...measured, peer: peer === undefined ? undefined : of(`${name}/peer`) };
  });
  return { rows, pace: paceOf(of('yardstick'), of(`${first.name}/exec`)) };
}

/** At the moment when the shim becomes the runtime. */
export function measureMemory(place: Place, cases: readonly Case[]): readonly Fact[] {
  return cases.flatMap((one): readonly Fact[] => {
    if (one.mostMemory === undefined) return [];
    const { cwd, env, args } = runOf(place, one, one.name, place.shim);
    putDocument(place, one);
    const { failed, stdout, stderr } = execaSync(place.programs.peakMemory, args, { ...ALONE, cwd, env });
    if (failed) throw new Error(`the peak memory of "${one.title}" is unknown: ${stderr}`);
    return [{ title: `peak memory, ${one.title}`, value: Number(stdout), unit: 'KiB', most: one.mostMemory }];
  });
}

/** What a program makes of a case's document. */
export function documentAfter(place: Place, one: Case, program: string): string {
  const { cwd, env, args } = runOf(place, one, one.name, program);
  putDocument(place, one);
  const { exitCode, originalMessage, stderr } = execaSync(program, args.slice(1), { ...ALONE, cwd, env });
  if (exitCode === 0 && (stderr === '' || program === place.peer)) return readFileSync(documentIn(cwd), 'utf8');
  throw new Error(`"${one.title}" ended with status ${exitCode}: ${originalMessage ?? stderr}`);
}

/** What is fast because it does nothing would be no result. */
function check(place: Place, one: Case, program: string): void {
  const { title, config, wanted } = one;
  const recorded = sizeOf(auditOf(place.folder));
  const after = documentAfter(place, one, program);
  if (wanted === undefined) {
    if (program === place.shim && after !== readFileSync(config, 'utf8')) {
      throw new Error(`"${title}" changed the document`);
    }
    return;
  }
  const { mounts, linux } = JSON.parse(after);
  const found = `${mounts.length} mounts and ${linux.devices?.length ?? 0} device nodes`;
  const want = `${wanted.mounts} mounts and ${wanted.devices} device nodes`;
  if (found !== want) throw new Error(`"${title}" made a document with ${found}, not ${want}, by ${program}`);
  if (program === place.shim && sizeOf(auditOf(place.folder)) === recorded) {
    throw new Error(`"${title}" left nothing in the audit`);
  }
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}

/** The command lines are containerd's. */
function runOf(place: Place, one: Case, name: string, program: string): Run {
  const { folder, programs, peer } = place;
  const { command, specs, config } = one;
  const bundle = bundleOf(place, one);
  const log = ['--root', join(folder, 'run'), '--log', join(bundle, 'log.json'), '--log-format', 'json'];
  const create = ['--bundle', bundle, '--pid-file', join(bundle, 'init.pid')];
  const own =
    program === peer
      ? writePeerSettings(folder, one.name, programs.standIn, specs)
      : environment(writeSettings(folder, one.name, programs.standIn, specs, one.settings));
  return {
    name,
    cwd: bundle,
    env: { ...PATHS, ...own },
    args: [program, ...log, command, ...(command === 'create' ? create : []), 'bench'],
    fresh: command === 'create' ? { path: documentIn(bundle), from: config } : undefined,
  };
}

const PATHS = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } as const;

/** The same few variables for every run. */
export function environment(settings: string): Readonly<Record<string, string>> {
  return { ...PATHS, CDI_RUNTIME_CONFIG: settings };
}

export function documentIn(bundle: string): string {
  return join(bundle, 'config.json');
}

function bundleOf({ bundle, bundleOnDisk }: Place, { isOnDisk }: Case): string {
  return isOnDisk === true ? bundleOnDisk : bundle;
}

function putDocument(place: Place, one: Case): void {
  const document = documentIn(bundleOf(place, one));
  rmSync(document, { force: true });
  copyFileSync(one.config, document);
}
