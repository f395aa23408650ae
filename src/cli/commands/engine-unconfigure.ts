// cdictl engine unconfigure: our runtime out of an engine again, without a trace.
import type { FileChange } from '../../engines/engine.ts';
import type { EngineRecord } from '../../engines/record.ts';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import { cell } from '../cell.ts';
import type { Run } from '../command.ts';
import type { Context } from '../context.ts';
import { defaultSettings, removeDefaultSettings } from '../default-settings.ts';
import { applyChanges, wireEngine } from '../engine-apply.ts';
import type { NeedyContainer, NeedyContainers } from '../engine-containers.ts';
import { readEngineConfig } from '../engine-files.ts';
import type { EnginePlace } from '../engine-place.ts';
import { removeRecordFolder, writeDeeds } from '../engine-record.ts';
import { forgetCommand, type Reloaded, reloadEngine } from '../engine-reload.ts';
import { isRunning, lastChange, type WantedRuntime } from '../engine-running.ts';
import { planUnwiring, type Unwiring } from '../engine-unwiring.ts';
import type { HostChanges } from '../host-changes.ts';
import { entryInRoot, inRoot } from '../host-root.ts';
import { print } from '../print.ts';
import { unifiedDiff } from '../unified-diff.ts';

export const run: Run = async (context, given) => {
  const plan = planUnwiring(context, given);
  const { place, needy, name } = plan;
  if (given.flag('dry-run')) return dryRun(context, plan);
  if (needy.containers.length > 0 && !given.flag('force')) throw inUse(place, name, needy.containers);
  const removed = wireEngine(`unconfigure ${place.engine.id}`, place, (changes) => unwire(context, plan, changes));
  const reloaded = given.flag('reload') ? await reload(context, plan) : undefined;
  report(context, plan, removed, reloaded);
  return 0;
};

interface Removed {
  readonly links: readonly string[];
  readonly settings: string | undefined;
  /** settings that somebody changed, and which stay */
  readonly keptSettings: string | undefined;
}

/** The engine's files first: the rest serves them. */
function unwire(context: Context, plan: Unwiring, changes: HostChanges): Removed {
  const { place, config, files, folder, deeds, needy, settingsGo } = plan;
  const { root, engine } = place;
  applyChanges(changes, place, config, files);
  const settings = defaultSettings(context.host, root);
  const wentSettings = settingsGo && removeDefaultSettings(changes, root, settings);
  // the containers that need it live on, and cannot be ended without it
  const links = needy.containers.length > 0 ? [] : plan.links;
  for (const link of links) changes.removeLink(entryInRoot(root, link));
  const directories = deeds.directories
    .toReversed()
    .filter((path) => !changes.removeEmptyDirectory(inRoot(root, path)))
    .toReversed();
  const kept = plan.before.links.filter(({ path }) => plan.links.includes(path) && !links.includes(path));
  const isOver = deeds.files.length === 0 && deeds.links.length === 0 && kept.length === 0;
  writeDeeds(changes, folder, root, engine.id, {
    ...deeds,
    links: [...deeds.links, ...kept],
    // one that somebody has put something into is theirs from now on
    directories: isOver ? [] : directories,
  });
  removeRecordFolder(changes, folder, root);
  return {
    links,
    settings: wentSettings ? settings.path : undefined,
    keptSettings: settingsGo && !wentSettings && settings.before !== undefined ? settings.path : undefined,
  };
}

async function reload({ host }: Context, { place, config, name, files }: Unwiring): Promise<Reloaded> {
  const now = readEngineConfig(place, config.version);
  const since = files.length > 0 || place.root !== '' ? Date.now() : lastChange(now);
  const wanted: WantedRuntime = { name, path: undefined, isDefault: false, since };
  if (files.length === 0 && (await isRunning(host, place, now, wanted)) === 'yes') {
    return { done: true, how: 'not needed: it does not have the runtime' };
  }
  return reloadEngine(host, place, now, wanted);
}

function inUse(place: EnginePlace, name: string, containers: readonly NeedyContainer[]): CdiError {
  const shown = containers.slice(0, 10).map(described);
  const more = containers.length - shown.length;
  const list = `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return new CdiError('CANNOT_WRITE', {
    what: `unconfigure ${place.engine.id}`,
    why: `containers still need its runtime ${quote(name)}: ${list}`,
    hint: 'remove them first, or add --force',
  });
}

function described({ name, running }: NeedyContainer): string {
  const state = running === undefined ? '' : running ? ' (running)' : ' (stopped)';
  return `${quote(name)}${state}`;
}

function dryRun(context: Context, plan: Unwiring): 0 {
  const { files, links, needy, place, name } = plan;
  const diff = files.map(({ path, before = '', after = '' }) => unifiedDiff(cell(path), before, after)).join('');
  const data = { engine: place.engine.id, runtime: name, diff, wouldRemove: links, ...needData(needy) };
  print(context, data, () => {
    const lines = [
      ...links.map((link) => `would remove ${link}`),
      ...needy.containers.map((container) => `still needed by ${described(container)}`),
    ];
    if (diff === '' && lines.length === 0) return `${place.engine.id}: nothing to change\n`;
    return `${diff}${lines.map((line) => `${cell(line)}\n`).join('')}`;
  });
  return 0;
}

function report(context: Context, plan: Unwiring, removed: Removed, reloaded: Reloaded | undefined): void {
  const { place, config, name, path, files, needy, before } = plan;
  const reload = place.engine.reload(config);
  const data = {
    engine: place.engine.id,
    runtime: name,
    changed: files.length > 0,
    files: files.map((file) => ({ path: file.path, removed: file.after === undefined })),
    removed: [...removed.links, ...(removed.settings === undefined ? [] : [removed.settings])],
    ...needData(needy),
    reload: { by: reload.by, command: forgetCommand(place.engine.id, reload), done: reloaded?.how },
  };
  const command = forgetCommand(place.engine.id, reload);
  const isNext = reloaded === undefined && files.length > 0 && command !== undefined;
  const lines = [
    path === undefined ? nothingThere(plan) : `${place.engine.id}: runtime ${name} is out`,
    ...files.map((file) => `${verbOf(file, before.files)} ${file.path}`),
    ...removed.links.map((link) => `removed ${link}`),
    ...(removed.settings === undefined ? [] : [`removed ${removed.settings}`]),
    ...(removed.keptSettings === undefined ? [] : [`kept ${removed.keptSettings}: it was changed since`]),
    ...needy.containers.map((container) => `still needed by ${described(container)}`),
    ...(needy.unsure === undefined ? [] : [`containers that need it may be left: ${needy.unsure}`]),
    ...(reloaded === undefined ? [] : [`reloaded: ${reloaded.how}`]),
    ...(isNext ? [`next: the same with --reload, or ${command}`] : []),
  ];
  print(context, data, () => (context.quiet ? '' : lines.map((line) => `${cell(line)}\n`).join('')));
}

function verbOf({ path, after }: FileChange, record: EngineRecord): string {
  if (after === undefined) return 'removed';
  return record.some((file) => file.path === path && file.original === after) ? 'restored' : 'changed';
}

function nothingThere({ place, name, others }: Unwiring): string {
  const there = others.length === 0 ? '' : `; it has ${others.join(', ')}: see --runtime-name`;
  return `${place.engine.id}: there is no runtime ${name} of ours${there}`;
}

function needData({ containers, unsure }: NeedyContainers): {
  readonly containers: { readonly id: string; readonly name: string; readonly running: boolean | undefined }[];
  readonly unsure: string | undefined;
} {
  return { containers: containers.map(({ id, name, running }) => ({ id, name, running })), unsure };
}
