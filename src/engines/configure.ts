// Our runtime into an engine's files and out of them, each time checked by reading what would be written.
import { CdiError } from '../text/error.ts';
import { quote, quoteList } from '../text/quote.ts';
import type { Engine, EngineConfig, FileChange, NewTexts, WireOptions, Wiring } from './engine.ts';
import { findUnread } from './native-cdi.ts';
import { isOurs, makeDefaultLink } from './pinned-link.ts';
import type { EngineRecord } from './record.ts';

export interface Configured {
  /** files to be written, in order; none where all is as wanted already */
  readonly changes: readonly FileChange[];
  /** what keeps the result from having an effect */
  readonly warnings: readonly string[];
}

/**
 * Adds our runtime, and where that is wanted one more, by a link of its own, which becomes the default. Nothing else
 * changes: comments, layout, line breaks and unknown keys stay, and a second call changes nothing.
 *
 * @throws {CdiError} BAD_ENGINE_CONFIG for a file that cannot be read or edited, a name that is taken or a runtime's
 *   own, and a file that is read later and says otherwise
 */
export function configure(engine: Engine, config: EngineConfig, options: WireOptions): Configured {
  const { runtimeName, path, setDefault } = options;
  const chosen = { ...options, setDefault: false };
  const byDefault = { ...options, runtimeName: nameDefaultRuntime(runtimeName), path: makeDefaultLink(path) };
  const wanted = setDefault ? [chosen, byDefault] : [chosen];
  let texts: NewTexts = new Map();
  for (const one of wanted) {
    checkOptions(engine, one);
    checkTaken(engine, config, one.runtimeName);
    texts = new Map([...texts, ...engine.wire({ ...config, texts: applyTexts(config.texts, texts) }, one)]);
  }
  const after = engine.read({ ...config, texts: applyTexts(config.texts, texts) });
  for (const one of wanted) checkWired(engine, after, one);
  return { changes: listChanges(config, texts), warnings: after.warnings };
}

/** What an engine's default runtime is called beside the one that is chosen by name. */
export function nameDefaultRuntime(runtimeName: string): string {
  return `${runtimeName}-default`;
}

function checkWired(engine: Engine, after: Wiring, { runtimeName, path, setDefault }: WireOptions): void {
  const what = `configure ${engine.id}`;
  const runtime = after.runtimes.find(({ name }) => name === runtimeName);
  if (runtime?.path !== path) {
    const why = `${quote(runtime?.file ?? '')} is read later and says something else of the runtime ${quote(runtimeName)}`;
    throw new CdiError('BAD_ENGINE_CONFIG', { what, why, path: runtime?.file, hint: 'remove it there' });
  }
  if (setDefault && after.defaultRuntime.name !== runtimeName) {
    const why = `a file that is read later makes ${quote(after.defaultRuntime.name ?? '')} the default runtime`;
    throw new CdiError('BAD_ENGINE_CONFIG', { what, why, hint: 'remove it there' });
  }
}

/**
 * Takes our runtime out. A file that is still as we have written it becomes what it was, byte by byte; from any other
 * only our keys go, and a default runtime that we had replaced comes back.
 *
 * @param record what was written, where that is known
 * @param native what was written to switch the engine's own CDI on, which goes with the last runtime of ours
 */
export function unconfigure(
  engine: Engine,
  config: EngineConfig,
  runtimeName: string,
  record: EngineRecord = [],
  native: EngineRecord = [],
): Configured {
  const { warnings } = engine.read(config);
  const ours = listOurNames(engine, config, config.texts);
  const gone = [nameDefaultRuntime(runtimeName), runtimeName].filter((name) => ours.includes(name));
  const left = ours.filter((name) => !gone.includes(name));
  const isLast = left.length === 0;
  if (gone.length === 0 && (native.length === 0 || !isLast)) return { changes: [], warnings };
  const originals = new Map(record.map(({ path, original }) => [path, original]));
  const exact = new Map(
    record
      .filter((file) => file.exact && config.texts.get(file.path) === file.written)
      .map(({ path, original }) => [path, original]),
  );
  const wanted = left.join();
  const isExact = native.length === 0 || (isLast && native.every(({ path }) => exact.has(path)));
  const isEnough = isExact && listOurNames(engine, config, applyTexts(config.texts, exact)).join() === wanted;
  const unwired = (): NewTexts => {
    const texts = unwireAll(engine, config, gone, originals);
    return isLast && native.length > 0 ? unwireNativeCdi(engine, config, texts, native) : texts;
  };
  const texts = isEnough ? exact : unwired();
  if (listOurNames(engine, config, applyTexts(config.texts, texts)).join() !== wanted) {
    const why = `the runtime ${quote(runtimeName)} is in a file that is not ours to change`;
    throw new CdiError('BAD_ENGINE_CONFIG', { what: `unconfigure ${engine.id}`, why, hint: 'remove it there' });
  }
  return { changes: listChanges(config, texts), warnings };
}

