// Takes a snapshot of a host: what the commands that look would ask for, and what they cannot find in files.
import { existsSync, realpathSync } from 'node:fs';
import { release } from 'node:os';
import { ENGINES } from '../../engines/engines.ts';
import type { SpecHost } from '../../host/host.ts';
import { SETTINGS_VARIABLE } from '../../settings/combine.ts';
import { loadSettings } from '../../settings/load.ts';
import { DEFAULT_SETTINGS } from '../../settings/settings.ts';
import { CdiError } from '../../text/error.ts';
import type { OrderedJson } from '../../text/json.ts';
import { parseJson } from '../../text/json-syntax.ts';
import { readArguments } from '../arguments.ts';
import type { Context, ExitCode, Run } from '../command.ts';
import { planDevices } from '../document/plan-devices.ts';
import { readEngineConfig } from '../engine/files.ts';
import { listRuntimePaths } from '../engine/pinned-runtime.ts';
import { chooseUsualFiles } from '../engine/place.ts';
import { ask, findProgram, readEngineVersion } from '../engine/program.ts';
import { HOST_ROOT } from '../files/host-root.ts';
import { createRootedHost } from '../files/rooted-host.ts';
import { loadSpecView } from '../look.ts';
import { mapWithProgress, showProgress } from '../terminal/progress.ts';
import { createCollectingTerminal } from '../terminal/terminal.ts';
import { type AskedPaths, rememberPaths } from './asked-paths.ts';
import { FileCollection } from './file-collection.ts';
import { FORMAT, type Report, type Snapshot } from './snapshot.ts';

/** What nobody asks for in a snapshot, and what is nobody else's business. */
const NEVER_TAKEN: readonly string[] = [
  'containers: their bundles, documents, environments and names',
  'the audit',
  'programs and libraries: only that they are there',
  'the name of the host, and serial numbers of its disks',
];

/** Commands whose answers need more than files: theirs are kept as they are. */
const REPORTED: readonly string[] = ['doctor', 'engine status'];
/** Commands that look at files: what they ask for is kept. */
const ASKING: readonly string[] = ['dirs', 'specs', 'lint', 'validate', 'config check'];

/** @param root of the host; empty for this one */
export async function takeSnapshot(context: Context, root: string): Promise<Snapshot> {
  const files = new FileCollection(context.host, existsSync(root) ? realpathSync(root) : root);
  const host = createRootedHost(context.host, root);
  const asked: AskedPaths = new Map();
  await askAll({ ...context, host: rememberPaths(host, asked) });
  mapWithProgress(context, 'keeping paths', [...asked], ([path, what]) => {
    if (what === 'content') files.read(path);
    files.look(path);
  });
  const engines: Record<string, readonly string[]> = {};
  const unread: string[] = [];
  const versions: Record<string, string> = readVersions(files, root);
  for (const engine of Object.values(ENGINES)) {
    const place = { engine, files: chooseUsualFiles(context.host, engine, root), root };
    const version = await readEngineVersion(place);
    if (version !== undefined) versions[engine.id] = version;
    try {
      engines[engine.id] = [...readEngineConfig(place, version).texts.keys()];
    } catch (error) {
      if (!(error instanceof CdiError)) throw error;
      unread.push(`${engine.id}: ${error.message}`);
    }
    for (const path of engines[engine.id] ?? []) files.read(path, true);
  }
  Object.assign(versions, await readRuntimeVersions(root));
  for (const path of listRuntimePaths()) files.look(path);
  lookAtNodes(files);
  const hardware = readHardware(files);
  const reports: Record<string, Report> = {};
  const tell = showProgress(context, 'asking');
  for (const name of REPORTED) {
    tell(name);
    reports[name] = await report(context, name, root);
  }
  tell();
  const { uid, gid } = host.ids();
  return {
    format: FORMAT,
    cdictl: context.version,
    taken: host.now(),
    leftOut: [...NEVER_TAKEN, ...files.leftOut, ...unread],
    user: { uid, gid, inUserNamespace: host.inUserNamespace() },
    environment: readEnvironment(host),
    versions,
    hardware,
    engines,
    reports,
    files: files.files,
  };
}

/** Lets the commands that only look look, and each device be planned; what they find is of no interest here. */
async function askAll(context: Context): Promise<void> {
  const { given, specDirs } = context;
  // settings in error are a reason for a snapshot
  const loaded = tryOr({ settings: DEFAULT_SETTINGS, files: [] }, () => loadSettings(context.host));
  const asking: Context = {
    ...context,
    quiet: true,
    settings: () => loaded,
    specDirs: () => (given.flag('spec-dirs') ? specDirs() : loaded.settings.specDirs),
  };
  const tell = showProgress(context, 'asking');
  for (const name of ASKING) {
    tell(name);
    await runQuietly(asking, name, []);
  }
  tell();
  const view = loadSpecView(asking);
  const tree = parseJson('{}');
  if ('syntax' in tree) return;
  mapWithProgress(context, 'planning devices', [...view.index.devices.keys()], (name) =>
    tryOr(undefined, () => planDevices(asking, view, { path: undefined, text: '{}', tree }, [name])),
  );
}

