// CRI-O's pods by their handler, which CRI-O keeps in the annotations of the sandbox.
import type { EngineConfig } from '../engines/engine.ts';
import { isObject, jsonAt } from '../engines/json-file.ts';
import { parseToml, stringAt } from '../engines/toml-file.ts';
import type { NeededRuntime, NeedyContainer, NeedyContainers } from './engine-containers.ts';
import type { EnginePlace } from './engine-place.ts';
import { folderEntries, jsonOf } from './folder-entries.ts';
import { inRoot } from './host-root.ts';

const HANDLER = 'io.kubernetes.cri-o.RuntimeHandler';

/** Sandboxes stand for their pods: none of a pod's containers has another runtime. */
export function crioContainers({ root }: EnginePlace, config: EngineConfig, runtime: NeededRuntime): NeedyContainers {
  const storage = storageRoot(config);
  const drivers = folderEntries(inRoot(root, storage));
  const folders = drivers.names.filter((name) => name.endsWith('-containers')).map((name) => `${storage}/${name}`);
  const containers = folders.flatMap((folder) =>
    folderEntries(inRoot(root, folder)).names.flatMap((id): NeedyContainer[] => {
      const spec = jsonOf(inRoot(root, `${folder}/${id}/userdata/config.json`));
      const annotations = isObject(spec) ? jsonAt(spec, ['annotations']) : undefined;
      if (!isObject(annotations) || annotations[HANDLER] !== runtime.name) return [];
      const [namespace, pod] = ['namespace', 'name'].map((part) => annotations[`io.kubernetes.pod.${part}`]);
      return [{ id, name: pod === undefined ? id : `${namespace}/${pod}`, running: undefined }];
    }),
  );
  const unsure = drivers.errno === undefined ? undefined : `${storage} cannot be read (${drivers.errno})`;
  return { containers, unsure };
}

function storageRoot({ texts }: EngineConfig): string {
  const said = [...texts.values()].map((text) => stringAt(parseToml(text), ['crio', 'root'])).filter(Boolean);
  return said.at(-1) ?? '/var/lib/containers/storage';
}
