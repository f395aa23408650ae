// cdictl engine configure: an engine gets a runtime that is the shim before its own present one.
import { findImageAnnotations } from '../../engines/annotation-authors.ts';
import { configure } from '../../engines/configure.ts';
import type { EngineConfig, FileChange } from '../../engines/engine.ts';
import { amendRecord } from '../../engines/record.ts';
import { loadSettings } from '../../settings/load.ts';
import { CdiError } from '../../text/error.ts';
import type { Arguments, Context, Run } from '../command.ts';
import { createRootedHost } from '../doctor/rooted-host.ts';
import { applyChanges, wireEngine } from '../engine/apply.ts';
import { type DefaultSettings, makeDefaultSettings, writeDefaultSettings } from '../engine/default-settings.ts';
import { readEngineConfig } from '../engine/files.ts';
import { findInstalledShim, type PinnedRuntime, pinRuntime } from '../engine/pinned-runtime.ts';
import { type EnginePlace, findEngine, findEnginePlace } from '../engine/place.ts';
import { readEngineVersion } from '../engine/program.ts';
import {
  type EngineSetup,
  findRecordFolder,
  type NeededLink,
  readAllSetups,
  readSetup,
  writeSetup,
} from '../engine/record.ts';
import { type Reloaded, reloadCommand, reloadEngine } from '../engine/reload.ts';
import { findLastChange, isRunning, type WantedRuntime } from '../engine/running.ts';
import type { HostChanges } from '../files/host-changes.ts';
import { resolveEntryInRoot, resolveInRoot } from '../files/host-root.ts';
import { SHIM_PATH } from '../files/packaged-shim.ts';
import { print } from '../print.ts';
import { escapeCell } from '../terminal/cell.ts';
import { writeUnifiedDiff } from '../terminal/unified-diff.ts';
import { UsageError } from '../usage-error.ts';

interface Plan {
  readonly place: EnginePlace;
  readonly config: EngineConfig;
  readonly name: string;
  readonly pinned: PinnedRuntime;
  readonly files: readonly FileChange[];
  /** the settings that make a default runtime safe; undefined where it is not made the default now */
  readonly settings: DefaultSettings | undefined;
  readonly isDefault: boolean;
  readonly warnings: readonly string[];
}

export const run: Run = async (context, given) => {
  const plan = await planFor(context, given);
  if (given.flag('dry-run')) return printPlan(context, plan);
  const what = `configure ${plan.place.engine.id}`;
  const done = await wireEngine(what, plan.place, (changes) => wire(context, plan, changes));
  const reloaded = given.flag('reload') ? await reloadIfNeeded(context, plan) : undefined;
  report(context, plan, done, reloaded);
  return 0;
};

async function planFor(context: Context, given: Arguments): Promise<Plan> {
  const engine = findEngine(given.operands[0] ?? '');
  if (given.flag('pass-annotations') && engine.id !== 'containerd') {
    throw new UsageError('option --pass-annotations is for containerd alone', `${engine.id} passes annotations anyway`);
  }
  const place = findEnginePlace(context.host, given, engine);
  const shimPath = given.value('shim-path') ?? SHIM_PATH;
  if (!shimPath.startsWith('/')) throw new UsageError('option --shim-path needs an absolute path');
  findInstalledShim(place.root, shimPath);
  const config = readEngineConfig(place, given.value('engine-version') ?? (await readEngineVersion(place)));
  refuseImageAnnotations(context, place, config.version);
  const { defaultRuntime } = engine.read(config);
  const pinned = pinRuntime(place.root, shimPath, defaultRuntime.candidates, defaultRuntime.path);
  const name = given.value('runtime-name') ?? 'cdi';
  const setDefault = given.flag('set-default');
  const wanted = { runtimeName: name, path: pinned.link, setDefault, passAnnotations: given.flag('pass-annotations') };
  const { changes, warnings } = configure(engine, config, wanted);
  return {
    place,
    config,
    name,
    pinned,
    files: changes,
    settings: setDefault ? makeDefaultSettings(context.host, place.root) : undefined,
    isDefault: setDefault || defaultRuntime.name === name,
    warnings: [...warnings, ...findOtherBinary(pinned, defaultRuntime.path)],
  };
}

/** Where annotations count, an image's must not be among them. */
function refuseImageAnnotations({ host }: Context, { engine, root }: EnginePlace, version: string | undefined): void {
  const found = findImageAnnotations(engine, version);
  if (found === undefined) return;
  const { settings } = loadSettings(createRootedHost(host, root));
  if (settings.requests.annotations.enabled === false) return;
  const { why, cure: hint } = found;
  throw new CdiError('BAD_ENGINE_CONFIG', { what: `configure ${engine.id}`, why, hint });
}

/** The shim looks a runtime up by its name, whatever path the engine has for it. */
function findOtherBinary({ runtimePath }: PinnedRuntime, path: string | undefined): string[] {
  if (!path?.startsWith('/') || path === runtimePath || path.endsWith(`/cdi-${runtimePath.replace(/.*\//, '')}`))
    return [];
  return [`the shim runs ${runtimePath}, and the engine has run ${path} so far`];
}

/** What was done on the host. */
interface WiringResult {
  readonly checked: string;
  readonly wroteSettings: boolean;
  readonly warnings: readonly string[];
}

