// cdictl engine configure: an engine gets a runtime that is the shim before its own present one.
import { findImageAnnotations } from '../../engines/annotation-authors.ts';
import { configure, nameDefaultRuntime } from '../../engines/configure.ts';
import type { EngineConfig, FileChange } from '../../engines/engine.ts';
import { amendRecord } from '../../engines/record.ts';
import { loadSettings } from '../../settings/load.ts';
import { CdiError } from '../../text/error.ts';
import type { Arguments, Context, Run } from '../command.ts';
import { applyChanges, wireEngine } from '../engine/apply.ts';
import { describeContainer, type NeedyContainers, NO_CONTAINERS } from '../engine/containers.ts';
import { readEffectiveConfig } from '../engine/effective-config.ts';
import { readEngineConfig } from '../engine/files.ts';
import { beginWork } from '../engine/host-work.ts';
import { findLosingContainers } from '../engine/losing-containers.ts';
import { runNativeCdi } from '../engine/native-cdi.ts';
import { findInstalledShim, type PinnedRuntime, pinDefault, pinRuntime } from '../engine/pinned-runtime.ts';
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
import type { HostChanges, Work } from '../files/host-changes.ts';
import { readHostRoot, resolveEntryInRoot, resolveInRoot } from '../files/host-root.ts';
import { findShimPath } from '../files/packaged-shim.ts';
import { createRootedHost } from '../files/rooted-host.ts';
import { print } from '../print.ts';
import { escapeCell } from '../terminal/cell.ts';
import { writeUnifiedDiff } from '../terminal/unified-diff.ts';
import { UsageError } from '../usage-error.ts';

interface Plan {
  readonly place: EnginePlace;
  readonly config: EngineConfig;
  readonly name: string;
  readonly pinned: PinnedRuntime;
  /** by the link of the default runtime; undefined where none is made the default now */
  readonly byDefault: PinnedRuntime | undefined;
  readonly files: readonly FileChange[];
  readonly isDefault: boolean;
  /** containers to which the present default gives devices that the new one would not give */
  readonly losing: NeedyContainers;
  readonly warnings: readonly string[];
}

export const run: Run = async (context, given) => {
  if (given.flag('native-cdi')) return await runNativeCdi(context, given);
  const { id } = findEngine(given.operands[0] ?? '');
  if (given.flag('dry-run')) return printPlan(context, await planFor(context, given));
  const work = beginWork(context, readHostRoot(given), `configure ${id}`);
  const plan = await planFor(context, given);
  if (!context.quiet) context.stderr.write(writeLines(describeLosing(plan)));
  const checked = await wireEngine(work, plan.place, (changes) => wire(context, plan, changes));
  const reloaded = given.flag('reload') ? await reloadIfNeeded(context, plan, work) : undefined;
  report(context, plan, checked, reloaded);
  return 0;
};