function unwireAll(engine: Engine, config: EngineConfig, names: readonly string[], originals: NewTexts): NewTexts {
  let texts: NewTexts = new Map();
  for (const name of names) {
    const now = { ...config, texts: applyTexts(config.texts, texts) };
    texts = new Map([...texts, ...engine.unwire(now, name, originals)]);
  }
  return texts;
}

function unwireNativeCdi(engine: Engine, config: EngineConfig, texts: NewTexts, native: EngineRecord): NewTexts {
  const before = new Map(native.map(({ path, original }) => [path, original]));
  return new Map([...texts, ...engine.nativeCdi.unwire({ ...config, texts: applyTexts(config.texts, texts) }, before)]);
}

function listOurNames(engine: Engine, config: EngineConfig, texts: ReadonlyMap<string, string>): string[] {
  const { runtimes } = engine.read({ ...config, texts });
  return runtimes.flatMap(({ name, ours }) => (ours ? [name] : [])).sort();
}

/** Kubernetes takes DNS labels as handlers; the names of runtimes themselves would take their place in an engine. */
function checkOptions(engine: Engine, { runtimeName, path }: WireOptions): void {
  const what = `configure ${engine.id}`;
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(runtimeName)) {
    const why = `runtime name ${quote(runtimeName)} is no DNS label`;
    throw new CdiError('BAD_ENGINE_CONFIG', { what, why, hint: 'use small letters, digits and - between them' });
  }
  if (REAL_RUNTIMES.includes(runtimeName)) {
    const why = `${quote(runtimeName)} is the name of a runtime itself`;
    throw new CdiError('BAD_ENGINE_CONFIG', { what, why, hint: 'use another name, such as cdi' });
  }
  if (!path.startsWith('/') || !isOurs(path)) {
    const why = `${quote(path)} is not the absolute path of a link cdi-NAME`;
    throw new CdiError('BAD_ENGINE_CONFIG', { what, why });
  }
}

const REAL_RUNTIMES = ['runc', 'crun', 'crun-vm', 'youki', 'runsc', 'kata', 'krun', 'runj', 'ocijail', 'default'];

function checkTaken(engine: Engine, config: EngineConfig, runtimeName: string): void {
  const taken = engine.read(config).runtimes.find(({ name, ours }) => name === runtimeName && !ours);
  if (taken === undefined) return;
  throw new CdiError('BAD_ENGINE_CONFIG', {
    what: `configure ${engine.id}`,
    why: `${quote(taken.file)} has a runtime ${quote(runtimeName)} already, which does not lead to the shim`,
    path: taken.file,
    hint: 'use another name',
  });
}

export function applyTexts(texts: ReadonlyMap<string, string>, changed: NewTexts): ReadonlyMap<string, string> {
  const out = new Map(texts);
  for (const [path, text] of changed) {
    if (text === undefined) out.delete(path);
    else out.set(path, text);
  }
  return out;
}

function listChanges(config: EngineConfig, texts: NewTexts): FileChange[] {
  return [...texts]
    .map(([path, after]) => ({ path, before: config.texts.get(path), after }))
    .filter(({ before, after }) => before !== after);
}

/**
 * Switches it on. Nothing else changes, and a second call changes nothing.
 *
 * @param specDirs which the engine is to read, among others
 * @throws {CdiError} BAD_ENGINE_CONFIG for a version without CDI, a file that cannot be edited, and one that is read
 *   later and says otherwise
 */
export function configureNativeCdi(engine: Engine, config: EngineConfig, specDirs: readonly string[]): Configured {
  const what = `switch CDI on in ${engine.id}`;
  const now = engine.nativeCdi.read(config);
  if (!now.isSwitchable) {
    throw new CdiError('BAD_ENGINE_CONFIG', { what, why: now.why, hint: 'use a newer one, or the shim' });
  }
  const texts = engine.nativeCdi.wire(config, specDirs);
  const after = engine.nativeCdi.read({ ...config, texts: applyTexts(config.texts, texts) });
  if (after.state !== 'on') {
    const why = `a file that is read later says otherwise: ${after.why}`;
    throw new CdiError('BAD_ENGINE_CONFIG', { what, why, hint: 'correct it there' });
  }
  const unread = findUnread(after.specDirs, specDirs);
  const warnings = unread.length === 0 ? [] : [`it does not read ${quoteList(unread)}: ${after.why}`];
  return { changes: listChanges(config, texts), warnings };
}
