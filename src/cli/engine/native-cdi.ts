// cdictl engine configure --native-cdi: the engine's own CDI is switched on, so that it can be switched back.
import { configureNativeCdi } from '../../engines/configure.ts';
import type { EngineConfig, FileChange } from '../../engines/engine.ts';
import { amendRecord } from '../../engines/record.ts';
import { loadSettings } from '../../settings/load.ts';
import type { Arguments, Context, ExitCode } from '../command.ts';
import type { HostChanges } from '../files/host-changes.ts';
import { readHostRoot, resolveInRoot } from '../files/host-root.ts';
import { createRootedHost } from '../files/rooted-host.ts';
import { print } from '../print.ts';
import { escapeCell } from '../terminal/cell.ts';
import { writeUnifiedDiff } from '../terminal/unified-diff.ts';
import { UsageError } from '../usage-error.ts';
import { applyChanges, wireEngine } from './apply.ts';
import { readEngineConfig } from './files.ts';
import { beginWork } from './host-work.ts';
import { type EnginePlace, findEngine, findEnginePlace } from './place.ts';
import { readEngineVersion } from './program.ts';
import { findRecordFolder, readSetup, writeSetup } from './record.ts';
import { type Reloaded, reloadCommand, reloadEngine } from './reload.ts';

/** What the runtime of ours takes, and this does not. */
const OTHERS = ['runtime-name', 'set-default', 'pass-annotations', 'shim-path'];

interface Plan {
  readonly place: EnginePlace;
  readonly config: EngineConfig;
  readonly files: readonly FileChange[];
  readonly warnings: readonly string[];
}

export async function runNativeCdi(context: Context, given: Arguments): Promise<ExitCode> {
  const other = OTHERS.find((name) => given.flag(name));
  if (other !== undefined) {
    throw new UsageError(`option --${other} does not go with --native-cdi`, 'that is done without the shim');
  }
  const { id } = findEngine(given.operands[0] ?? '');
  if (given.flag('dry-run')) return report(context, await planFor(context, given), {});
  const work = beginWork(context, readHostRoot(given), `switch CDI on in ${id}`);
  const plan = await planFor(context, given);
  const { place } = plan;
  const check = await wireEngine(work, place, (changes) => wire(context, plan, changes));
  if (!given.flag('reload')) return report(context, plan, { check });
  // the files say nothing of a runtime; what is new is told by when the engine was started
  const wanted = { name: '', path: undefined, isDefault: false, since: Date.now() };
  const how = place.engine.nativeCdi.reload(plan.config);
  const isNew = plan.files.length > 0;
  const reloaded: Reloaded = isNew
    ? await reloadEngine(context.host, place, readEngineConfig(place, plan.config.version), wanted, work, how)
    : { done: true, how: 'not needed: nothing has changed' };
  return report(context, plan, { check, reloaded });
}

async function planFor({ host }: Context, given: Arguments): Promise<Plan> {
  const engine = findEngine(given.operands[0] ?? '');
  const place = findEnginePlace(host, given, engine);
  const config = readEngineConfig(place, given.value('engine-version') ?? (await readEngineVersion(place)));
  const { specDirs } = loadSettings(createRootedHost(host, place.root)).settings;
  const { changes: files, warnings } = configureNativeCdi(engine, config, specDirs);
  return { place, config, files, warnings };
}

/** The record comes first, so that nothing is written that cannot be undone. @returns how the files were checked */
async function wire({ host }: Context, { place, config, files }: Plan, changes: HostChanges): Promise<string> {
  const { engine, root } = place;
  if (files.length === 0) return 'nothing to check';
  const folder = findRecordFolder(host, root);
  const before = readSetup(folder, root, engine.id);
  const made = changes.makeDirectory(resolveInRoot(root, folder)).map((path) => path.slice(root.length));
  const setup = {
    ...before,
    files: amendRecord(before.files, files),
    native: amendRecord(before.native, files),
    directories: [...before.directories, ...made],
  };
  writeSetup(changes, folder, root, engine.id, setup);
  const { directories, checked } = await applyChanges(changes, place, config, files);
  writeSetup(changes, folder, root, engine.id, { ...setup, directories: [...setup.directories, ...directories] });
  return checked.result === 'skipped' ? `not checked: ${checked.why}` : `checked: ${checked.command}`;
}

interface Done {
  /** undefined: nothing was written */
  readonly check?: string;
  readonly reloaded?: Reloaded;
}

function report(context: Context, { place, config, files, warnings }: Plan, { check, reloaded }: Done): 0 {
  const { id, nativeCdi } = place.engine;
  const reload = nativeCdi.reload(config);
  const command = reloadCommand(reload);
  const isNew = files.length > 0;
  const diff = files
    .map(({ path, before = '', after = '' }) => writeUnifiedDiff(escapeCell(path), before, after))
    .join('');
  const data = {
    engine: id,
    nativeCdi: true,
    ...(check === undefined
      ? { diff }
      : {
          changed: isNew,
          written: files.map(({ path }) => path),
          check,
          reload: { by: reload.by, command, done: reloaded?.how },
        }),
    warnings,
  };
  const told = warnings.map((warning) => `warning: ${warning}`);
  const state = `${id}: its own CDI is on${isNew ? '' : ', as before'}`;
  const lines = [
    state,
    ...files.map(({ path, before }) => `${before === undefined ? 'made' : 'changed'} ${path}`),
    ...(isNew && check !== undefined ? [check] : []),
    ...(reloaded === undefined ? [] : [`reloaded: ${reloaded.how}`]),
    ...(reloaded === undefined && isNew && command !== undefined
      ? [`next: the same with --reload, or ${command}`]
      : []),
    ...told,
  ];
  const write = (all: readonly string[]): string => all.map((line) => `${escapeCell(line)}\n`).join('');
  print(context, data, () => {
    if (check === undefined) return `${diff}${write(isNew ? told : [`${id}: nothing to change`, ...told])}`;
    return context.quiet ? '' : write(lines);
  });
  return 0;
}
