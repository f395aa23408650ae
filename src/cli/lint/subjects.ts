// Spec files together, as rules see them: among each other, and among those of the host.
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseQualifier } from '../../cdi/device-name.ts';
import { Trust } from '../../host/trust.ts';
import { indexDevices } from '../../registry/device-index.ts';
import { isSpecName } from '../../registry/scan.ts';
import type { SpecFile } from '../../registry/spec-file.ts';
import { cleanPath } from '../../text/path.ts';
import type { Context } from '../command.ts';
import { loadSpecView } from '../look.ts';
import type { LintSubject, Machine } from './rule.ts';
import type { SpecText } from './spec-text.ts';

/** The host as the settings and the command line say. */
export function makeMachine(context: Context): Machine {
  const { hookEnv } = context.settings().settings.trust;
  return { host: context.host, trust: new Trust(context.host), look: loadSpecView(context), hookEnv };
}

/** @param machine undefined: only the files themselves count */
export function makeSubjects(specs: readonly SpecText[], machine: Machine | undefined): readonly LintSubject[] {
  const placed = specs.map((spec) => ({ ...spec, file: spec.file && findScannedPath(spec.file, machine) }));
  // What the host's own directories hold besides counts as well there.
  const conflicts = new Map([...findConflicts(placed), ...(machine?.look.index.conflicts ?? [])]);
  return placed.map((spec) => ({ ...spec, conflicts, machine }));
}

/** A file of a spec directory by the name of that directory, however the file itself was named. */
function findScannedPath(file: string, machine: Machine | undefined): string {
  const directories = (machine?.look.directories ?? []).map(cleanPath);
  const own = dirname(file);
  const directory = directories.includes(own) ? own : directories.findLast((one) => isSame(one, own));
  return directory === undefined ? file : join(directory, file.slice(own.length));
}

function isSame(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}

/** Files of one directory have one priority, whichever it is. */
function findConflicts(specs: readonly SpecText[]): ReadonlyMap<string, readonly string[]> {
  const directories: string[] = [];
  const files = specs.flatMap(({ file, spec, faults }): SpecFile[] => {
    if (file === undefined || spec === undefined || faults.length > 0 || !isSpecName(file)) return [];
    const directory = dirname(file);
    if (!directories.includes(directory)) directories.push(directory);
    return [{ path: file, priority: directories.indexOf(directory), ...parseQualifier(spec.kind), spec }];
  });
  return indexDevices(files).conflicts;
}
