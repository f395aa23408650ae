// A host in memory as the checks and fixes of cdictl doctor see one.
import assert from 'node:assert/strict';
import { readArguments } from '../../src/cli/arguments.ts';
import type { Context } from '../../src/cli/command.ts';
import { createHostView, type HostView, type System } from '../../src/cli/doctor/host-view.ts';
import { createCollectingTerminal } from '../../src/cli/terminal/terminal.ts';
import type { SpecHost } from '../../src/host/host.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';
import { CdiError } from '../../src/text/error.ts';
import { type MemoryEntry, type MemoryOptions, memoryHost } from '../host/memory-host.ts';
import { memorySpecHost } from '../support/spec-host.ts';

export const SHIM_PATH = '/usr/local/bin/cdi-runtime';

export interface MemoryHostOptions {
  readonly files?: Readonly<Record<string, MemoryEntry>>;
  readonly options?: MemoryOptions;
  readonly uid?: number;
  readonly system?: Partial<System>;
  readonly root?: string;
}

const NOTHING: System = {
  architecture: 'x64',
  room: () => undefined,
  mayWrite: () => true,
  bytes: () => undefined,
  firstLine: async () => undefined,
  kernelConfig: () => undefined,
  packagedShim: () => undefined,
  userName: () => undefined,
  engines: async () => [],
  cdiReaders: async () => [],
};

export function memoryView({ files = {}, options, uid = 0, system, root = '' }: MemoryHostOptions): HostView {
  const host: SpecHost = {
    ...memorySpecHost({}),
    ...memoryHost({ '/etc': { directory: true }, ...files }, options),
    ids: () => ({ uid, gid: uid }),
  };
  let loaded: ReturnType<typeof loadSettings> | CdiError;
  try {
    loaded = loadSettings(host);
  } catch (error) {
    loaded = error instanceof CdiError ? error : assert.fail(String(error));
  }
  const settings = loaded instanceof CdiError ? DEFAULT_SETTINGS : loaded.settings;
  return createHostView(contextOf(host), {
    host,
    root,
    loaded,
    settings,
    specDirs: undefined,
    shimPath: SHIM_PATH,
    system: { ...NOTHING, ...system },
  });
}

function contextOf(host: SpecHost): Context {
  const unasked = (): never => assert.fail('a check asks the command line');
  return {
    host,
    given: readArguments([], [], ''),
    commands: [],
    output: 'table',
    quiet: false,
    stdout: createCollectingTerminal(),
    stderr: createCollectingTerminal(),
    version: '1',
    settings: unasked,
    specDirs: unasked,
    stdin: unasked,
  };
}
