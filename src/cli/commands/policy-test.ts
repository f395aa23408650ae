// cdictl policy test: what the policy says to the requests of a container, and which rule says so.
import { join } from 'node:path';
import { Draft } from '../../edits/draft.ts';
import { readAsRuntime } from '../../inject/dialects.ts';
import { type ContainerFacts, listDisputed } from '../../requests/container-facts.ts';
import type { LoadedSettings } from '../../settings/combine.ts';
import type { Source } from '../../settings/settings.ts';
import { SOURCES } from '../../settings/table.ts';
import { type OrderedJson, valueReader } from '../../text/json.ts';
import type { Arguments, Context, Run } from '../command.ts';
import { makeAskingDocument, type OciDocument, type RequestTrial } from '../document/asking-document.ts';
import { getRuntimePath } from '../document/bundle.ts';
import { type Document, readDocument } from '../document/document.ts';
import { encodeOrigin } from '../effective-settings.ts';
import { decideByPolicy, type PolicyDecision, type PolicyDecisions } from '../explain/policy-decisions.ts';
import { encodeFinding, writeFinding } from '../lint/finding.ts';
import { findOpenRules } from '../lint/policy-findings.ts';
import { print } from '../print.ts';
import { layOutTable } from '../terminal/table.ts';
import { UsageError } from '../usage-error.ts';

/** Exit status 1 where a request is denied, so that the container would not start. */
export const run: Run = (context, given) => {
  const loaded = context.settings();
  const { facts, decisions } = decide(context, given, loaded);
  const isDenied = decisions.some(({ action }) => action === 'deny');
  const findings = loaded.files.flatMap(findOpenRules);
  const data = {
    container: encodeFacts(facts),
    denied: isDenied,
    decisions: decisions.map(encodeDecision),
    findings: findings.length === 0 ? undefined : findings.map(encodeFinding),
  };
  print(context, data, () => {
    if (decisions.length > 0) return writeDecisions(context, decisions);
    if (context.quiet) return '';
    return facts.sandbox ? 'the sandbox of a pod never gets devices\n' : 'nothing asks for a device\n';
  });
  for (const finding of findings) context.stderr.write(writeFinding(context.stderr, finding));
  return isDenied ? 1 : 0;
};

function decide(context: Context, given: Arguments, loaded: LoadedSettings): PolicyDecisions {
  const asking = readAsking(given);
  const document = loadDocument(context, given);
  if (asking === undefined && document === undefined) {
    throw new UsageError('policy test needs a bundle, a document, or --device', HELP);
  }
  if (asking === undefined && document !== undefined) {
    const { settings } = loaded;
    const runtime = getRuntimePath(settings);
    return readAsRuntime(context.host, document.tree, runtime, settings.family, (draft) =>
      decideByPolicy(context, draft),
    );
  }
  const object: OciDocument = document === undefined ? {} : JSON.parse(document.text);
  const trial = asking === undefined ? object : makeAskingDocument(object, asking, loaded.settings.requests);
  return decideByPolicy(context, new Draft<unknown>(valueReader, trial));
}

function loadDocument(context: Context, given: Arguments): Document | undefined {
  const bundle = given.value('bundle');
  const [operand] = given.operands;
  if (bundle !== undefined && operand !== undefined) {
    throw new UsageError('policy test takes a bundle or a document, not both', HELP);
  }
  const path = bundle === undefined ? operand : join(bundle, 'config.json');
  return path === undefined ? undefined : readDocument(context, path);
}

const HELP = 'see cdictl policy test --help';
const FACTS = ['source', 'namespace', 'pod', 'kubernetes', 'user-namespace', 'privileged'];

function readAsking(given: Arguments): RequestTrial | undefined {
  const devices = given.values('device');
  if (devices.length === 0) {
    const idle = FACTS.find((name) => given.flag(name));
    if (idle !== undefined) throw new UsageError(`option --${idle} needs --device`, HELP);
    return undefined;
  }
  const source = given.value('source') ?? '';
  return {
    devices,
    source: isSource(source) ? source : 'annotation',
    namespace: given.value('namespace'),
    pod: given.value('pod'),
    kubernetes: given.flag('kubernetes'),
    userNamespace: given.flag('user-namespace'),
    privileged: given.flag('privileged'),
  };
}

function isSource(name: string): name is Source {
  return Object.hasOwn(SOURCES, name);
}

function writeDecisions({ stdout }: Context, decisions: readonly PolicyDecision[]): string {
  const rows = decisions.map(({ request, action, by, origin, reason = '' }) => [
    request.device,
    `${request.source} ${request.key}${request.optional ? ' (optional)' : ''}`,
    action,
    `${by} (${origin === undefined ? 'default' : `${origin.path}${origin.at === undefined ? '' : `:${origin.at.line}`}`})`,
    reason,
  ]);
  return layOutTable(stdout, ['DEVICE', 'ASKED BY', 'VERDICT', 'DECIDED BY', 'REASON'], rows);
}

function encodeFacts(facts: ContainerFacts): OrderedJson {
  const { engine, namespace, pod, sandbox, cri, userNamespace, privileged } = facts;
  return { engine, namespace, pod, sandbox, kubernetes: cri, disputed: listDisputed(facts), userNamespace, privileged };
}

function encodeDecision({ request, action, by, origin, reason }: PolicyDecision): OrderedJson {
  const { device, source, key, optional } = request;
  return { device, source, key, optional, action, rule: by, origin: encodeOrigin(origin), reason };
}
