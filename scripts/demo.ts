// Shows the main job on a real container: node scripts/demo.ts [--readme]
import { mkdtempSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { cleanUp } from './demo/clean-up.ts';
import { layOut } from './demo/files.ts';
import {
  type DeviceFile,
  demandDevices,
  demandPrivateMounts,
  demandProgram,
  demandRoot,
  findProgram,
  hasHybridCgroups,
  Refusal,
} from './demo/host.ts';
import { writeDemoBlock } from './demo/readme.ts';
import { Interrupted, Stage, Unmet } from './demo/stage.ts';
import { type Scene, STEPS } from './demo/steps.ts';

interface Means {
  readonly crun: string;
  readonly busybox: string;
  readonly diff: string;
  readonly wanted: DeviceFile;
  readonly other: DeviceFile;
}

const ROOT = dirname(import.meta.dirname);
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const { values: options } = parseArgs({
  options: {
    readme: { type: 'boolean', default: false },
    // set by the demo itself when it has started itself in a private mount namespace
    inside: { type: 'boolean', default: false },
  },
});

async function main(): Promise<number> {
  const means = demandMeans();
  if (hasHybridCgroups() && !options.inside) {
    console.log('(crun refuses the hybrid cgroup tree of this host: all of this runs in a private mount namespace)');
    return await startInside(demandPrivateMounts());
  }
  return await show(means);
}

/** @throws {Refusal} where something is missing, before anything is made */
function demandMeans(): Means {
  demandRoot(process.getuid?.());
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin`;
  demandProgram('cdi-runtime', join(ROOT, 'dist'), 'run npm run build');
  const crun = demandProgram('crun', path, 'run npm run packages demo');
  const busybox = demandProgram('busybox', path, 'run npm run packages demo');
  const [wanted, other] = demandDevices();
  const diff = findProgram('diff', path) === undefined ? `${busybox} diff` : 'diff';
  return { crun, busybox, diff, wanted, other };
}

/** The whole demo once more, where crun accepts the cgroups; ends as that ends. */
async function startInside(enter: readonly string[]): Promise<number> {
  const [program = '', ...before] = enter;
  const own = [import.meta.filename, '--inside', ...(options.readme ? ['--readme'] : [])];
  // It has to clean up, and takes the time that this takes.
  const waiting = { forceKillAfterDelay: false, reject: false, stdio: 'inherit' } as const;
  const child = execa(program, [...before, process.execPath, ...own], waiting);
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  const { exitCode = 1 } = await child;
  return exitCode;
}

async function show(means: Means): Promise<number> {
  const stage = new Stage(ROOT);
  for (const signal of SIGNALS) process.on(signal, () => stage.interrupt(`it was ended by ${signal}`));
  process.stdout.on('error', () => stage.interrupt('no one reads what it prints'));
  const folder = mkdtempSync('/tmp/cdi-demo-');
  let failure: string | undefined;
  let left: readonly string[];
  try {
    failure = await play(means, { stage, folder, ...means });
  } finally {
    left = cleanUp(means.crun, folder);
  }
  if (left.length > 0)
    failure = `${failure ?? 'all went well, but not everything could be removed'}\nleft behind: ${left.join(', ')}`;
  if (failure !== undefined) {
    console.error(`\nthe demo failed: ${failure}`);
    return 1;
  }
  stage.say(`\n${stage.checks} expectations were met, and nothing is left behind.`);
  if (options.readme) {
    writeDemoBlock(join(ROOT, 'README.md'), stage.transcript.replaceAll(basename(folder), 'cdi-demo'));
  }
  return 0;
}

/** @returns why it failed, if it did */
async function play(means: Means, scene: Scene): Promise<string | undefined> {
  const { stage, folder, wanted } = scene;
  try {
    layOut(folder, means);
    stage.say(`A container gets ${wanted.path} of this host. $D below is a new folder, which goes at the end.`);
    for (const [heading, step] of STEPS) {
      stage.step(heading);
      await step(scene);
    }
    return undefined;
  } catch (error) {
    if (error instanceof Unmet || error instanceof Interrupted) return error.message;
    throw error;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
