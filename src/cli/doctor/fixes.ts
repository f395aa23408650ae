// What cdictl doctor --fix may do: what is ours, can be made again, and can be taken back.
import { basename } from 'node:path';
import { generateNameForSpec } from '../../cdi/spec-names.ts';
import { validateSpec } from '../../cdi/validate.ts';
import { writeSpecYaml } from '../../cdi/write-spec.ts';
import { createDeviceTree } from '../../generate/device-tree.ts';
import { generateSpec, VENDOR } from '../../generate/generate-spec.ts';
import { GENERATORS } from '../../generate/generators.ts';
import { isFailure } from '../../host/host.ts';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import { readText } from './file-text.ts';
import { findHardware } from './hardware.ts';
import type { HostView } from './host-view.ts';

/** Paths are those of the host; null stands for no file. */
export type FixChange =
  | { readonly kind: 'text'; readonly path: string; readonly before: string | null; readonly after: string | null }
  | { readonly kind: 'mode'; readonly path: string; readonly before: number; readonly after: number };

export interface Fix {
  /** what it does, a clause */
  readonly title: string;
  readonly change: FixChange;
}

export function findFixes(view: HostView): readonly Fix[] {
  return [...makeMissingSpecs(view), ...removeDoubles(view), ...closeFolders(view)];
}

/** Specs that cdictl makes, for hardware that no spec has. A file that is there already is somebody's. */
function makeMissingSpecs(view: HostView): readonly Fix[] {
  const { host, specDirs } = view;
  if (view.specs instanceof CdiError) return [];
  const bare = findHardware(view).flatMap(({ kind, isCovered }) => (isCovered ? [] : [kind.generator]));
  const tree = createDeviceTree(host);
  return GENERATORS.filter(({ id }) => bare.includes(id)).flatMap((generator): Fix[] => {
    const made = generateSpec(generator, tree);
    if ('nothing' in made) return [];
    const path = `${specDirs.at(-1) ?? '/var/run/cdi'}/${generateNameForSpec(made.spec)}.yaml`;
    validateSpec(made.spec, { what: `write spec ${quote(path)}`, path });
    if (!isFailure(host.pathInfo(path))) return [];
    const change = { kind: 'text', path, before: null, after: writeSpecYaml(made.spec) } as const;
    return [{ title: `make a spec for ${generator.about}: ${quote(path)}`, change }];
  });
}

/** Of a spec of ours in both formats no device resolves: the one that is not written by default goes. */
function removeDoubles({ host, specs }: HostView): readonly Fix[] {
  if (specs instanceof CdiError) return [];
  const ours = specs.look.scan.specs.filter(
    ({ vendor, path, spec }) => vendor === VENDOR && basename(path).startsWith(`${generateNameForSpec(spec)}.`),
  );
  return ours.flatMap(({ path }): Fix[] => {
    const better = ours.find((other) => path === other.path.replace(/\.yaml$/, '.json') && path !== other.path);
    const before = readText(host, path);
    if (better === undefined || before === undefined) return [];
    const title = `remove ${quote(path)}: ${quote(better.path)} defines the same`;
    return [{ title, change: { kind: 'text', path, before, after: null } }];
  });
}

const OUR_FOLDERS = ['/etc/cdi-runtime', '/etc/cdi-runtime/config.d', '/var/lib/cdi-runtime', '/var/log/cdi-runtime'];
const WRITABLE_BY_OTHERS = 0o022;

/** Folders of ours that others than their owner can write. */
function closeFolders({ host }: HostView): readonly Fix[] {
  return OUR_FOLDERS.flatMap((path): Fix[] => {
    const info = host.pathInfo(path);
    if (isFailure(info) || info.kind !== 'directory' || (info.mode & WRITABLE_BY_OTHERS) === 0) return [];
    const after = info.mode & ~WRITABLE_BY_OTHERS;
    const title = `let no one but its owner write to ${quote(path)} (mode 0${after.toString(8)})`;
    return [{ title, change: { kind: 'mode', path, before: info.mode, after } }];
  });
}