async function report(context: Context, name: string, root: string): Promise<Report> {
  const words = root === '' ? [] : ['--host-root', root];
  const { status, text } = await runQuietly({ ...context, output: 'table' }, name, words);
  const { text: json } = await runQuietly({ ...context, output: 'json' }, name, words);
  const data: OrderedJson = json === '' ? {} : JSON.parse(json);
  return { status, text, data };
}

interface Outcome {
  readonly status: ExitCode;
  readonly text: string;
}

/** A command of our own, by its row: what it prints is collected. */
async function runQuietly(context: Context, name: string, words: readonly string[]): Promise<Outcome> {
  const command = context.groups.flatMap(({ commands }) => commands).find((one) => one.name === name);
  if (command === undefined) throw new TypeError(`there is no command ${name}`);
  const [stdout, stderr] = [createCollectingTerminal(), createCollectingTerminal()];
  const work: Run = await command.load();
  try {
    const given = readArguments(words, [HOST_ROOT, ...(command.options ?? [])], name);
    const status = await work({ ...context, stdout, stderr }, given);
    return { status, text: stdout.text() };
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
    return { status: 1, text: '' };
  }
}

/** Their values: of these variables alone, by which settings and specs are found. */
function readEnvironment(host: SpecHost): Readonly<Record<string, string>> {
  const names = [SETTINGS_VARIABLE, ...(host.ids().uid === 0 ? [] : ['HOME', 'XDG_CONFIG_HOME', 'XDG_RUNTIME_DIR'])];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = host.environment(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Files with a version in them, by what has it. */
const VERSIONED: readonly (readonly [name: string, path: string])[] = [
  ['kernel', '/proc/sys/kernel/osrelease'],
  ['nvidia', '/sys/module/nvidia/version'],
  ['amdgpu', '/sys/module/amdgpu/version'],
  ['i915', '/sys/module/i915/version'],
  ['xe', '/sys/module/xe/version'],
  ['habanalabs', '/sys/module/habanalabs/version'],
];

function readVersions(files: FileCollection, root: string): Record<string, string> {
  const found = VERSIONED.flatMap(([name, path]): [string, string][] => {
    files.read(path);
    const text = files.text(path)?.trim();
    return text === undefined || text === '' ? [] : [[name, text]];
  });
  files.read('/etc/os-release');
  const system = /^PRETTY_NAME="?([^"\n]*)/m.exec(files.text('/etc/os-release') ?? '')?.[1];
  const kernel: [string, string][] = root === '' ? [['kernel', release()]] : [];
  return Object.fromEntries([...kernel, ...found, ...(system === undefined ? [] : [['system', system]])]);
}

const PROGRAMS: readonly string[] = ['runc', 'crun', 'nvidia-ctk'];

/** Programs below another root are not started. */
async function readRuntimeVersions(root: string): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const name of PROGRAMS) {
    const program = root === '' ? findProgram(name) : undefined;
    const version = program && /\d+\.\d+[\w.~+-]*/.exec((await ask(program, ['--version'])).stdout)?.[0];
    if (version !== undefined) versions[name] = version;
  }
  return versions;
}

/** Folders of /dev with names that tell serial numbers, and those of terminals. */
const OTHER_NODES = /^\/dev\/(disk|mapper|pts|shm|mqueue|hugepages|fd|serial|block|char|tty|pty|vcs|ram|loop)|\/by-id$/;
const DEEPEST_NODE = 3;

function lookAtNodes(files: FileCollection, folder = '/dev', depth = 1): void {
  for (const name of files.list(folder)) {
    const path = `${folder}/${name}`;
    if (OTHER_NODES.test(path)) continue;
    files.look(path);
    if (depth < DEEPEST_NODE && files.isFolder(path)) lookAtNodes(files, path, depth + 1);
  }
}

const BUS = '/sys/bus/pci/devices';
/** Displays, accelerators, and processors beside the processor. */
const CLASS = /^0x(03|12|0b40)/;

function readHardware(files: FileCollection): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of files.list(BUS)) {
    const at = `${BUS}/${name}`;
    if (!CLASS.test(files.text(`${at}/class`) ?? '')) continue;
    const [vendor, device] = ['vendor', 'device'].map((part) => files.text(`${at}/${part}`)?.trim().replace(/^0x/, ''));
    for (const part of ['class', 'vendor', 'device']) files.read(`${at}/${part}`);
    const driver = files.look(`${at}/driver`)?.split('/').at(-1) ?? 'no driver';
    const key = `${vendor}:${device} ${driver}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function tryOr<T>(otherwise: T, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CdiError) return otherwise;
    throw error;
  }
}
