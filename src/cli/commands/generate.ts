// cdictl generate: specs for devices that this host has.
import { join, resolve } from 'node:path';
import { generateNameForSpec, generateSpecName } from '../../cdi/spec-names.ts';
import { validateSpec } from '../../cdi/validate.ts';
import { writeSpecJson, writeSpecYaml } from '../../cdi/write-spec.ts';
import { createDeviceTree } from '../../generate/device-tree.ts';
import { type GeneratedSpec, generateSpec, type NothingToGenerate, VENDOR } from '../../generate/generate-spec.ts';
import { GENERATOR_IDS } from '../../generate/generator.ts';
import { GENERATORS } from '../../generate/generators.ts';
import { type Failure, isFailure } from '../../host/host.ts';
import { CdiError } from '../../text/error.ts';
import { suggestNearest } from '../../text/nearest.ts';
import { quote } from '../../text/quote.ts';
import type { Arguments, Context, Run } from '../command.ts';
import { readHostRoot, resolveInRoot } from '../files/host-root.ts';
import { print } from '../print.ts';
import { layOutTable } from '../terminal/table.ts';
import { UsageError } from '../usage-error.ts';

const ALL = 'all';
/** Specs are no secret, and engines of other users read them too. */
const SPEC_MODE = 0o644;

const FORMATS = ['yaml', 'json'];

/**
 * Writes or prints the specs. A kind that was asked for by name and is not there is a failure; `all` asks for what there
 * is, be it nothing, and takes away the specs of kinds that are there no more; so does `--skip-missing` for some.
 */
export const run: Run = (context, given) => {
  const isAll = given.operands.includes(ALL) || given.flag('skip-missing');
  const tree = createDeviceTree(context.host, readHostRoot(given));
  const results = chooseGenerators(given.operands).map((generator) => generateSpec(generator, tree));
  const found = results.filter((result): result is GeneratedSpec => 'spec' in result);
  const missing = results.filter((result): result is NothingToGenerate => 'nothing' in result);
  const format = given.value('format') ?? 'yaml';
  if (given.flag('print')) {
    for (const { spec } of found) context.stdout.write(format === 'json' ? writeSpecJson(spec) : writeSpecYaml(spec));
  } else report(context, found, missing, { directory: chooseDirectory(context, given), format, isAll });
  const hasFailed = !isAll && missing.length > 0;
  if (hasFailed) tell(context, missing);
  return hasFailed ? 1 : 0;
};

function chooseGenerators(kinds: readonly string[]): typeof GENERATORS {
  const known: readonly string[] = GENERATOR_IDS;
  for (const kind of kinds) {
    if (kind === ALL || known.includes(kind)) continue;
    const near = suggestNearest(kind, [...known, ALL]);
    throw new UsageError(`kind ${quote(kind)} is none of ${[...known, ALL].join(', ')}`, near);
  }
  return GENERATORS.filter(({ id }) => kinds.includes(ALL) || kinds.includes(id));
}

function chooseDirectory(context: Context, given: Arguments): string {
  const named = given.value('output-dir');
  if (named !== undefined) return resolve(named);
  const directory = context.specDirs().at(-1) ?? '/var/run/cdi';
  const root = readHostRoot(given);
  return root === '' ? directory : resolveInRoot(root, directory);
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
    return `${layOutTable(context.stdout, ['KIND', 'DEVICES', 'SPEC'], rows)}${gone}`;
  });
}

function write(context: Context, spec: GeneratedSpec['spec'], directory: string, format: string): string {
  const path = join(directory, `${generateNameForSpec(spec)}.${format}`);
  const what = `write spec ${quote(path)}`;
  validateSpec(spec, { what, path });
  const text = format === 'json' ? writeSpecJson(spec) : writeSpecYaml(spec);
  if (isWritten(context, path, text)) return path;
  const failure = context.host.makeDirectory(directory) ?? context.host.writeFile(path, text, SPEC_MODE);
  if (failure === undefined) return path;
  throw makeWriteError(what, path, failure);
}

/** No one who watches the directory is woken for nothing. */
function isWritten({ host }: Context, path: string, text: string): boolean {
  const file = host.readFile(path, Math.max(text.length * 4, 1));
  return !isFailure(file) && host.text(file) === text && host.fileInfo(file).mode === SPEC_MODE;
}

/** @returns the paths of the files that were there */
function remove({ host }: Context, id: string, directory: string, formats: readonly string[]): string[] {
  return formats.flatMap((format) => {
    const path = join(directory, `${generateSpecName(VENDOR, id)}.${format}`);
    const failure = host.remove(path);
    if (failure === undefined) return [path];
    if (failure.errno === 'ENOENT') return [];
    throw makeWriteError(`remove spec ${quote(path)}`, path, failure);
  });
}

function makeWriteError(what: string, path: string, { errno }: Failure): CdiError {
  return new CdiError('CANNOT_WRITE', { what, path, why: `it was refused (${errno})`, hint: 'run it as root' });
}

function tell(context: Context, missing: readonly NothingToGenerate[]): void {
  if (context.quiet) return;
  for (const { id, nothing } of missing) {
    context.stderr.write(`cdictl: cannot generate ${id}: ${nothing.why}; ${nothing.hint}\n`);
  }
}
