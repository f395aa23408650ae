// An OCI document whose devices are names of CDI devices, and the same with what these mean.
import { rewrite } from '../../bundle/rewrite.ts';
import { isQualifiedName } from '../../cdi/device-name.ts';
import { Draft } from '../../edits/draft.ts';
import { isMalformed } from '../../host/host.ts';
import { assemble } from '../../text/json.ts';
import { parseJson } from '../../text/json-syntax.ts';
import { escapeSteering } from '../../text/steering.ts';
import type { Context } from '../command.ts';
import type { SpecView } from '../look.ts';
import { writeYamlText } from '../print.ts';
import { escapeCell } from '../terminal/cell.ts';
import { type Document, parseValue, readDocument } from './document.ts';
import { planDevices } from './plan-devices.ts';

const DEVICES = ['linux', 'devices'];

/**
 * Prints the document; as upstream, entries of linux.devices whose path is a qualified name give way to the devices.
 * All else stays as it is written.
 *
 * @returns the names that do not resolve; then nothing is printed
 * @throws {CdiError} as `readDocument` and `planDevices`
 */
export function resolveDocument(context: Context, found: SpecView, operand: string): readonly string[] {
  const document = readDocument(context, operand);
  const { without, names } = takeNames(document);
  const unresolved = names.filter((name) => !found.index.devices.has(name));
  if (unresolved.length > 0) return unresolved;
  const { stdout, stderr, output, quiet } = context;
  let after = document.text;
  if (names.length > 0) {
    const plan = planDevices(context, found, without, names);
    if (!quiet) for (const warning of plan.warnings) stderr.write(`cdictl: ${escapeCell(warning)}\n`);
    after = plan.pieces === undefined ? without.text : assemble(without.text, plan.pieces);
  }
  if (output === 'yaml') stdout.write(`---\n${writeYamlText(parseValue(after))}`);
  else stdout.write(stdout.isTerminal ? escapeSteering(after) : after);
  return [];
}

/** Takes the named entries out of the document. */
function takeNames({ path, text, tree }: Document): { readonly without: Document; readonly names: readonly string[] } {
  const draft = new Draft(tree, 0);
  const names: string[] = [];
  const others = draft.list(DEVICES).filter((entry) => {
    const name = 'kept' in entry ? draft.entryText(DEVICES, entry.kept, 'path') : '';
    if (!isQualifiedName(name)) return true;
    names.push(name);
    return false;
  });
  if (names.length > 0) draft.setList(DEVICES, others);
  const shorter = assemble(text, rewrite(tree, text.length, draft.changes()));
  const shorterTree = parseJson(shorter);
  if (isMalformed(shorterTree)) throw new TypeError(`the document is broken: ${shorterTree.syntax}`);
  return { without: { path, text: shorter, tree: shorterTree }, names };
}
