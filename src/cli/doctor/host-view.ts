// What checks see of a host: its files, its settings, its specs and what is wrong with them, and a few facts of Node's.
import { type Host, isFailure, type SpecHost } from '../../host/host.ts';
import { Trust } from '../../host/trust.ts';
import { isSpecName } from '../../registry/scan.ts';
import type { LoadedSettings } from '../../settings/combine.ts';
import type { Settings } from '../../settings/settings.ts';
import { CdiError } from '../../text/error.ts';
import type { Context } from '../command.ts';
import type { CdiReaderStatus } from '../engine/cdi-readers.ts';
import type { EngineStatus } from '../engine/status.ts';
import type { Finding } from '../lint/finding.ts';
import { lintSpec } from '../lint/rules.ts';
import { readSpecs } from '../lint/spec-operands.ts';
import { makeMachine, makeSubjects } from '../lint/subjects.ts';
import { loadSpecView, type SpecView } from '../look.ts';
import { mapWithProgress } from '../terminal/progress.ts';

export interface HostView {
  /** paths are those of the host that is looked at */
  readonly host: SpecHost;
  /** where its `/` is; empty for this host */
  readonly root: string;
  readonly trust: Trust;
  /** what was read, or why it cannot be */
  readonly loaded: LoadedSettings | CdiError;
  /** the defaults where they cannot be read */
  readonly settings: Settings;
  readonly specDirs: readonly string[];
  /** what the spec directories hold, or why they cannot be looked at */
  readonly specs: { readonly look: SpecView; readonly findings: readonly Finding[] } | CdiError;
  /** what others than the shim see in directories: whoever could have written it */
  look(directories: readonly string[]): SpecView;
  /** where the shim is to be */
  readonly shimPath: string;
  /** of this cdictl */
  readonly version: string;
  readonly system: System;
}

/** What the port `Host` has no question for. */
export interface System {
  /** as Node calls it: `x64`, `arm64` */
  readonly architecture: string;
  /** bytes that an ordinary user may still write to the file system of a path; undefined where no one can say */
  room(path: string): number | undefined;
  /** whether this process may write into a directory or to a file */
  mayWrite(path: string): boolean;
  /** bytes of a file, as far as they are needed; undefined where it cannot be read */
  bytes(path: string): Uint8Array | undefined;
  /** the first line that a program prints; undefined where it fails, or takes too long */
  firstLine(program: string, args: readonly string[]): Promise<string | undefined>;
  /** the text of the kernel's configuration, where it is kept */
  kernelConfig(): string | undefined;
  /** bytes of the shim that this cdictl installs; undefined where it has none with it */
  packagedShim(): Uint8Array | undefined;
  /** of who runs this; undefined where the id has none */
  userName(): string | undefined;
  /** how the engines are wired */
  engines(): Promise<readonly EngineStatus[]>;
  /** who reads specs by himself */
  cdiReaders(): Promise<readonly CdiReaderStatus[]>;
}

export interface HostViewOptions {
  readonly host: SpecHost;
  readonly root: string;
  readonly loaded: LoadedSettings | CdiError;
  readonly settings: Settings;
  /** those of the command line; undefined: those of the settings */
  readonly specDirs: readonly string[] | undefined;
  readonly shimPath: string;
  readonly system: System;
}

/** The specs are read when they are first asked for. */
export function createHostView(context: Context, options: HostViewOptions): HostView {
  const { host, loaded, settings } = options;
  const specDirs = options.specDirs ?? settings.specDirs;
  let specs: HostView['specs'] | undefined;
  return {
    ...options,
    specDirs,
    trust: new Trust(host),
    version: context.version,
    look: (directories) => {
      const open = { ...settings, trust: { ...settings.trust, owner: 'off' as const } };
      const all = { settings: open, files: [] };
      return loadSpecView({ ...context, host, settings: () => all, specDirs: () => directories });
    },
    get specs() {
      const files = loaded instanceof CdiError ? [] : loaded.files;
      specs ??= examineSpecs({ ...context, host, settings: () => ({ settings, files }), specDirs: () => specDirs });
      return specs;
    },
  };
}

function examineSpecs(context: Context): HostView['specs'] {
  try {
    const machine = makeMachine(context);
    const subjects = makeSubjects(readSpecs(context, [], isSpecName).specs, machine);
    const findings = mapWithProgress(context, 'looking at specs', subjects, (subject) => lintSpec(subject));
    return { look: machine.look, findings: findings.flat() };
  } catch (error) {
    if (error instanceof CdiError) return error;
    throw error;
  }
}

const LARGEST = 1024 * 1024;

/** undefined where it cannot be read. */
export function readText(host: Host, path: string): string | undefined {
  const file = host.readFile(path, LARGEST);
  return isFailure(file) ? undefined : host.text(file);
}
