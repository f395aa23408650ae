// cdictl explain: every edit of an injection with its reasons, or the reason why there is none.
import { isQualifiedName } from '../../cdi/device-name.ts';
import { isFailure, type SpecHost } from '../../host/host.ts';
import { mayRequest } from '../../host/search.ts';
import { type InjectionPlan, planInjection } from '../../inject/plan.ts';
import { listRequestMarkers } from '../../requests/read-requests.ts';
import type { Settings } from '../../settings/settings.ts';
import { CdiError } from '../../text/error.ts';
import { parseJson } from '../../text/json-syntax.ts';
import { quote } from '../../text/quote.ts';
import { findRecorded, type RecordedData } from '../audit/recorded.ts';
import type { Arguments, Context, Run } from '../command.ts';
import { type Container, MAKERS } from '../containers/container.ts';
import { findContainer, parseHandle } from '../containers/find-container.ts';
import { suggestWord } from '../did-you-mean.ts';
import { getPlan, getRuntimePath, getSettings, makeBundle, readBundleDocument } from '../document/bundle.ts';
import { type Document, readDocument } from '../document/document.ts';
import { isPattern, matchDevices } from '../document/match-devices.ts';
import { findRuntimeOf } from '../engine/pinned-runtime.ts';
import type { Explanation } from '../explain/explanation.ts';
import { findWrongMountPoint } from '../explain/mount-points.ts';
import { explain, explainRefusal, hashText } from '../explain/plan.ts';
import { listProblems } from '../explain/problems.ts';
import { explainText } from '../explain/text.ts';
import { encodeError, loadSpecView } from '../look.ts';
import { print } from '../print.ts';
import { SNAPSHOT } from '../snapshot/snapshot.ts';
import { UsageError } from '../usage-error.ts';

/** Exit status 1 where the container would not start. */
export const run: Run = (context, given) => {
  const explanation = addWait(context, makeExplanation(context, given));
  const isVerbose = given.flag('verbose');
  const problems = isVerbose || context.output !== 'table' ? listProblems(context, explanation) : [];
  const detailed = problems.length > 1 ? { ...explanation, problems } : explanation;
  print(context, detailed, () => explainText(context.stdout, detailed, isVerbose));
  return explanation.refusal === undefined ? 0 : 1;
};

const HELP = 'see cdictl explain --help';

/** Says what the shim would still do about a device that is missing. */
function addWait(context: Context, explanation: Explanation): Explanation {
  const { wait } = context.settings().settings;
  if (wait === 0 || explanation.refusal?.code !== 'UNRESOLVED_DEVICE') return explanation;
  const warning = `the shim would look for it for ${wait / 1000} s before it gives up`;
  return { ...explanation, warnings: [...explanation.warnings, warning] };
}

function makeExplanation(context: Context, given: Arguments): Explanation {
  const bundle = given.value('bundle');
  const [operand, ...others] = given.operands;
  if (bundle !== undefined) {
    if (operand !== undefined) throw new UsageError('explain takes a bundle or other operands, not both', HELP);
    return explainBundle(context, bundle, given.value('id'));
  }
  if (given.value('id') !== undefined) throw new UsageError('option --id needs --bundle', HELP);
  if (operand === undefined) throw new UsageError('explain needs a bundle, a container, a document, or devices', HELP);
  const handle = parseHandle(operand);
  if (handle !== undefined) {
    if (others.length > 0) throw new UsageError('explain takes one container, and nothing with it', HELP);
    return explainContainer(context, findContainer(handle));
  }
  if (operand.includes(':') && !operand.includes('=') && !operand.includes('/')) refuseHandle(operand);
  if (!isDocument(operand)) return explainDevices(context, given.operands);
  if (others.length > 0) throw new UsageError('explain takes one document, and no devices with it', HELP);
  return explainDocument(context, readDocument(context, operand));
}

/** No name of a device has a colon before its `=`. */
function refuseHandle(operand: string): never {
  const [engine = '', name] = operand.split(/:(.*)/s);
  const engines = MAKERS.filter((maker) => maker !== 'user');
  const forms = engines.map((maker) => `${maker}:${name || 'NAME'}`);
  const near = suggestWord(`${engine}:${name || 'NAME'}`, forms);
  throw new UsageError(
    `${quote(operand)} is no container, document or device`,
    near ?? `containers are written ${forms.join(', ')}`,
  );
}

function isDocument(operand: string): boolean {
  if (operand === '-') return true;
  const isName = isQualifiedName(operand) || isPattern(operand);
  return !isName && (operand.includes('/') || operand.endsWith('.json'));
}

