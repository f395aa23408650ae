// Whether the engines that call the shim can do so, and what that means for images that set variables.
import { findImageAnnotations } from '../../engines/annotation-authors.ts';
import type { EngineId } from '../../engines/engine.ts';
import { ENGINES } from '../../engines/engines.ts';
import { quote } from '../../text/quote.ts';
import type { EngineStatus, RuntimeStatus } from '../engine/status.ts';
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
