// cdictl resolve: what a device name means here, or why it means nothing; or a document whose devices are names.
import { isQualifiedName } from '../../cdi/device-name.ts';
import { makeUnresolvedError } from '../../registry/resolve.ts';
import type { UnresolvedDeviceError } from '../../registry/unresolved-device-error.ts';
import type { OrderedJson } from '../../text/json.ts';
import type { Context, Run } from '../command.ts';
import { encodeDevice, getMember } from '../document/device-data.ts';
import { resolveDocument } from '../document/resolve-document.ts';
import { encodeError, loadSpecView, reportTrouble, type SpecView } from '../look.ts';
import { print, writeYamlText } from '../print.ts';
import { UsageError } from '../usage-error.ts';

/** Exit status 1 where a device does not resolve. */
export const run: Run = (context, { operands }) => {
  const documents = operands.filter(isDocument);
  if (documents.length > 0 && documents.length < operands.length) {
    throw new UsageError('resolve takes devices or documents, not both', 'see cdictl resolve --help');
  }
  const found = loadSpecView(context);
  return documents.length > 0 ? resolveDocuments(context, found, documents) : resolveNames(context, found, operands);
};

/** Whatever looks like a file; a name that is misspelt is still one. */
function isDocument(operand: string): boolean {
  return !isQualifiedName(operand) && (/^(?:-$|\.{0,2}\/)/.test(operand) || operand.endsWith('.json'));
}

function resolveNames(context: Context, found: SpecView, names: readonly string[]): 0 | 1 {
  const devices = names.flatMap((name) => encodeResolved(found, name) ?? []);
  const unresolved = names
    .filter((name) => !found.index.devices.has(name))
    .map((name) => explainUnresolved(found, name));
  print(context, { devices, unresolved: unresolved.map(encodeUnresolved) }, () =>
    devices.map((device) => writeYamlText(device)).join('\n'),
  );
  for (const error of unresolved) context.stderr.write(`cdictl: ${error.message}\n`);
  return unresolved.length === 0 ? 0 : 1;
}

function encodeResolved({ index, scan, sources }: SpecView, name: string): OrderedJson | undefined {
  const found = index.devices.get(name);
  if (found === undefined) return undefined;
  const { file, device: own } = found;
  const { device, specEdits } = encodeDevice(found);
  const shadowed = scan.specs.filter(
    ({ path, vendor, class: className, spec }) =>
      path !== file.path &&
      vendor === file.vendor &&
      className === file.class &&
      spec.devices.some((other) => other.name === own.name),
  );
  return {
    name,
    spec: file.path,
    line: sources.locateDevice(file.path, name)?.line,
    priority: file.priority,
    version: file.spec.cdiVersion,
    // Files of lower priority that define it, too, and do not count.
    shadows: shadowed.length === 0 ? undefined : shadowed.map(({ path }) => path),
    annotations: getMember(device, 'annotations'),
    containerEdits: getMember(device, 'containerEdits'),
    specEdits,
  };
}

function explainUnresolved({ scan, index, directories, sources }: SpecView, name: string): UnresolvedDeviceError {
  return makeUnresolvedError(name, scan, index, directories, sources.words);
}

function encodeUnresolved(error: UnresolvedDeviceError): OrderedJson {
  const { device, reason, nearest, files } = error;
  return { name: device, reason, nearest, files, error: encodeError(error) };
}

/** Each document or nothing of it: one whose devices do not all resolve is left out. */
function resolveDocuments(context: Context, found: SpecView, operands: readonly string[]): 0 | 1 {
  reportTrouble(context, found);
  let status: 0 | 1 = 0;
  for (const operand of operands) {
    const unresolved = resolveDocument(context, found, operand);
    for (const name of unresolved) context.stderr.write(`cdictl: ${explainUnresolved(found, name).message}\n`);
    if (unresolved.length > 0) status = 1;
  }
  return status;
}
