// cdictl resolve: what a device name means here, or why it means nothing; or a document whose devices are names.
import { rewrite } from '../../bundle/rewrite.ts';
import { isQualifiedName } from '../../cdi/device-name.ts';
import { specJson } from '../../cdi/write-spec.ts';
import { joinEdits, planEdits } from '../../edits/apply.ts';
import { Draft } from '../../edits/draft.ts';
import { deviceLookup } from '../../inject/plan.ts';
import { resolveDevices, unresolvedError } from '../../registry/resolve.ts';
import type { UnresolvedDeviceError } from '../../registry/unresolved-device-error.ts';
import { assemble, type OrderedJson } from '../../text/json.ts';
import { writeYaml } from '../../text/yaml-write.ts';
import type { Run } from '../command.ts';
import type { Context } from '../context.ts';
import { readDocument } from '../document.ts';
import { errorData, type Look, look, mention } from '../look.ts';
import { print } from '../print.ts';

const DEVICES = ['linux', 'devices'];

/** Resolves names, or the documents that the operands name. */
export const run: Run = (context, { operands }) => {
  const found = look(context);
  const documents = operands.filter(
    (operand) => !isQualifiedName(operand) && (operand === '-' || operand.includes('/') || operand.endsWith('.json')),
  );
  if (documents.length > 0) return resolveDocuments(context, found, operands);
  const known = operands.flatMap((name) => describe(found, name) ?? []);
  const unresolved = operands.filter((name) => !found.index.devices.has(name)).map((name) => why(found, name));
  print(context, { devices: known, unresolved: unresolved.map(unresolvedData) }, () =>
    known.map((one) => writeYaml(one)).join('\n'),
  );
  for (const error of unresolved) context.stderr.write(`cdictl: ${error.message}\n`);
  return unresolved.length === 0 ? 0 : 1;
};

function describe(found: Look, name: string): OrderedJson | undefined {
  const device = found.index.devices.get(name);
  if (device === undefined) return undefined;
  const { file } = device;
  const spec = JSON.parse(specJson({ ...file.spec, devices: [device.device] }));
  const others = found.scan.specs.filter(
    (other) =>
      other !== file &&
      other.vendor === file.vendor &&
      other.class === file.class &&
      other.spec.devices.some((one) => one.name === device.device.name),
  );
  return {
    name,
    spec: file.path,
    line: found.sources.locateDevice(file.path, name)?.line,
    priority: file.priority,
    version: file.spec.cdiVersion,
    // Other files of lower priority that define it, and do not count.
    instead_of: others.length === 0 ? undefined : others.map((other) => other.path),
    annotations: spec.devices[0].annotations,
    containerEdits: spec.devices[0].containerEdits,
    specEdits: spec.containerEdits,
  };
}

function why({ scan, index, directories, sources }: Look, name: string): UnresolvedDeviceError {
  return unresolvedError(name, scan, index, directories, (path, word) => sources.mentions(path, word));
}

function unresolvedData(error: UnresolvedDeviceError): OrderedJson {
  return {
    name: error.device,
    reason: error.reason,
    error: errorData(error),
    nearest: error.nearest,
    files: error.files,
  };
}

/** As upstream: entries of linux.devices whose path is a device name are taken out, and the devices injected. */
function resolveDocuments(context: Context, found: Look, operands: readonly string[]): 0 | 1 {
  mention(context, found);
  let status: 0 | 1 = 0;
  for (const operand of operands) {
    const { text, tree } = readDocument(context, operand);
    const draft = new Draft(tree, 0);
    const entries = draft.list(DEVICES);
    const names = entries
      .flatMap((entry) => ('kept' in entry ? [draft.entryText(DEVICES, entry.kept, 'path')] : []))
      .filter(isQualifiedName);
    const { edits, unresolved } = resolveDevices(found.index, names);
    for (const name of unresolved) context.stderr.write(`cdictl: ${why(found, name).message}\n`);
    if (unresolved.length > 0) {
      status = 1;
      continue;
    }
    const kept = entries.filter(
      (entry) => !('kept' in entry && isQualifiedName(draft.entryText(DEVICES, entry.kept, 'path'))),
    );
    if (kept.length < entries.length) draft.setList(DEVICES, kept);
    const changes = planEdits(
      draft,
      joinEdits(edits.map((sourced) => sourced.edits)),
      deviceLookup(context.host),
      'once',
    );
    context.stdout.write(assemble(text, rewrite(tree, text.length, changes)));
  }
  return status;
}
