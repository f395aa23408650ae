// cdictl generate: specs for devices that this host has.
import { join, resolve } from 'node:path';
import { generateNameForSpec, generateSpecName } from '../../cdi/spec-names.ts';
import { validateSpec } from '../../cdi/validate.ts';
import { specJson, specYaml } from '../../cdi/write-spec.ts';
import { deviceTree } from '../../generate/device-tree.ts';
import { type GeneratedSpec, generateSpec, type NothingToGenerate, VENDOR } from '../../generate/generate-spec.ts';
import { GENERATOR_IDS } from '../../generate/generator.ts';
import { GENERATORS } from '../../generate/generators.ts';
import { type Failure, failed } from '../../host/host.ts';
import { CdiError } from '../../text/error.ts';
import { nearest } from '../../text/nearest.ts';
import { quote } from '../../text/quote.ts';
import type { Arguments, Context, Run } from '../command.ts';
import { hostRoot, inRoot } from '../files/host-root.ts';
import { print } from '../print.ts';
import { table } from '../terminal/table.ts';
import { UsageError } from '../usage-error.ts';

const ALL = 'all';
/** Specs are no secret, and engines of other users read them too. */
const SPEC_MODE = 0o644;

const FORMATS = ['yaml', 'json'];

/**
 * Writes or prints the specs. A kind that was asked for by name and is not there is a failure; `all` asks for what there
 * is, be it nothing, and takes away the specs of kinds that are there no more.
 */
export const run: Run = (context, given) => {
  const isAll = given.operands.includes(ALL);
  const tree = deviceTree(context.host, hostRoot(given));
  const results = generatorsOf(given.operands).map((generator) => generateSpec(generator, tree));
  const found = results.filter((result): result is GeneratedSpec => 'spec' in result);
  const missing = results.filter((result): result is NothingToGenerate => 'nothing' in result);
  const format = given.value('format') ?? 'yaml';
  if (given.flag('print')) {
    for (const { spec } of found) context.stdout.write(format === 'json' ? specJson(spec) : specYaml(spec));
  } else report(context, found, missing, { directory: directoryOf(context, given), format, isAll });
  const isFailure = !isAll && missing.length > 0;
  if (isFailure) tell(context, missing);
  return isFailure ? 1 : 0;
};

function generatorsOf(kinds: readonly string[]): typeof GENERATORS {
  const known: readonly string[] = GENERATOR_IDS;
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

interface Where {
  readonly directory: string;
  readonly format: string;
  readonly isAll: boolean;
}

function report(
  context: Context,
  found: readonly GeneratedSpec[],
  missing: readonly NothingToGenerate[],
  { directory, format, isAll }: Where,
): void {
  const written = found.map(({ id, spec }) => ({
    kind: id,
    path: write(context, spec, directory, format),
    devices: spec.devices.map((device) => device.name),
  }));
  const others = FORMATS.filter((other) => other !== format);
  // in the other format a spec of the same kind would be in conflict with the new one
  const removed = [
    ...found.flatMap(({ id }) => remove(context, id, directory, others)),
    ...(isAll ? missing.flatMap(({ id }) => remove(context, id, directory, FORMATS)) : []),
  ];
  const without = missing.map(({ id, nothing }) => ({ kind: id, why: nothing.why, hint: nothing.hint }));
  print(context, { written, removed, nothing: without }, () => {
    if (context.quiet) return '';
    const rows = [
      ...written.map(({ kind, path, devices }) => [kind, String(devices.length), path]),
      ...without.map(({ kind, why }) => [kind, '0', why]),
    ];
    const gone = removed.map((path) => `removed ${path}\n`).join('');
    return `${table(context.stdout, ['KIND', 'DEVICES', 'SPEC'], rows)}${gone}`;
  });
}

function write(context: Context, spec: GeneratedSpec['spec'], directory: string, format: string): string {
  const path = join(directory, `${generateNameForSpec(spec)}.${format}`);
  const what = `write spec ${quote(path)}`;
  validateSpec(spec, { what, path });
  const text = format === 'json' ? specJson(spec) : specYaml(spec);
  if (isWritten(context, path, text)) return path;
  const failure = context.host.makeDirectory(directory) ?? context.host.writeFile(path, text, SPEC_MODE);
  if (failure === undefined) return path;
  throw refused(what, path, failure);
}

/** Nobody who watches the directory is woken for nothing. */
function isWritten({ host }: Context, path: string, text: string): boolean {
  const file = host.readFile(path, Math.max(text.length * 4, 1));
  return !failed(file) && host.text(file) === text && host.fileInfo(file).mode === SPEC_MODE;
}

/** @returns the paths of the files that were there */
function remove({ host }: Context, id: string, directory: string, formats: readonly string[]): string[] {
  return formats.flatMap((format) => {
    const path = join(directory, `${generateSpecName(VENDOR, id)}.${format}`);
    const failure = host.remove(path);
    if (failure === undefined) return [path];
    if (failure.errno === 'ENOENT') return [];
    throw refused(`remove spec ${quote(path)}`, path, failure);
  });
}

function refused(what: string, path: string, { errno }: Failure): CdiError {
  return new CdiError('CANNOT_WRITE', { what, path, why: `it was refused (${errno})`, hint: 'run it as root' });
}

function tell(context: Context, missing: readonly NothingToGenerate[]): void {
  if (context.quiet) return;
  for (const { id, nothing } of missing) {
    context.stderr.write(`cdictl: cannot generate ${id}: ${nothing.why}; ${nothing.hint}\n`);
  }
}
