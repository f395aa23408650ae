// What the spec directories hold, seen as the shim sees them: with its limits and its trust.
import { SpecSources } from '../inject/spec-sources.ts';
import { type DeviceIndex, indexDevices } from '../registry/device-index.ts';
import { conflictError } from '../registry/resolve.ts';
import { type Scan, scanSpecs, stopReason } from '../registry/scan.ts';
import type { CdiError } from '../text/error.ts';
import type { OrderedJson } from '../text/json.ts';
import type { Context } from './context.ts';
import { progress } from './progress.ts';

export interface Look {
  readonly directories: readonly string[];
  readonly scan: Scan;
  readonly index: DeviceIndex;
  readonly sources: SpecSources;
  /** what is wrong, by file: those that do not load, and those that are in conflict */
  readonly errors: readonly CdiError[];
}

/** Loads every spec. */
export function look(context: Context): Look {
  const { limits, trust } = context.settings().settings;
  const directories = context.specDirs();
  const sources = new SpecSources(context.host, limits, trust.owner);
  const way = sources.every();
  const tell = progress(context, 'loading specs');
  let count = 0;
  const scan = scanSpecs(directories, limits, {
    list: way.list,
    load: (path, priority) => {
      tell(`${++count} files`);
      return way.load(path, priority);
    },
  });
  tell();
  const index = indexDevices(scan.specs);
  const conflicts = [...index.conflicts].flatMap(([name, files]) =>
    files.map((path) => conflictError(name, files, path)),
  );
  return { directories, scan, index, sources, errors: [...scan.errors.values(), ...conflicts] };
}

/** Says on stderr what a list leaves out: errors are no part of it. */
export function mention(context: Context, { errors, scan }: Look): void {
  if (context.quiet) return;
  const { stderr } = context;
  if (scan.stopped !== undefined) stderr.write(`cdictl: ${stopReason(scan.stopped)}\n`);
  // A conflict is the error of several files, and one message.
  for (const message of new Set(errors.map((error) => error.message))) stderr.write(`cdictl: ${message}\n`);
}

/** An error as programs get it. */
export function errorData({ code, message, path, line, column, hint }: CdiError): OrderedJson {
  return { code, message, path, line, column, hint };
}
