// Containers of an engine, running or stopped, that cannot live without our runtime.
import type { EngineConfig, EngineId } from '../engines/engine.ts';
import { containerdContainers } from './engine-containers-containerd.ts';
import { crioContainers } from './engine-containers-crio.ts';
import { dockerContainers } from './engine-containers-docker.ts';
import { podmanContainers } from './engine-containers-podman.ts';
import type { EnginePlace } from './engine-place.ts';

export interface NeedyContainer {
  readonly id: string;
  /** as a person knows it */
  readonly name: string;
  /** undefined: it cannot be told */
  readonly running: boolean | undefined;
}

/** The runtime as the engine knows it, and its binary, which is a link of ours. */
export interface NeededRuntime {
  readonly name: string;
  readonly path: string;
  /** whether the link goes with the runtime: nothing else calls it */
  readonly linkGoes: boolean;
}

export interface NeedyContainers {
  readonly containers: readonly NeedyContainer[];
  /** why they may not be all; undefined where they are */
  readonly unsure: string | undefined;
}

export async function needyContainers(
  place: EnginePlace,
  config: EngineConfig,
  runtime: NeededRuntime,
): Promise<NeedyContainers> {
  return await OF_ENGINE[place.engine.id](place, config, runtime);
}

const OF_ENGINE: {
  readonly [id in EngineId]: (
    place: EnginePlace,
    config: EngineConfig,
    runtime: NeededRuntime,
  ) => NeedyContainers | Promise<NeedyContainers>;
} = {
  docker: dockerContainers,
  containerd: containerdContainers,
  crio: crioContainers,
  podman: podmanContainers,
};
