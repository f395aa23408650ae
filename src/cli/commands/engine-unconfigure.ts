// cdictl engine unconfigure: our runtime out of an engine again, without a trace.
import { existsSync } from 'node:fs';
import type { FileChange } from '../../engines/engine.ts';
import type { EngineRecord } from '../../engines/record.ts';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import type { Context, Run } from '../command.ts';
import { applyChanges, wireEngine } from '../engine/apply.ts';
import { describeContainer, type NeedyContainer, type NeedyContainers } from '../engine/containers.ts';
import { readEngineConfig } from '../engine/files.ts';
import { beginWork } from '../engine/host-work.ts';
import { type EnginePlace, findEngine } from '../engine/place.ts';
import { removeRecordFolder, writeSetup } from '../engine/record.ts';
import { forgetCommand, type Reloaded, reloadEngine } from '../engine/reload.ts';
import { findLastChange, isRunning, type WantedRuntime } from '../engine/running.ts';
import { planUnwiring, type Unwiring } from '../engine/unwiring.ts';
import { type HostChanges, runOrUndo, type Work } from '../files/host-changes.ts';
import { readHostRoot, resolveEntryInRoot, resolveInRoot } from '../files/host-root.ts';
import { removeRunFolder } from '../files/run-folder.ts';
import { print } from '../print.ts';
import { escapeCell } from '../terminal/cell.ts';
import { writeUnifiedDiff } from '../terminal/unified-diff.ts';

export const run: Run = async (context, given) => {
  const { id } = findEngine(given.operands[0] ?? '');
  if (given.flag('dry-run')) return printPlan(context, await planUnwiring(context, given));
  const work = beginWork(context, readHostRoot(given), `unconfigure ${id}`);
  const plan = await planUnwiring(context, given);
  const { place, needy, name } = plan;
  if (needy.containers.length > 0 && !given.flag('force')) throw makeInUseError(place, name, needy.containers);
  await wireEngine(work, place, (changes) => unwire(plan, changes));
  const wanted = makeWanted(plan);
  const reloaded = given.flag('reload') ? await reload(context, plan, wanted, work) : undefined;
  const isCalled = reloaded === undefined && (await mayCall(context, plan, wanted));
  const cleaned = isCalled ? keepAll(plan) : await runOrUndo(work, (changes) => cleanUp(plan, changes));
  removeRunFolder(place.root);
  report(context, plan, cleaned, reloaded);
  return 0;
};

/** Out of the engine's files, which say what the record is about. */
async function unwire({ place, config, files, folder, setup, before }: Unwiring, changes: HostChanges): Promise<void> {
  const { engine, root } = place;
  await applyChanges(changes, place, config, files);
  writeSetup(changes, folder, root, engine.id, { ...before, files: setup.files, native: setup.native });
}

/** What became of that which serves the runtime. */
interface Cleaned {
  readonly removed: readonly string[];
  /** with the reason */
  readonly kept: readonly (readonly [path: string, why: string])[];
}

/** Links, and what is left of us. */
function cleanUp(plan: Unwiring, changes: HostChanges): Cleaned {
  const { place, folder, setup, before, needy } = plan;
  const { root, engine } = place;
  // the containers that need it live on, and cannot be ended without it
  const links = needy.containers.length > 0 ? [] : plan.links;
  for (const link of links) changes.removeLink(resolveEntryInRoot(root, link));
  const kept = before.links.filter(({ path }) => plan.links.includes(path) && !links.includes(path));
  const left = [...setup.links, ...kept];
  const isOver = setup.files.length === 0 && left.every(({ made }) => !made);
  // a directory that somebody has put something into is theirs from now on
  writeSetup(changes, folder, root, engine.id, { ...setup, links: left, directories: isOver ? [] : setup.directories });
  removeRecordFolder(changes, folder, root);
  if (isOver)
    for (const path of setup.directories.toReversed()) changes.removeEmptyDirectory(resolveInRoot(root, path));
  return { removed: links, kept: [] };
}

/** An engine that has not read its files again calls the link. */
function keepAll({ place, links }: Unwiring): Cleaned {
  const why = `the ${place.engine.id} that runs still needs it: run this again when it has read its files`;
  return { removed: [], kept: links.map((path) => [path, why]) };
}

/** The engine without the runtime. */
function makeWanted({ place, config, name, files, recorded }: Unwiring): WantedRuntime {
  const isChanged = files.length > 0 || place.root !== '';
  const since = isChanged ? Date.now() : Math.max(recorded, findLastChange(readEngineConfig(place, config.version)));
  return { name, path: undefined, isDefault: false, since };
}