async function planFor(context: Context, given: Arguments): Promise<Plan> {
  const engine = findEngine(given.operands[0] ?? '');
  if (given.flag('pass-annotations') && engine.id !== 'containerd') {
    throw new UsageError('option --pass-annotations is for containerd alone', `${engine.id} passes annotations anyway`);
  }
  const place = findEnginePlace(context.host, given, engine);
  const shimPath = given.value('shim-path') ?? findShimPath(place.root);
  if (!shimPath.startsWith('/')) throw new UsageError('option --shim-path needs an absolute path');
  findInstalledShim(place.root, shimPath);
  const written = readEngineConfig(place, given.value('engine-version') ?? (await readEngineVersion(place)));
  const config: EngineConfig = { ...written, effective: await readEffectiveConfig(place, written) };
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
    byDefault: setDefault ? pinDefault(place.root, shimPath, pinned) : undefined,
    isDefault: setDefault || [name, nameDefaultRuntime(name)].includes(defaultRuntime.name ?? ''),
    losing: setDefault ? await findLosing(context, place, config) : NO_CONTAINERS,
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

async function findLosing({ host }: Context, place: EnginePlace, config: EngineConfig): Promise<NeedyContainers> {
  const { requests } = loadSettings(createRootedHost(host, place.root)).settings;
  return await findLosingContainers(place, config, requests);
}

/** The shim looks a runtime up by its name, whatever path the engine has for it. */
function findOtherBinary({ runtimePath }: PinnedRuntime, path: string | undefined): string[] {
  if (!path?.startsWith('/') || path === runtimePath || path.endsWith(`/cdi-${runtimePath.replace(/.*\//, '')}`))
    return [];
  return [`the shim runs ${runtimePath}, and the engine has run ${path} so far`];
}

/** Those that it makes use of. */
function listPinned({ pinned, byDefault }: Plan): readonly PinnedRuntime[] {
  return byDefault === undefined ? [pinned] : [pinned, byDefault];
}

/**
 * The record comes first, so that nothing is written that cannot be undone; the engine's files come last.
 *
 * @returns how they were checked
 */
async function wire(context: Context, plan: Plan, changes: HostChanges): Promise<string> {
  const { place, config } = plan;
  const { engine, root } = place;
  const folder = findRecordFolder(context.host, root);
  const before = readSetup(folder, root, engine.id);
  const all = readAllSetups(folder, root);
  const pinned = listPinned(plan);
  const links = pinned.map((one) => makeNeededLink(place, one, all)).reduce(addLink, before.links);
  const folders = changes.makeDirectory(resolveInRoot(root, folder)).map((path) => path.slice(root.length));
  const files = amendRecord(before.files, plan.files);
  const setup: EngineSetup = { ...before, files, links, directories: [...before.directories, ...folders] };
  writeSetup(changes, folder, root, engine.id, setup);
  for (const { exists, link, target } of pinned) if (!exists) changes.makeLink(resolveEntryInRoot(root, link), target);
  const { directories, checked } = await applyChanges(changes, place, config, plan.files);
  writeSetup(changes, folder, root, engine.id, { ...setup, directories: [...setup.directories, ...directories] });
  return checked.result === 'skipped' ? `not checked: ${checked.why}` : `checked: ${checked.command}`;
}

/** A link that cdictl made for another engine is one that it has made. */
function makeNeededLink(
  { files }: EnginePlace,
  { link, exists }: PinnedRuntime,
  all: ReadonlyMap<string, EngineSetup>,
): NeededLink {
  const known = [...all.values()].flatMap(({ links }) => links);
  const wasMade = known.some(({ path, made }) => made && path === link);
  return { path: link, main: files.main, made: !exists || wasMade };
}

function addLink(links: readonly NeededLink[], link: NeededLink): readonly NeededLink[] {
  const isSame = ({ path, main }: NeededLink): boolean => path === link.path && main === link.main;
  return links.some(isSame) ? links.map((known) => (isSame(known) ? link : known)) : [...links, link];
}

async function reloadIfNeeded({ host }: Context, plan: Plan, work: Work): Promise<Reloaded> {
  const { place } = plan;
  const config = readEngineConfig(place, plan.config.version);
  const since = findLastChange(config, place.root);
  const isOwn = plan.byDefault !== undefined;
  const wanted: WantedRuntime = {
    name: isOwn ? nameDefaultRuntime(plan.name) : plan.name,
    path: (plan.byDefault ?? plan.pinned).link,
    isDefault: isOwn,
    since,
  };
  if (plan.files.length === 0 && (await isRunning(host, place, config, wanted)) === 'yes') {
    return { done: true, how: 'not needed: it has the runtime already' };
  }
  return reloadEngine(host, place, config, wanted, work);
}

function printPlan(context: Context, plan: Plan): 0 {
  const { files, pinned, name, place } = plan;
  const diff = files
    .map(({ path, before = '', after = '' }) => writeUnifiedDiff(escapeCell(path), before, after))
    .join('');
  const wouldMake = listPinned(plan).flatMap(({ exists, link, target }) => (exists ? [] : [`${link} -> ${target}`]));
  const data = {
    engine: place.engine.id,
    runtime: name,
    path: pinned.link,
    diff,
    wouldMake,
    losing: encodeLosing(plan),
    warnings: plan.warnings,
  };
  print(context, data, () => {
    if (files.length === 0 && wouldMake.length === 0) return `${place.engine.id}: nothing to change\n`;
    const made = wouldMake.map((path) => `would make ${path}`);
    return `${diff}${writeLines([...made, ...describeLosing(plan), ...describeWarnings(plan)])}`;
  });
  return 0;
}

function report(context: Context, plan: Plan, checked: string, reloaded: Reloaded | undefined): void {
  const { place, name, pinned, byDefault, files } = plan;
  const reload = place.engine.reload(plan.config);
  const written = files.map(({ path }) => path);
  const data = {
    engine: place.engine.id,
    runtime: name,
    path: pinned.link,
    runs: pinned.runtimePath,
    default: plan.isDefault,
    changed: written.length > 0 || listPinned(plan).some(({ exists }) => !exists),
    written,
    link: { path: pinned.link, made: !pinned.exists },
    defaultLink: byDefault === undefined ? undefined : { path: byDefault.link, made: !byDefault.exists },
    check: checked,
    reload: { by: reload.by, command: reloadCommand(reload), done: reloaded?.how },
    losing: encodeLosing(plan),
    warnings: plan.warnings,
  };
  print(context, data, () => (context.quiet ? '' : writeLines(describeOutcome(plan, checked, reloaded))));
}

function describeOutcome(plan: Plan, checked: string, reloaded: Reloaded | undefined): readonly string[] {
  const { place, name, pinned, byDefault, files } = plan;
  const { id } = place.engine;
  const command = reloadCommand(place.engine.reload(plan.config));
  const isNew = files.length > 0;
  return [
    `${id}: runtime ${name} is ${pinned.link}, which runs ${pinned.runtimePath}${isNew ? '' : ', as before'}`,
    ...listPinned(plan).flatMap(({ exists, link }) => (exists ? [] : [`made ${link}`])),
    ...files.map(({ path, before }) => `${before === undefined ? 'made' : 'changed'} ${path}`),
    ...(isNew ? [checked] : []),
    ...(byDefault === undefined
      ? []
      : [`the default is ${nameDefaultRuntime(name)}, ${byDefault.link}: there the environment asks for nothing`]),
    ...(reloaded === undefined ? [] : [`reloaded: ${reloaded.how}`]),
    ...(reloaded === undefined && isNew && command !== undefined
      ? [`next: the same with --reload, or ${command}`]
      : []),
    ...describeWarnings(plan),
  ];
}

/** An engine keeps the name of the runtime that a container was made with: only what is made again gets the new one. */
function describeLosing({ place, losing }: Plan): readonly string[] {
  const { id } = place.engine;
  const { containers, unsure } = losing;
  return [
    ...containers.map(
      (container) =>
        `${id}: ${describeContainer(container)} asks for devices by its environment: made again without the runtime's name, it gets none`,
    ),
    ...(unsure === undefined ? [] : [`${id}: more containers may ask by their environment: ${unsure}`]),
  ];
}

function encodeLosing({ losing }: Plan): readonly { id: string; name: string; running: boolean | undefined }[] {
  return losing.containers.map(({ id, name, running }) => ({ id, name, running }));
}

function describeWarnings({ warnings }: Plan): readonly string[] {
  return warnings.map((warning) => `warning: ${warning}`);
}

function writeLines(lines: readonly string[]): string {
  return lines.map((line) => `${escapeCell(line)}\n`).join('');
}
