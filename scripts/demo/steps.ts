// The steps of the demo, in order. Each runs real commands and says what must have come of them.
import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { deviceName, GREETING, makeBundle } from './files.ts';
import type { DeviceFile } from './host.ts';
import type { Outcome, Stage } from './stage.ts';

export interface Scene {
  readonly stage: Stage;
  /** `$D` of the commands */
  readonly folder: string;
  readonly wanted: DeviceFile;
  readonly other: DeviceFile;
  /** the program that compares texts */
  readonly diff: string;
}

export const STEPS: readonly (readonly [heading: string, play: (scene: Scene) => Promise<void>])[] = [
  ['1. Settings, a spec, the process of the container, and the requests', showFiles],
  ['2. crun alone: no device', runAlone],
  ['3. cdi-runtime run, the request is an annotation', runByAnnotation],
  ['4. cdi-runtime create, start and delete, the request is in CDI_DEVICES', createByVariable],
  ['5. What changed in config.json', compareConfigs],
  ['6. A misspelt device is refused', refuseMisspelt],
];

const SHIM = 'dist/cdi-runtime --root $D/state';
const DENIED = /^\/probe: line \d+: can't open \/dev\/other: Operation not permitted$/m;

async function showFiles({ stage, folder, wanted }: Scene): Promise<void> {
  const name = deviceName(wanted);
  makeBundle(folder, 'by-annotation', { annotations: { 'cdi.k8s.io/demo': name } });
  makeBundle(folder, 'by-variable', { env: [`CDI_DEVICES=${name}`] });
  makeBundle(folder, 'misspelt', { annotations: { 'cdi.k8s.io/demo': misspelt(name) } });
  stage.export('D', folder);
  stage.export('CDI_RUNTIME_CONFIG', `${folder}/settings.yaml`);
  await stage.run('cat $D/settings.yaml');
  await stage.run('cat $D/cdi/demo.yaml');
  await stage.run('cat $D/rootfs/probe');
  const { output } = await stage.run("cd $D && grep 'demo.example' */config.json");
  stage.expect('one request in each of three bundles', output.trim().split('\n').length === 3, output);
  await stage.quietly('cp -p $D/by-annotation/config.json $D/before.json');
}

async function runAlone({ stage, wanted }: Scene): Promise<void> {
  const alone = await stage.run('crun --root $D/state run --bundle $D/by-annotation alone');
  succeeded(stage, alone);
  const { output } = alone;
  const absent = new RegExp(`^/probe: line \\d+: can't open ${wanted.path}: no such file$`, 'm');
  stage.expect(`a container without ${wanted.path}`, absent.test(output), output);
  stage.expect('no device that opens', !output.includes('opens'), output);
  stage.expect('EPERM for a device that the container made by itself', DENIED.test(output), output);
  stage.expect('no variable of the spec', /^DEMO_DEVICE=$/m.test(output), output);
  stage.expect('no file of the host', !output.includes(GREETING), output);
}

async function runByAnnotation(scene: Scene): Promise<void> {
  const { stage } = scene;
  const run = await stage.run(`${SHIM} run --bundle $D/by-annotation by-annotation`);
  succeeded(stage, run);
  expectEdits(scene, run.output);
  await expectHook(stage, 'by-annotation');
}

async function createByVariable(scene: Scene): Promise<void> {
  const { stage } = scene;
  succeeded(stage, await stage.run(`${SHIM} create --bundle $D/by-variable by-variable >$D/output 2>&1`));
  succeeded(stage, await stage.run(`${SHIM} start by-variable`));
  await untilStopped(stage, 'by-variable');
  const { output } = await stage.run('cat $D/output');
  expectEdits(scene, output);
  await expectHook(stage, 'by-variable');
  succeeded(stage, await stage.run(`${SHIM} delete by-variable`));
}