async function mayCall({ host }: Context, { place, config, links }: Unwiring, wanted: WantedRuntime): Promise<boolean> {
  if (links.length === 0) return false;
  const running = await isRunning(host, place, readEngineConfig(place, config.version), wanted);
  if (running === 'unknown') return place.root === '' || existsSync(`${place.root}/run/systemd/system`);
  return running === 'no';
}

async function reload(
  { host }: Context,
  { place, config, files, isNative }: Unwiring,
  wanted: WantedRuntime,
  work: Work,
): Promise<Reloaded> {
  const now = readEngineConfig(place, config.version);
  if (files.length === 0 && (await isRunning(host, place, now, wanted)) === 'yes') {
    return { done: true, how: 'not needed: it does not have the runtime' };
  }
  const how = isNative ? place.engine.nativeCdi.reload(now) : undefined;
  return reloadEngine(host, place, now, wanted, work, how);
}

function makeInUseError(place: EnginePlace, name: string, containers: readonly NeedyContainer[]): CdiError {
  const shown = containers.slice(0, 10).map(describeContainer);
  const more = containers.length - shown.length;
  const list = `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return new CdiError('CANNOT_WRITE', {
    what: `unconfigure ${place.engine.id}`,
    why: `containers still need its runtime ${quote(name)}: ${list}`,
    hint: 'remove them first, or add --force',
  });
}

function printPlan(context: Context, plan: Unwiring): 0 {
  const { files, links, needy, place, name } = plan;
  const diff = files
    .map(({ path, before = '', after = '' }) => writeUnifiedDiff(escapeCell(path), before, after))
    .join('');
  const data = { engine: place.engine.id, runtime: name, diff, wouldRemove: links, ...encodeNeed(needy) };
  print(context, data, () => {
    const lines = [
      ...links.map((link) => `would remove ${link}`),
      ...needy.containers.map((container) => `still needed by ${describeContainer(container)}`),
    ];
    if (diff === '' && lines.length === 0) return `${place.engine.id}: nothing to change\n`;
    return `${diff}${lines.map((line) => `${escapeCell(line)}\n`).join('')}`;
  });
  return 0;
}

function report(context: Context, plan: Unwiring, { removed, kept }: Cleaned, reloaded: Reloaded | undefined): void {
  const { place, config, name, files, needy, before, isNative } = plan;
  const reload = isNative ? place.engine.nativeCdi.reload(config) : place.engine.reload(config);
  const data = {
    engine: place.engine.id,
    runtime: name,
    nativeCdi: isNative,
    changed: files.length > 0,
    files: files.map((file) => ({ path: file.path, removed: file.after === undefined })),
    removed,
    kept: kept.map(([kept]) => kept),
    ...encodeNeed(needy),
    reload: { by: reload.by, command: forgetCommand(place.engine.id, reload), done: reloaded?.how },
  };
  const command = forgetCommand(place.engine.id, reload);
  const isNext = reloaded === undefined && files.length > 0 && command !== undefined;
  const lines = [
    ...describeGone(plan),
    ...files.map((file) => `${chooseVerb(file, before.files)} ${file.path}`),
    ...(reloaded === undefined ? [] : [`reloaded: ${reloaded.how}`]),
    ...removed.map((entry) => `removed ${entry}`),
    ...kept.map(([entry, why]) => `kept ${entry}: ${why}`),
    ...needy.containers.map((container) => `still needed by ${describeContainer(container)}`),
    ...(needy.unsure === undefined ? [] : [`containers that need it may be left: ${needy.unsure}`]),
    ...(isNext ? [`next: the same with --reload, or ${command}`] : []),
  ];
  print(context, data, () => (context.quiet ? '' : lines.map((line) => `${escapeCell(line)}\n`).join('')));
}

function chooseVerb({ path, after }: FileChange, record: EngineRecord): string {
  if (after === undefined) return 'removed';
  return record.some((file) => file.path === path && file.original === after) ? 'restored' : 'changed';
}

function describeGone(plan: Unwiring): readonly string[] {
  const { place, name, path, isNative } = plan;
  const { id } = place.engine;
  const native = isNative ? [`${id}: its own CDI is as it was before`] : [];
  if (path !== undefined) return [`${id}: runtime ${name} is out`, ...native];
  return isNative ? native : [explainNothing(plan)];
}

function explainNothing({ place, name, others }: Unwiring): string {
  const there = others.length === 0 ? '' : `; it has ${others.join(', ')}: see --runtime-name`;
  return `${place.engine.id}: there is no runtime ${name} of ours${there}`;
}

function encodeNeed({ containers, unsure }: NeedyContainers): {
  readonly containers: { readonly id: string; readonly name: string; readonly running: boolean | undefined }[];
  readonly unsure: string | undefined;
} {
  return { containers: containers.map(({ id, name, running }) => ({ id, name, running })), unsure };
}
