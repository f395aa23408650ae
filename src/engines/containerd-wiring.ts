// What containerd's files wire: the runtimes of the CRI plugin, and which of them is the default.
import { quote } from '../text/quote.ts';
import type { ContainerdConfig, LoadedFile } from './containerd-config.ts';
import { BUILT_IN, findDefaultRuntime, getRuntime, makeRuntimeKeys, readBinary } from './containerd-runtime.ts';
import type { DefaultRuntime, NamedRuntime, Wiring } from './engine.ts';
import { findRealRuntime, isOurs } from './pinned-link.ts';
import { getStrings, getTable, getToml } from './toml-file.ts';

export function readWiring(loaded: ContainerdConfig): Wiring {
  const { files, cri, effective } = loaded;
  const runtimes = Object.keys(getTable(effective, ['containerd', 'runtimes']) ?? {}).map((name): NamedRuntime => {
    const path = readBinary(getRuntime(effective, name));
    const file = files.findLast(({ table }) => getToml(table, [...cri, ...makeRuntimeKeys(name)]) !== undefined);
    return { name, path, file: file?.path ?? '', ours: isOurs(path) };
  });
  return { runtimes, defaultRuntime: readDefault(loaded), warnings: findWarnings(files) };
}

function readDefault(loaded: ContainerdConfig): DefaultRuntime {
  const { name, table } = findDefaultRuntime(loaded);
  const path = readBinary(table);
  const real = path === undefined ? undefined : findRealRuntime(path);
  return { name, path, ours: isOurs(path), candidates: [real ?? BUILT_IN] };
}

function findWarnings(files: readonly LoadedFile[]): string[] {
  const isCri = (id: string): boolean => /^(?:cri|io\.containerd\.grpc\.v1\.cri|io\.containerd\.cri\.v1\..*)$/.test(id);
  const file = files.find(({ table }) => getStrings(table, ['disabled_plugins']).some(isCri));
  if (file === undefined) return [];
  return [`${quote(file.path)} disables the CRI plugin in disabled_plugins: Kubernetes does not see the runtime`];
}
