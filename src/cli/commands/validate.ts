// cdictl validate: whether spec files keep the rules of CDI and a schema, with the line and column of what does not.
import { resolve } from 'node:path';
import { findLeastVersion } from '../../cdi/versions.ts';
import { isSpecName } from '../../registry/scan.ts';
import type { OrderedJson } from '../../text/json.ts';
import { quote, quoteList } from '../../text/quote.ts';
import type { Context, Run } from '../command.ts';
import { makeFault, type SpecFault, sortFaults, writePlace } from '../lint/finding.ts';
import { findSchemaFaults, loadNamedSchema } from '../lint/schema-faults.ts';
import { readSpecs } from '../lint/spec-operands.ts';
import type { SpecText } from '../lint/spec-text.ts';
import { encodeError, loadSpecView } from '../look.ts';
import { print } from '../print.ts';
import { escapeCell } from '../terminal/cell.ts';

interface ValidatedSpec {
  readonly read: SpecText;
  readonly faults: readonly SpecFault[];
}

/** Exit status 1 where something cannot be read, 3 where a file is not valid. */
export const run: Run = async (context, given) => {
  const schema = await loadNamedSchema(given.value('schema') ?? 'builtin');
  const { specs, errors } = readSpecs(context, given.operands, isSpecName);
  const ofHost = given.operands.length === 0 ? findHostFaults(context) : new Map<string, readonly SpecFault[]>();
  const verdicts = specs.map((read): ValidatedSpec => {
    const faults = [...read.faults, ...findSchemaFaults(read, schema), ...(ofHost.get(resolve(read.path)) ?? [])];
    return { read, faults: sortFaults(faults) };
  });
  const wantsVersion = given.flag('minimum-version');
  print(context, { files: verdicts.map(encodeValidated), errors: errors.map(encodeError) }, () =>
    verdicts.map((verdict) => writeValidated(context, verdict, wantsVersion)).join(''),
  );
  if (verdicts.length === 0 && errors.length === 0 && !context.quiet) {
    const places = given.operands.length > 0 ? given.operands : context.specDirs();
    context.stderr.write(`cdictl: no specs in ${quoteList(places)}\n`);
  }
  for (const error of errors) context.stderr.write(`cdictl: ${error.message}\n`);
  if (errors.length > 0) return 1;
  return verdicts.some(({ faults }) => faults.length > 0) ? 3 : 0;
};

/** What only shows among the other files of a host: who could have written a file, and devices that are there twice. */
function findHostFaults(context: Context): ReadonlyMap<string, readonly SpecFault[]> {
  const faults = new Map<string, SpecFault[]>();
  for (const error of loadSpecView(context).errors) {
    if (error.path === undefined || (error.code !== 'DEVICE_CONFLICT' && error.code !== 'UNTRUSTED')) continue;
    const fault = makeFault(error, 'registry');
    const why = error.code === 'UNTRUSTED' ? fault.why : `${error.what}: ${fault.why}`;
    faults.set(error.path, [...(faults.get(error.path) ?? []), { ...fault, why }]);
  }
  return faults;
}

function writeValidated({ stdout, quiet }: Context, { read, faults }: ValidatedSpec, wantsVersion: boolean): string {
  const lines = faults.map(({ at, why, hint }) => {
    const word = stdout.style('red', 'error');
    return `${writePlace(read.path, at)}: ${word}: ${escapeCell(hint === undefined ? why : `${why}; ${hint}`)}\n`;
  });
  if (faults.length === 0 && !quiet && !wantsVersion) lines.push(`${escapeCell(read.path)}: valid\n`);
  if (wantsVersion && read.spec !== undefined) {
    const has = read.spec.cdiVersion === '' ? 'none' : quote(read.spec.cdiVersion);
    lines.push(`${escapeCell(read.path)}: needs cdiVersion ${findLeastVersion(read.spec)}, has ${has}\n`);
  }
  return lines.join('');
}

function encodeValidated({ read, faults }: ValidatedSpec): OrderedJson {
  const { path, spec } = read;
  return {
    path,
    valid: faults.length === 0,
    kind: spec?.kind,
    cdiVersion: spec?.cdiVersion,
    minimumVersion: spec === undefined ? undefined : findLeastVersion(spec),
    errors: faults.map(({ by, code, at, why, hint }) => ({
      by,
      code,
      line: at?.line,
      column: at?.column,
      message: why,
      hint,
    })),
  };
}
