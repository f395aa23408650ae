// Podman's containers by the runtime that each was made with: only Podman itself can read its database.
import type { EngineConfig } from '../engines/engine.ts';
import { isObject, jsonAt } from '../engines/json-file.ts';
import type { NeededRuntime, NeedyContainer, NeedyContainers } from './engine-containers.ts';
import type { EnginePlace } from './engine-place.ts';
import { ask, findProgram } from './engine-program.ts';

export async function podmanContainers(
  { root }: EnginePlace,
  _config: EngineConfig,
  runtime: NeededRuntime,
): Promise<NeedyContainers> {
  if (root !== '') return unsure('the podman of another root is not started');
  const program = findProgram('podman');
  if (program === undefined) return unsure('podman is not installed');
  const list = await ask(program, ['container', 'ls', '--all', '--quiet', '--no-trunc']);
  if (list.status !== 0) return unsure('podman does not list them');
  const ids = list.stdout.split('\n').filter((id) => id !== '');
  if (ids.length === 0) return { containers: [], unsure: undefined };
  // those that are removed meanwhile make it fail, but not silent about the others
  const { stdout } = await ask(program, ['container', 'inspect', ...ids]);
  const details = parsed(stdout);
  if (details === undefined) return unsure('podman does not tell what they are');
  const containers = details.flatMap((container): NeedyContainer[] => {
    if (![runtime.name, runtime.path].includes(String(container['OCIRuntime']))) return [];
    const running = jsonAt(container, ['State', 'Running']) === true || jsonAt(container, ['State', 'Paused']) === true;
    return [{ id: String(container['Id']), name: String(container['Name']), running }];
  });
  return { containers, unsure: undefined };
}

function unsure(why: string): NeedyContainers {
  return { containers: [], unsure: why };
}

function parsed(text: string): { readonly [key: string]: unknown }[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isObject) : undefined;
  } catch {
    return undefined;
  }
}