function explainBundle(context: Context, directory: string, id: string | undefined): Explanation {
  const bundle = makeBundle(directory, getSettingsAtOnce(context));
  const subject = { kind: 'bundle', path: bundle.config } as const;
  let planned: ReturnType<typeof getPlan>;
  try {
    planned = getPlan(context, bundle, undefined, id);
  } catch (error) {
    if (error instanceof CdiError) return explainRefusal(subject, error);
    throw error;
  }
  const document = readBundleDocument(context, bundle, planned);
  const explanation = explain(context, bundle.settings, subject, document, planned?.plan);
  const query = { bundle: bundle.directory, id, digest: hashText(document.text) };
  const foreseen = foresee(explanation, bundle.settings, (settings) => getPlan(context, { ...bundle, settings })?.plan);
  const problem = foreseen.refusal === undefined ? findWrongMountPoint(document, foreseen) : undefined;
  const verdict: Explanation =
    problem === undefined ? foreseen : { ...foreseen, outcome: 'failed', refusal: encodeError(problem) };
  return { ...verdict, audit: readAudit(context, bundle.settings, query) };
}

/** By its bundle, or else by what its engine keeps for the next start. */
function explainContainer(context: Context, container: Container): Explanation {
  const { id, bundle, kept, ordered } = container;
  if (bundle !== undefined) return addOrdered(explainBundle(context, bundle, id), ordered);
  const explanation = explainDocument(context, makeDocument(kept?.path, JSON.stringify(kept?.document ?? {})));
  const query = { bundle, id, digest: '' };
  return addOrdered({ ...explanation, audit: readAudit(context, context.settings().settings, query) }, ordered);
}

/** Devices that the shim has nothing to do with. */
function addOrdered(explanation: Explanation, ordered: readonly string[]): Explanation {
  if (ordered.length === 0) return explanation;
  const warning = `its engine itself injects ${ordered.join(', ')}, which asks the shim for nothing`;
  return { ...explanation, warnings: [...explanation.warnings, warning] };
}

/** An audit that cannot be read is no reason to explain nothing. */
function readAudit(context: Context, { audit }: Settings, query: Parameters<typeof findRecorded>[1]): RecordedData {
  try {
    return findRecorded(context, query);
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
    return { file: audit.path, record: undefined, problem: error.message };
  }
}

function explainDocument(context: Context, document: Document): Explanation {
  const settings = getSettingsAtOnce(context);
  const markers = listRequestMarkers(settings.requests);
  const bytes = Buffer.from(document.text).toString('latin1');
  const planBy = (by: Settings): InjectionPlan | undefined =>
    mayRequest(bytes, markers) ? planFor(context, document, by) : undefined;
  const subject = { kind: 'document', path: document.path } as const;
  return foresee(explain(context, settings, subject, document, planBy(settings)), settings, planBy);
}

/** As if an annotation asked for the devices, in a container with nothing else. */
function explainDevices(context: Context, words: readonly string[]): Explanation {
  const names = words.every(isQualifiedName) ? words : matchDevices(loadSpecView(context), words);
  const settings = getSettingsAtOnce(context);
  const [prefix = 'cdi.k8s.io/'] = settings.requests.annotations.prefixes;
  const text = JSON.stringify({ annotations: { [`${prefix}explain`]: names.join(',') } });
  const document = makeDocument(undefined, text);
  const annotations = { enabled: true, prefixes: [prefix] };
  const asking = { ...settings, requests: { ...settings.requests, annotations } };
  const planBy = (by: Settings): InjectionPlan => planFor(context, document, by);
  const subject = { kind: 'devices', path: undefined } as const;
  return foresee(explain(context, asking, subject, document, planBy(asking)), asking, planBy);
}

function makeDocument(path: string | undefined, text: string): Document {
  const tree = parseJson(text);
  if ('syntax' in tree) throw new TypeError('a document of our own is no JSON');
  return { path, text, tree };
}

/** No one waits for an explanation: what is not there yet is missing. What runtimes differ in depends on which it is. */
function getSettingsAtOnce(context: Context): Settings {
  const settings = getSettings(context);
  const runtime = context.given.value('runtime') ?? settings.runtime;
  const isSnapshot = context.given.flag(SNAPSHOT.name);
  const path = isSnapshot ? findRuntimeOf(runtime, (one) => isInSnapshot(context.host, one)) : findRuntimeOf(runtime);
  return { ...settings, runtime: path ?? runtime, wait: 0 };
}

/** Of programs a snapshot has no more than that they are there. */
function isInSnapshot(host: SpecHost, path: string): boolean {
  const file = host.readFile(path, 0);
  return !isFailure(file) || !['ENOENT', 'ENOTDIR', 'ELOOP'].includes(file.errno);
}

/**
 * What we hand on all the same, the runtime refuses by itself: so does the shim where the settings leave that to it.
 *
 * @param plan plans the same by other settings
 */
function foresee(
  explanation: Explanation,
  settings: Settings,
  plan: (settings: Settings) => InjectionPlan | undefined,
): Explanation {
  if (explanation.refusal !== undefined || settings.stale !== 'warn') return explanation;
  const { refusal, warnings } = plan({ ...settings, stale: 'auto' }) ?? {};
  if (refusal === undefined || warnings === undefined) return explanation;
  return { ...explanation, outcome: 'failed', warnings, refusal: encodeError(refusal) };
}

function planFor({ host }: Context, { path = '', text, tree }: Document, settings: Settings): InjectionPlan {
  return planInjection(host, { path, size: text.length }, tree, settings, getRuntimePath(settings));
}
