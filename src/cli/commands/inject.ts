// cdictl inject: devices into a document, or what a bundle asks for into the bundle.
import type { Failure, HeldFile } from '../../host/host.ts';
import type { InjectionPlan } from '../../inject/plan.ts';
import { beginAudit } from '../../runtime/audit.ts';
import { injectBundle } from '../../runtime/inject-bundle.ts';
import type { Pieces } from '../../text/json.ts';
import type { Arguments, Context, ExitCode, Run } from '../command.ts';
import { getPlan, getSettings, makeBundle, readBundleDocument } from '../document/bundle.ts';
import { type Document, parseValue, readDocument } from '../document/document.ts';
import { writeDocumentDiff } from '../document/document-diff.ts';
import { isPattern, matchDevices } from '../document/match-devices.ts';
import { planDevices } from '../document/plan-devices.ts';
import type { ExplainedSubject } from '../explain/explanation.ts';
import { summarizeInjection } from '../explain/injection-summary.ts';
import { applyPlan, explain } from '../explain/plan.ts';
import { copyAttributes } from '../files/copy-attributes.ts';
import { loadSpecView, reportTrouble } from '../look.ts';
import { print, writeYamlText } from '../print.ts';
import { escapeCell } from '../terminal/cell.ts';
import { UsageError } from '../usage-error.ts';

/** Who injected, in the audit. */
const COMMAND = 'cdictl inject';

/** Exit status 1 where nothing is injected. */
export const run: Run = (context, given) => {
  if (given.flag('diff') && context.output !== 'table')
    throw new UsageError('a diff is text: leave --output out', HELP);
  const bundle = given.value('bundle');
  const [operand, ...words] = given.operands;
  if (bundle !== undefined) {
    if (operand !== undefined) throw new UsageError('inject takes a bundle or a document, not both', HELP);
    return injectInBundle(context, given, bundle);
  }
  if (operand === undefined || words.length === 0) throw new UsageError('inject needs OCI|- and DEVICE...', HELP);
  return injectInDocument(context, given, operand, words);
};

const HELP = 'see cdictl inject --help';

function injectInDocument(context: Context, given: Arguments, operand: string, words: readonly string[]): ExitCode {
  const document = readDocument(context, operand);
  const found = loadSpecView(context);
  // A pattern leaves out, without a word, what does not resolve.
  if (words.some(isPattern)) reportTrouble(context, found);
  const plan = planDevices(context, found, document, matchDevices(found, words));
  warn(context, plan);
  const subject: ExplainedSubject = { kind: 'document', path: document.path };
  if (isDryRun(given)) return tell(context, given, subject, document, plan);
  const after = applyPlan(document, plan);
  context.stdout.write(context.output === 'yaml' ? `---\n${writeYamlText(parseValue(after))}` : after);
  return 0;
}

function injectInBundle(context: Context, given: Arguments, directory: string): ExitCode {
  const bundle = makeBundle(directory, getSettings(context));
  const call = { command: COMMAND, id: '', bundle: bundle.directory };
  const audit = isDryRun(given) ? undefined : beginAudit(context.host, bundle.settings.audit, call);
  const planned = getPlan(context, bundle, audit);
  const document = readBundleDocument(context, bundle, planned);
  const subject: ExplainedSubject = { kind: 'bundle', path: bundle.config };
  const plan = planned?.plan;
  if (audit === undefined) {
    if (plan?.refusal !== undefined) throw plan.refusal;
    if (plan !== undefined) warn(context, plan);
    return tell(context, given, subject, document, plan);
  }
  // Explained before it is done: afterwards everything is there already.
  const explanation = explain(context, bundle.settings, subject, document, plan);
  if (planned !== undefined) {
    const { host } = context;
    const replaceFile = (file: HeldFile, pieces: Pieces): Failure | undefined =>
      host.replaceFile(file, pieces, copyAttributes);
    injectBundle({ ...host, replaceFile }, audit, bundle.settings, planned);
    warn(context, planned.plan);
  }
  print(context, explanation, () => (context.quiet ? '' : summarizeInjection(explanation, true)));
  return 0;
}

function isDryRun(given: Arguments): boolean {
  return given.flag('dry-run') || given.flag('diff');
}

function tell(
  context: Context,
  given: Arguments,
  subject: ExplainedSubject,
  document: Document,
  plan: InjectionPlan | undefined,
): ExitCode {
  if (given.flag('diff')) {
    const name = subject.path ?? 'standard input';
    context.stdout.write(writeDocumentDiff(context.stdout, name, document.text, applyPlan(document, plan)));
    return 0;
  }
  const explanation = explain(context, getSettings(context), subject, document, plan);
  print(context, explanation, () => (context.quiet ? '' : summarizeInjection(explanation, false)));
  return 0;
}

function warn({ quiet, stderr }: Context, { warnings }: InjectionPlan): void {
  if (!quiet) for (const warning of warnings) stderr.write(`cdictl: ${escapeCell(warning)}\n`);
}
