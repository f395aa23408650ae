// Containers that would lose a device once another runtime is an engine's default: those that ask by their environment.
import { Draft } from '../../edits/draft.ts';
import type { EngineConfig, EngineId } from '../../engines/engine.ts';
import { isDefaultLink } from '../../engines/pinned-link.ts';
import { readRequests } from '../../requests/read-requests.ts';
import type { Settings } from '../../settings/settings.ts';
import { CdiError } from '../../text/error.ts';
import { valueReader } from '../../text/json.ts';
import { findNeedyContainers, type NeedyContainer, type NeedyContainers, NO_CONTAINERS } from './containers.ts';
import type { EnginePlace } from './place.ts';

/** Their default runtime is that of pods, whose environment counts only where the settings say so. */
const OF_PODS: readonly EngineId[] = ['containerd', 'crio'];

/** They keep the runtime that they were made with, by its name: what is made again in their place does not. */
export async function findLosingContainers(
  place: EnginePlace,
  config: EngineConfig,
  requests: Settings['requests'],
): Promise<NeedyContainers> {
  const { name, path, ours } = place.engine.read(config).defaultRuntime;
  const { enabled } = requests.env;
  const isHeard = enabled === true || (enabled === 'auto' && !OF_PODS.includes(place.engine.id));
  if (!isHeard || !ours || name === undefined || path === undefined || isDefaultLink(path)) return NO_CONTAINERS;
  const { containers, unsure } = await findNeedyContainers(place, config, { name, path, linkGoes: false });
  return { containers: containers.filter((container) => asksByEnvironment(container, requests)), unsure };
}

function asksByEnvironment({ document }: NeedyContainer, settings: Settings['requests']): boolean {
  try {
    const { requests } = readRequests(new Draft<unknown>(valueReader, document ?? {}), settings);
    return requests.some(({ source }) => source === 'env');
  } catch (error) {
    // one that asks for what is no device does not start
    if (error instanceof CdiError) return false;
    throw error;
  }
}
