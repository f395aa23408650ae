// What the spec directories hold, seen as the shim sees them: with its limits and its trust.
import { SpecSources } from '../inject/spec-sources.ts';
import { type DeviceIndex, indexDevices } from '../registry/device-index.ts';
import { makeConflictError } from '../registry/resolve.ts';
import { explainStop, type Scan, scanSpecs } from '../registry/scan.ts';
import type { CdiError } from '../text/error.ts';
import type { OrderedJson } from '../text/json.ts';
import { quoteList } from '../text/quote.ts';
import type { Context, ExitCode } from './command.ts';
import { listConflicts, makeConflictMessage } from './conflicts.ts';
import { showProgress } from './terminal/progress.ts';

export interface SpecView {
  readonly directories: readonly string[];
  readonly scan: Scan;
  readonly index: DeviceIndex;
  readonly sources: SpecSources;
  /** what is wrong, by file: those that do not load, and those that are in conflict */
  readonly errors: readonly CdiError[];
}

/** Loads every spec. */
export function loadSpecView(context: Context): SpecView {
  const { limits, trust } = context.settings().settings;
  const directories = context.specDirs();
  const sources = new SpecSources(context.host, limits, trust.owner);
  const scan = scanAll(context, directories, sources);
  const index = indexDevices(scan.specs);
  const conflicts = [...index.conflicts].flatMap(([name, files]) =>
    files.map((path) => makeConflictError(name, files, path)),
  );
  return { directories, scan, index, sources, errors: [...scan.errors.values(), ...conflicts] };
}

function scanAll(context: Context, directories: readonly string[], sources: SpecSources): Scan {
  const way = sources.every();
  const tell = showProgress(context, 'loading specs');
  let count = 0;
  try {
    return scanSpecs(directories, context.settings().settings.limits, {
      list: way.list,
      load: (path, priority) => {
        tell(`${++count} files`);
        return way.load(path, priority);
      },
    });
  } finally {
    tell();
  }
}

/** Says on stderr what a list leaves out, and why it is empty where it is: none of it is part of the list. */
export function reportTrouble(context: Context, { errors, scan, index, directories }: SpecView): void {
  if (context.quiet) return;
  const { stderr } = context;
  if (scan.stopped !== undefined) stderr.write(`cdictl: ${explainStop(scan.stopped)}\n`);
  for (const { code, message } of errors) if (code !== 'DEVICE_CONFLICT') stderr.write(`cdictl: ${message}\n`);
  for (const conflict of listConflicts(index)) {
    stderr.write(`cdictl: ${makeConflictMessage(conflict)}\n`);
  }
  const isEmpty = scan.specs.length === 0 && errors.length === 0 && scan.stopped === undefined;
  if (isEmpty) stderr.write(`cdictl: no specs in ${quoteList(directories)}\n`);
}

/** Of a list: a directory that cannot be read hides what is in it, a spec in error only itself. */
export function listStatus({ scan }: SpecView): ExitCode {
  return scan.stopped === undefined ? 0 : 1;
}

/** What is wrong, as programs get it beside a list. */
export function encodeTrouble({ errors, scan: { stopped } }: SpecView): {
  readonly [key: string]: OrderedJson | undefined;
} {
  const directory = stopped && { path: stopped.directory, errno: stopped.errno, message: explainStop(stopped) };
  return { errors: errors.map(encodeError), stopped: directory };
}

/** An error as programs get it. */
export type ErrorData = {
  readonly code: string;
  readonly message: string;
  readonly path: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly hint: string | undefined;
};

export function encodeError({ code, message, path, line, column, hint }: CdiError): ErrorData {
  return { code, message, path, line, column, hint };
}