/** The record comes first, so that nothing is written that cannot be undone; the engine's files come last. */
async function wire(context: Context, plan: Plan, changes: HostChanges): Promise<WiringResult> {
  const { place, config, pinned, settings } = plan;
  const { engine, root } = place;
  const folder = findRecordFolder(context.host, root);
  const before = readSetup(folder, root, engine.id);
  const links = addLink(before.links, makeNeededLink(plan, readAllSetups(folder, root)));
  const defaults = settings === undefined ? before.defaults : [...new Set([...before.defaults, place.files.main])];
  const folders = changes.makeDirectory(resolveInRoot(root, folder)).map((path) => path.slice(root.length));
  const files = amendRecord(before.files, plan.files);
  const setup: EngineSetup = { files, links, directories: [...before.directories, ...folders], defaults };
  writeSetup(changes, folder, root, engine.id, setup);
  if (!pinned.exists) changes.makeLink(resolveEntryInRoot(root, pinned.link), pinned.target);
  if (settings !== undefined) writeDefaultSettings(changes, context.host, root, settings);
  const { directories, checked } = await applyChanges(changes, place, config, plan.files);
  writeSetup(changes, folder, root, engine.id, { ...setup, directories: [...setup.directories, ...directories] });
  const checkResult = checked.result === 'skipped' ? `not checked: ${checked.why}` : `checked: ${checked.command}`;
  const isOn =
    settings !== undefined && root === '' && loadSettings(context.host).settings.requests.env.enabled !== false;
  return {
    checked: checkResult,
    wroteSettings: settings !== undefined && settings.before === undefined,
    warnings: isOn
      ? ['settings that are read later turn requests by environment on: see cdictl config show --origin']
      : [],
  };
}

/** A link that cdictl made for another engine is one that it has made. */
function makeNeededLink({ place, pinned }: Plan, all: ReadonlyMap<string, EngineSetup>): NeededLink {
  const known = [...all.values()].flatMap(({ links }) => links);
  const wasMade = known.some(({ path, made }) => made && path === pinned.link);
  return { path: pinned.link, main: place.files.main, made: !pinned.exists || wasMade };
}

function addLink(links: readonly NeededLink[], link: NeededLink): readonly NeededLink[] {
  const isSame = ({ path, main }: NeededLink): boolean => path === link.path && main === link.main;
  return links.some(isSame) ? links.map((known) => (isSame(known) ? link : known)) : [...links, link];
}

async function reloadIfNeeded({ host }: Context, plan: Plan): Promise<Reloaded> {
  const { place } = plan;
  const config = readEngineConfig(place, plan.config.version);
  const since = place.root === '' ? findLastChange(config) : 0;
  const wanted: WantedRuntime = {
    name: plan.name,
    path: plan.pinned.link,
    isDefault: plan.isDefault,
    since,
  };
  if (plan.files.length === 0 && (await isRunning(host, place, config, wanted)) === 'yes') {
    return { done: true, how: 'not needed: it has the runtime already' };
  }
  return reloadEngine(host, place, config, wanted);
}

function printPlan(context: Context, plan: Plan): 0 {
  const { files, pinned, settings, name, place } = plan;
  const diff = files
    .map(({ path, before = '', after = '' }) => writeUnifiedDiff(escapeCell(path), before, after))
    .join('');
  const wouldMake = [
    ...(pinned.exists ? [] : [`${pinned.link} -> ${pinned.target}`]),
    ...(settings !== undefined && settings.before === undefined ? [settings.path] : []),
  ];
  const data = { engine: place.engine.id, runtime: name, path: pinned.link, diff, wouldMake, warnings: plan.warnings };
  print(context, data, () => {
    if (files.length === 0 && wouldMake.length === 0) return `${place.engine.id}: nothing to change\n`;
    return `${diff}${wouldMake.map((path) => `would make ${path}\n`).join('')}${writeWarnings(plan.warnings)}`;
  });
  return 0;
}

function report(context: Context, plan: Plan, done: WiringResult, reloaded: Reloaded | undefined): void {
  const { place, name, pinned, files, settings } = plan;
  const reload = place.engine.reload(plan.config);
  const written = files.map(({ path }) => path);
  const data = {
    engine: place.engine.id,
    runtime: name,
    path: pinned.link,
    runs: pinned.runtimePath,
    default: plan.isDefault,
    changed: written.length > 0 || !pinned.exists || done.wroteSettings,
    written,
    link: { path: pinned.link, made: !pinned.exists },
    settings: settings?.path,
    check: done.checked,
    reload: { by: reload.by, command: reloadCommand(reload), done: reloaded?.how },
    warnings: [...plan.warnings, ...done.warnings],
  };
  print(context, data, () => (context.quiet ? '' : describeOutcome(plan, done, reloaded)));
}

function describeOutcome(plan: Plan, done: WiringResult, reloaded: Reloaded | undefined): string {
  const { place, name, pinned, files, settings } = plan;
  const { id } = place.engine;
  const command = reloadCommand(place.engine.reload(plan.config));
  const isNew = files.length > 0;
  const lines = [
    `${id}: runtime ${name} is ${pinned.link}, which runs ${pinned.runtimePath}${isNew ? '' : ', as before'}`,
    ...(pinned.exists ? [] : [`made ${pinned.link}`]),
    ...files.map(({ path, before }) => `${before === undefined ? 'made' : 'changed'} ${path}`),
    ...(isNew ? [done.checked] : []),
    ...(settings === undefined ? [] : [`it is the default: requests by environment are off, by ${settings.path}`]),
    ...(reloaded === undefined ? [] : [`reloaded: ${reloaded.how}`]),
    ...(reloaded === undefined && isNew && command !== undefined
      ? [`next: the same with --reload, or ${command}`]
      : []),
  ];
  return `${lines.map(escapeCell).join('\n')}\n${writeWarnings([...plan.warnings, ...done.warnings])}`;
}

function writeWarnings(warnings: readonly string[]): string {
  return warnings.map((warning) => `warning: ${escapeCell(warning)}\n`).join('');
}
