// What containerd's files wire: the runtimes of the CRI plugin, and which of them is the default.
import { quote } from '../text/quote.ts';
import type { ContainerdConfig, LoadedFile } from './containerd-config.ts';
import { BUILT_IN, binaryOf, defaultRuntimeOf, runtimeAt, runtimePath } from './containerd-runtime.ts';
import type { DefaultRuntime, NamedRuntime, Wiring } from './engine.ts';
import { isOurs, realRuntime } from './pinned-link.ts';
import { stringsAt, tableAt, tomlAt } from './toml-file.ts';

export function readWiring(loaded: ContainerdConfig): Wiring {
  const { files, cri, effective } = loaded;
  const runtimes = Object.keys(tableAt(effective, ['containerd', 'runtimes']) ?? {}).map((name): NamedRuntime => {
    const path = binaryOf(runtimeAt(effective, name));
    const file = files.findLast(({ table }) => tomlAt(table, [...cri, ...runtimePath(name)]) !== undefined);
    return { name, path, file: file?.path ?? '', ours: isOurs(path) };
  });
  return { runtimes, defaultRuntime: readDefault(loaded), warnings: warningsOf(files) };
}

function readDefault(loaded: ContainerdConfig): DefaultRuntime {
  const { name, table } = defaultRuntimeOf(loaded);
  const path = binaryOf(table);
  const real = path === undefined ? undefined : realRuntime(path);
  return { name, path, ours: isOurs(path), candidates: [real ?? BUILT_IN] };
}

function warningsOf(files: readonly LoadedFile[]): string[] {
  const isCri = (id: string): boolean => /^(?:cri|io\.containerd\.grpc\.v1\.cri|io\.containerd\.cri\.v1\..*)$/.test(id);
  const file = files.find(({ table }) => stringsAt(table, ['disabled_plugins']).some(isCri));
  if (file === undefined) return [];
  return [`${quote(file.path)} disables the CRI plugin in disabled_plugins: Kubernetes does not see the runtime`];
}
