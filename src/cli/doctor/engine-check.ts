// Whether the engines that call the shim can do so, and what that means for images that set variables.
import { findImageAnnotations } from '../../engines/annotation-authors.ts';
import type { EngineId } from '../../engines/engine.ts';
import { ENGINES } from '../../engines/engines.ts';
import { findUnread } from '../../engines/native-cdi.ts';
import { CdiError } from '../../text/error.ts';
import { quote, quoteList } from '../../text/quote.ts';
import type { CdiReaderStatus } from '../engine/cdi-readers.ts';
import type { EngineStatus, RuntimeStatus } from '../engine/status.ts';
import { nameReader, reportRestart, switchOn } from './cdi-reader-words.ts';
import {
  type Check,
  type Result,
  reportError,
  reportOk,
  reportProblem,
  reportSkipped,
  reportWarning,
} from './check.ts';
import type { HostView } from './host-view.ts';

export const ENGINES_CHECK: Check = {
  id: 'engines',
  summary: 'an engine calls the shim, by a link that leads there',
  examine: async (view) => {
    const statuses = await view.system.engines();
    const present = statuses.filter(({ installed, files, error }) => installed || files.length > 0 || error);
    const [first] = present.map(({ engine }) => engine);
    if (first === undefined) return [reportSkipped('no engine is installed or configured')];
    const results = present.flatMap((status) => judge(view, status));
    if (results.length > 0) return results;
    const message = `none of the engines calls the shim: ${present.map(({ engine }) => engine).join(', ')}`;
    return [reportWarning(message, `run cdictl engine configure ${first}`)];
  },
};

function judge(
  view: HostView,
  { engine, version, runtimes, warnings, error, reload }: EngineStatus,
): readonly Result[] {
  if (error !== undefined) return [reportProblem(error, `see cdictl engine status ${engine}`)];
  return [
    ...warnings.map((text) => reportWarning(`${engine}: ${text}`, `see cdictl engine status ${engine}`)),
    ...(runtimes.length === 0 ? [] : judgeAnnotations(view, engine, version)),
    ...runtimes.flatMap((runtime) => judgeRuntime(view, engine, runtime, reload)),
  ];
}

function judgeAnnotations({ settings }: HostView, engine: EngineId, version: string | undefined): readonly Result[] {
  const found = findImageAnnotations(ENGINES[engine], version);
  if (found === undefined || settings.requests.annotations.enabled === false) return [];
  return [reportError(found.why, found.cure)];
}

function judgeRuntime(
  { settings }: HostView,
  engine: string,
  { name, file, isDefault, problem, runs, running }: RuntimeStatus,
  reload: string | undefined,
): readonly Result[] {
  const runtime = `${engine}: runtime ${quote(name)}`;
  const again = `run cdictl install, then cdictl engine configure ${engine}`;
  if (problem !== undefined) return [reportError(`${runtime}: ${problem}`, again, file)];
  const results: Result[] = [];
  if (isDefault && settings.requests.env.enabled !== false) {
    const message = `${runtime} is the default: the environment of every image may request devices`;
    results.push(reportWarning(message, 'set requests.env.enabled: false in the settings', file));
  }
  if (running === 'no') {
    results.push(
      reportWarning(`${runtime}: ${engine} runs with other files than those of now`, reload ?? 'restart it', file),
    );
  }
  const isAlso = isDefault ? ', by default' : '';
  return results.length > 0 ? results : [reportOk(`${runtime} runs ${runs ?? 'what the settings say'}${isAlso}`)];
}

export const NATIVE_CDI_CHECK: Check = {
  id: 'native-cdi',
  summary: 'engines that read specs by themselves read the directories that have some',
  examine: async (view) => {
    const readers = (await view.system.cdiReaders()).filter(({ isThere }) => isThere);
    if (readers.length === 0) return [reportSkipped('no engine is installed or configured')];
    const wired = await listWired(view);
    const full = listFull(view);
    return readers.map((reader) => judgeReader(reader, wired.includes(reader.id), full));
  },
};

/** Engines to which the shim gives devices. */
async function listWired({ system }: HostView): Promise<readonly string[]> {
  return (await system.engines()).flatMap(({ engine, runtimes }) => (runtimes.length > 0 ? [engine] : []));
}

/** The spec directories in which there are specs. */
function listFull({ specs }: HostView): readonly string[] {
  if (specs instanceof CdiError) return [];
  const { directories, scan } = specs.look;
  return directories.filter((_, priority) => scan.specs.some((spec) => spec.priority === priority));
}

function judgeReader(reader: CdiReaderStatus, isWired: boolean, full: readonly string[]): Result {
  const { native, file } = reader;
  const name = nameReader(reader);
  if (native instanceof CdiError) return reportProblem(native, `see cdictl engine status ${reader.id}`);
  if (native.state === 'unknown') return reportSkipped(`${name}: ${native.why}, and its version is not known`);
  if (native.state === 'off') {
    const off = `${name} reads no specs: ${native.why}`;
    if (isWired) return reportOk(`${off}; the shim does it`);
    // there is nothing that it does not see
    if (full.length === 0) return reportOk(off);
    return reportWarning(off, switchOn(reader), file);
  }
  const unread = findUnread(native.specDirs, full);
  if (unread.length === 0) return reportRestart(reader) ?? reportOk(`${name} reads ${quoteList(native.specDirs)}`);
  const message = `${name} does not read ${quoteList(unread)}, where there are specs, but ${quoteList(native.specDirs)}`;
  return isWired ? reportOk(`${message}; the shim does it`) : reportWarning(message, switchOn(reader), file);
}
