// Docker's containers by the runtime that each was made with: the daemon keeps it in their hostconfig.json.
import { daemonJson } from '../engines/docker.ts';
import type { EngineConfig } from '../engines/engine.ts';
import { isObject, jsonAt } from '../engines/json-file.ts';
import type { NeededRuntime, NeedyContainer, NeedyContainers } from './engine-containers.ts';
import type { EnginePlace } from './engine-place.ts';
import { engineProcess, optionOf } from './engine-process.ts';
import { folderEntries, jsonOf } from './folder-entries.ts';
import { inRoot } from './host-root.ts';

export function dockerContainers(place: EnginePlace, config: EngineConfig, runtime: NeededRuntime): NeedyContainers {
  const folder = `${dataRoot(place, config)}/containers`;
  const { names, errno } = folderEntries(inRoot(place.root, folder));
  const containers = names.flatMap((id): NeedyContainer[] => {
    const own = (file: string): unknown => jsonOf(inRoot(place.root, `${folder}/${id}/${file}`));
    const hostConfig = own('hostconfig.json');
    if (!isObject(hostConfig) || hostConfig['Runtime'] !== runtime.name) return [];
    const container = own('config.v2.json');
    const name = isObject(container) ? String(container['Name'] ?? id).replace(/^\//, '') : id;
    const running = isObject(container) ? jsonAt(container, ['State', 'Running']) === true : undefined;
    return [{ id, name, running }];
  });
  return { containers, unsure: errno === undefined ? undefined : `${folder} cannot be read (${errno})` };
}

/** As the daemon was started, as its file says, or the usual place; `graph` is what it was called before. */
function dataRoot(place: EnginePlace, config: EngineConfig): string {
  const option = optionOf(engineProcess(place)?.args ?? [], ['--data-root', '-g', '--graph']);
  const object = daemonJson(config);
  const said = object['data-root'] ?? object['graph'];
  return option ?? (typeof said === 'string' && said !== '' ? said : '/var/lib/docker');
}