async function compareConfigs({ stage, folder, diff, wanted }: Scene): Promise<void> {
  const { status, output } = await stage.run(
    `${diff} -U 0 -L before -L after $D/before.json $D/by-annotation/config.json`,
  );
  stage.expect('a difference', status === 1, output);
  const lines = output.split('\n').slice(2);
  const added = lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1));
  const removed = lines.filter((line) => line.startsWith('-')).map((line) => line.slice(1));
  const kept = removed.every((line) => added.includes(`${line},`));
  stage.expect('no old line that lost more than its last place', kept, output);
  const after: unknown = JSON.parse(readFileSync(join(folder, 'by-annotation/config.json'), 'utf8'));
  const text = JSON.stringify(after);
  const { type, major, minor } = wanted;
  const rule = JSON.stringify({ allow: true, type, major, minor, access: 'rw' });
  stage.expect(`the cgroup rule ${rule}`, text.includes(rule), output);
  stage.say(
    `${added.length - removed.length} lines are new; ${removed.length} old ones got a comma; no other byte changed.`,
  );
}

async function refuseMisspelt({ stage, folder, wanted }: Scene): Promise<void> {
  const name = deviceName(wanted);
  const config = join(folder, 'misspelt/config.json');
  await stage.quietly('cp -p $D/misspelt/config.json $D/misspelt.json');
  const before = identity(config);
  const { status, output } = await stage.run(`${SHIM} run --bundle $D/misspelt misspelt`);
  stage.expect('the exit status 1', status === 1, `exit status ${status}`);
  stage.expect('one line', output.trim().split('\n').length === 1, output);
  const reason = output.includes(`"${misspelt(name)}"`) && output.includes(`"${basename(wanted.path)}"`);
  stage.expect('a reason that names the misspelt device and the right one', reason, output);
  const same = await stage.run("cmp $D/misspelt.json $D/misspelt/config.json && echo 'the same to the byte'");
  succeeded(stage, same);
  stage.expect('config.json untouched: its inode and times too', identity(config) === before, identity(config));
  const { output: left } = await stage.run('crun --root $D/state list --quiet | wc -l');
  stage.expect('no container', left.trim() === '0', left);
}

/** The name with its last letter twice. */
function misspelt(name: string): string {
  return `${name}${name.slice(-1)}`;
}

function succeeded(stage: Stage, { status, output }: Outcome): void {
  stage.expect('the exit status 0', status === 0, `exit status ${status}\n${output}`);
}

/** All that the spec promises is so inside the container. */
function expectEdits({ stage, wanted }: Scene, output: string): void {
  const opened = `${wanted.path} opens for reading and writing: device ${wanted.major}:${wanted.minor}`;
  stage.expect(`${wanted.path} opened in the container`, output.split('\n').includes(opened), output);
  stage.expect('EPERM for every other device', DENIED.test(output), output);
  const variable = new RegExp(`^DEMO_DEVICE=${basename(wanted.path)}$`, 'm');
  stage.expect('the variable of the spec', variable.test(output), output);
  stage.expect('the mount of the spec', output.split('\n').includes(GREETING), output);
}

async function expectHook(stage: Stage, container: string): Promise<void> {
  const { output } = await stage.run('tail -n 1 $D/hook.log');
  stage.expect('a trace of the hook', output.startsWith(`hook of container ${container}, with PATH=/`), output);
}

function identity(path: string): string {
  const { ino, size, mtimeNs, ctimeNs, mode } = statSync(path, { bigint: true });
  return `inode ${ino}, ${size} bytes, mode ${mode.toString(8)}, written ${mtimeNs}, changed ${ctimeNs}`;
}

/** `start` returns when the process has begun, not when it has ended. */
async function untilStopped(stage: Stage, container: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  let seen = '';
  while (Date.now() < deadline) {
    ({ output: seen } = await stage.quietly(`crun --root $D/state state ${container}`));
    if (/"status" *: *"stopped"/.test(seen)) return;
    await wait(20);
  }
  stage.expect(`the end of container ${container} within 10 seconds`, false, seen);
}
