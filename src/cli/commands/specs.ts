// cdictl specs: which spec files there are, the broken ones too.
import { qualifiedName } from '../../cdi/device-name.ts';
import { writeSpecYaml } from '../../cdi/write-spec.ts';
import type { SpecFile } from '../../registry/spec-file.ts';
import { CdiError } from '../../text/error.ts';
import type { OrderedJson } from '../../text/json.ts';
import { quote, quoteList } from '../../text/quote.ts';
import { escapeSteering } from '../../text/steering.ts';
import type { Run } from '../command.ts';
import { suggestWord } from '../did-you-mean.ts';
import { encodeSpec } from '../document/device-data.ts';
import { encodeTrouble, listStatus, loadSpecView, reportTrouble, type SpecView } from '../look.ts';
import { print } from '../print.ts';
import { escapeCell } from '../terminal/cell.ts';
import { layOutTable } from '../terminal/table.ts';

/** Lists spec files, all or those of some vendors. */
export const run: Run = (context, given) => {
  const found = filterVendors(loadSpecView(context), given.operands);
  const { specs, errors } = found.scan;
  const isVerbose = given.flag('verbose');
  reportTrouble(context, found);
  if (context.output !== 'table') {
    const rows = specs.map((file) => encodeRow(found, file, isVerbose));
    print(context, { specs: rows, ...encodeTrouble(found) }, () => '');
  } else if (isVerbose) {
    for (const { path, spec } of specs)
      context.stdout.write(`# ${escapeCell(path)}\n${escapeSteering(writeSpecYaml(spec))}`);
  } else if (specs.length + errors.size > 0) {
    const good = specs.map((file) => {
      const { kind, cdiVersion, devices } = file.spec;
      return [file.path, kind, cdiVersion, String(devices.length), describeState(found, file)];
    });
    const bad = [...errors.keys()].map((path) => [path, '', '', '', 'in error']);
    context.stdout.write(
      layOutTable(context.stdout, ['SPEC', 'KIND', 'VERSION', 'DEVICES', 'STATE'], [...good, ...bad]),
    );
  }
  return listStatus(found);
};

/** Only the specs of some vendors, and those in error that mention one; all of them where none is named. */
function filterVendors(found: SpecView, vendors: readonly string[]): SpecView {
  if (vendors.length === 0) return found;
  const { scan, index, sources } = found;
  const specs = scan.specs.filter((file) => vendors.includes(file.vendor));
  const errors = [...scan.errors].filter(([path]) =>
    vendors.some((vendor) => sources.words.mentions(path, vendor) !== false),
  );
  for (const vendor of vendors) {
    if (errors.length === 0 && !specs.some((file) => file.vendor === vendor)) throw makeVendorError(found, vendor);
  }
  const paths = new Set([...specs.map(({ path }) => path), ...errors.map(([path]) => path)]);
  return {
    ...found,
    scan: { ...scan, specs, errors: new Map(errors) },
    index: {
      ...index,
      conflicts: new Map([...index.conflicts].filter(([, files]) => files.some((path) => paths.has(path)))),
    },
    errors: found.errors.filter(({ path = '' }) => paths.has(path)),
  };
}

function makeVendorError({ scan, directories }: SpecView, vendor: string): CdiError {
  return new CdiError('UNRESOLVED_DEVICE', {
    what: `list the specs of vendor ${quote(vendor)}`,
    why: `no spec in ${quoteList(directories)} is of that vendor`,
    hint: suggestWord(vendor, [...new Set(scan.specs.map((file) => file.vendor))]),
  });
}

function encodeRow(found: SpecView, file: SpecFile, isVerbose: boolean): OrderedJson {
  const { path, priority, spec } = file;
  return {
    path,
    kind: spec.kind,
    version: spec.cdiVersion,
    priority,
    devices: spec.devices.map((device) => device.name),
    shadowed: listShadowed(found, file),
    conflicts: listConflicts(found, file),
    digest: found.sources.digest(path),
    spec: isVerbose ? encodeSpec(spec) : undefined,
  };
}

function describeState(found: SpecView, file: SpecFile): string {
  if (listConflicts(found, file).length > 0) return 'in conflict';
  const { length } = listShadowed(found, file);
  if (length === 0) return 'ok';
  return length === file.spec.devices.length ? 'shadowed' : 'partly shadowed';
}

/** The devices that a file of higher priority defines instead. */
function listShadowed({ index }: SpecView, file: SpecFile): readonly string[] {
  return filterNames(file, (name) => index.devices.has(name) && index.devices.get(name)?.file !== file);
}

/** The devices that a file of the same priority defines, too, so that they do not resolve. */
function listConflicts({ index }: SpecView, file: SpecFile): readonly string[] {
  return filterNames(file, (name) => index.conflicts.get(name)?.includes(file.path) === true);
}

function filterNames(
  { vendor, class: className, spec }: SpecFile,
  isMeant: (name: string) => boolean,
): readonly string[] {
  return spec.devices.map(({ name }) => name).filter((name) => isMeant(qualifiedName(vendor, className, name)));
}
