// cdictl new: a spec for what somebody names or is asked for.
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { findQualifiedNameFault } from '../../cdi/device-name.ts';
import { generateNameForSpec } from '../../cdi/spec-names.ts';
import { validateSpec } from '../../cdi/validate.ts';
import { composeSpec, type Wish } from '../../generate/compose-spec.ts';
import { createDeviceTree } from '../../generate/device-tree.ts';
import { isFailure } from '../../host/host.ts';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import type { Arguments, Context, Run } from '../command.ts';
import { readHostRoot, resolveInRoot } from '../files/host-root.ts';
import { writePlace } from '../lint/finding.ts';
import { lintSpec } from '../lint/rules.ts';
import { parseSpecText, STDIN } from '../lint/spec-text.ts';
import { makeSubjects } from '../lint/subjects.ts';
import { print } from '../print.ts';
import { escapeCell } from '../terminal/cell.ts';
import { UsageError } from '../usage-error.ts';

const KIND = 'example.com/device';
/** Specs are no secret, and engines of other users read them too. */
const SPEC_MODE = 0o644;

/** Exit status 3 where lint has warnings or errors about what was written. */
export const run: Run = async (context, given) => {
  const { wish, file } = given.operands.length > 0 ? readWish(given) : await askWish(context, given);
  const asked = `${wish.kind}=${wish.name ?? 'a'}`;
  const fault = findQualifiedNameFault(asked);
  if (fault !== undefined) throw new UsageError(`${quote(asked)} is no device: ${fault.why}`, fault.hint);
  const root = readHostRoot(given);
  const { spec, text } = composeSpec(wish, context.host, createDeviceTree(context.host, root), root);
  validateSpec(spec, { what: 'write the spec' });
  const path =
    file === undefined ? choosePath(context, generateNameForSpec(spec), root) : file === STDIN ? file : resolve(file);
  if (path !== STDIN) write(context, path, text, given.flag('force'));
  const findings = makeSubjects([parseSpecText(text)], undefined).flatMap((subject) => lintSpec(subject));
  const device = `${spec.kind}=${spec.devices[0]?.name}`;
  const shown = findings.map(({ rule, at, message, cure }) => ({ rule, line: at?.line, message, cure }));
  print(context, { path: path === STDIN ? undefined : path, device, text, findings: shown }, () => {
    if (path === STDIN) return text;
    return context.quiet ? '' : `wrote ${escapeCell(path)}: ${escapeCell(device)}\n`;
  });
  for (const { rule, at, message, cure } of findings)
    context.stderr.write(`cdictl: ${writePlace(path, at)}: ${escapeCell(message)} [${rule}]; ${escapeCell(cure)}\n`);
  return findings.some(({ severity }) => severity !== 'info') ? 3 : 0;
};

interface Answers {
  readonly wish: Wish;
  /** `-` for standard output, undefined for the usual place */
  readonly file: string | undefined;
}

function readWish(given: Arguments): Answers {
  const paths = given.operands.map((path) => resolve(path));
  const writable = given.values('writable').map((path) => resolve(path));
  const wish: Wish = {
    paths: [...paths, ...writable],
    writable,
    env: given.values('env'),
    kind: given.value('kind') ?? KIND,
    name: given.value('name'),
  };
  return { wish, file: given.value('file') };
}

/** Only where somebody sits there: a script that forgot what it wants is told so. */
async function askWish(context: Context, given: Arguments): Promise<Answers> {
  if (!process.stdin.isTTY || !context.stderr.isTerminal)
    throw new UsageError(
      'there is nothing to hand out: no PATH is given, and there is no terminal to ask',
      'see cdictl new --help',
    );
  // The terminal itself edits the lines: an end that is typed before the first question stays one.
  const lines = createInterface({ input: process.stdin });
  // Lines, not answers to questions: what is pasted comes before it is asked for.
  const answers = lines[Symbol.asyncIterator]();
  const ask = async (question: string, usual = ''): Promise<string> => {
    context.stderr.write(`${question}${usual === '' ? '' : ` [${usual}]`}: `);
    const { done, value } = await answers.next();
    if (done === true) {
      context.stderr.write('\n');
      throw new UsageError('nothing is written: the questions were not answered');
    }
    return value.trim() || usual;
  };
  const askWords = async (question: string): Promise<readonly string[]> =>
    (await ask(question)).split(/\s+/).filter((word) => word !== '');
  try {
    const read = await askWords('What do containers get? Nodes, files and folders of the host, with blanks between');
    const written = await askWords('Which files and folders besides may they write? Enter for none');
    if (read.length + written.length === 0) throw new UsageError('nothing is written: nothing is to be handed out');
    const env = await askWords('Which variables do programs need? NAME=value, Enter for none');
    const kind = await ask('Whose is it, and what? vendor.com/class', given.value('kind') ?? KIND);
    const name = await ask('What is this one called? Enter for what the host says of it');
    const file = await ask('Where does the spec go? A file, - for here, Enter for where engines look');
    const writable = written.map((path) => resolve(path));
    const paths = [...read.map((path) => resolve(path)), ...writable];
    return { wish: { paths, writable, env, kind, name: name || undefined }, file: file || undefined };
  } finally {
    lines.close();
  }
}

function choosePath(context: Context, name: string, root: string): string {
  const directory = context.specDirs()[0] ?? '/etc/cdi';
  return join(root === '' ? directory : resolveInRoot(root, directory), `${name}.yaml`);
}

/** What somebody names in a command line is of this machine, whichever host is looked at. */
function write({ host, documents = host }: Context, path: string, text: string, isForced: boolean): void {
  const what = `write spec ${quote(path)}`;
  if (!isForced && !isFailure(documents.pathInfo(path))) {
    throw new CdiError('CANNOT_WRITE', {
      what,
      path,
      why: 'it is there already',
      hint: 'name another file, or say --force',
    });
  }
  const directory = resolve(path, '..');
  const failure = documents.makeDirectory(directory) ?? documents.writeFile(path, text, SPEC_MODE);
  if (failure === undefined) return;
  const why = `it was refused (${failure.errno})`;
  throw new CdiError('CANNOT_WRITE', { what, path, why, hint: 'run it as root, or name another file' });
}
