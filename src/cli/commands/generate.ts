// cdictl generate: specs for devices that this host has.
import { join, resolve } from 'node:path';
import { generateNameForSpec } from '../../cdi/spec-names.ts';
import { validateSpec } from '../../cdi/validate.ts';
import { specJson, specYaml } from '../../cdi/write-spec.ts';
import { deviceTree } from '../../generate/device-tree.ts';
import { type GeneratedSpec, generateSpec, type NothingToGenerate } from '../../generate/generate-spec.ts';
import { GENERATORS } from '../../generate/generators.ts';
import { CdiError } from '../../text/error.ts';
import { nearest } from '../../text/nearest.ts';
import { quote } from '../../text/quote.ts';
import type { Arguments, Run } from '../command.ts';
import type { Context } from '../context.ts';
import { hostRoot, inRoot } from '../host-root.ts';
import { print } from '../print.ts';
import { table } from '../table.ts';
import { UsageError } from '../usage-error.ts';

const ALL = 'all';
/** Specs are no secret, and engines of other users read them too. */
const SPEC_MODE = 0o644;

/** Writes or prints the specs; a kind that was asked for by name and is not there is a failure. */
export const run: Run = (context, given) => {
  const isAll = given.operands.includes(ALL);
  const tree = deviceTree(context.host, hostRoot(given));
  const results = generatorsOf(given.operands).map((generator) => generateSpec(generator, tree));
  const found = results.filter((result): result is GeneratedSpec => 'spec' in result);
  const missing = results.filter((result): result is NothingToGenerate => 'nothing' in result);
  const format = given.value('format') ?? 'yaml';
  if (given.flag('print')) {
    for (const { spec } of found) context.stdout.write(format === 'json' ? specJson(spec) : specYaml(spec));
  } else report(context, found, missing, directoryOf(context, given), format);
  const isFailure = isAll ? found.length === 0 : missing.length > 0;
  if (isFailure || given.flag('print')) tell(context, missing, isAll && found.length > 0);
  return isFailure ? 1 : 0;
};

function generatorsOf(kinds: readonly string[]): typeof GENERATORS {
  const known = GENERATORS.map(({ id }) => id);
  for (const kind of kinds) {
    if (kind === ALL || known.includes(kind)) continue;
    const near = nearest(kind, [...known, ALL]);
    throw new UsageError(`kind ${quote(kind)} is none of ${[...known, ALL].join(', ')}`, near);
  }
  return GENERATORS.filter(({ id }) => kinds.includes(ALL) || kinds.includes(id));
}

function directoryOf(context: Context, given: Arguments): string {
  const named = given.value('output-dir');
  if (named !== undefined) return resolve(named);
  const directory = context.specDirs().at(-1) ?? '/var/run/cdi';
  const root = hostRoot(given);
  return root === '' ? directory : inRoot(root, directory);
}

function report(
  context: Context,
  found: readonly GeneratedSpec[],
  missing: readonly NothingToGenerate[],
  directory: string,
  format: string,
): void {
  const written = found.map(({ id, spec }) => ({
    kind: id,
    path: write(context, spec, directory, format),
    devices: spec.devices.map((device) => device.name),
  }));
  const without = missing.map(({ id, nothing }) => ({ kind: id, why: nothing.why, hint: nothing.hint }));
  print(context, { written, nothing: without }, () => {
    if (context.quiet) return '';
    const rows = [
      ...written.map(({ kind, path, devices }) => [kind, String(devices.length), path]),
      ...without.map(({ kind, why }) => [kind, '0', why]),
    ];
    return table(context.stdout, ['KIND', 'DEVICES', 'SPEC'], rows);
  });
}

function write(context: Context, spec: GeneratedSpec['spec'], directory: string, format: string): string {
  const path = join(directory, `${generateNameForSpec(spec)}.${format}`);
  const what = `write spec ${quote(path)}`;
  validateSpec(spec, { what, path });
  const text = format === 'json' ? specJson(spec) : specYaml(spec);
  const failure = context.host.makeDirectory(directory) ?? context.host.writeFile(path, text, SPEC_MODE);
  if (failure === undefined) return path;
  throw new CdiError('CANNOT_WRITE', { what, path, why: `it was refused (${failure.errno})`, hint: 'run it as root' });
}

function tell(context: Context, missing: readonly NothingToGenerate[], isHint: boolean): void {
  if (context.quiet || isHint) return;
  for (const { id, nothing } of missing) {
    context.stderr.write(`cdictl: cannot generate ${id}: ${nothing.why}; ${nothing.hint}\n`);
  }
}
