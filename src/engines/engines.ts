// The table of the engines that cdictl can configure.
import { containerd } from './containerd.ts';
import { crio } from './crio.ts';
import { docker } from './docker.ts';
import type { Engine, EngineId } from './engine.ts';
import { podman } from './podman.ts';

export const ENGINES: { readonly [id in EngineId]: Engine } = { docker, containerd, crio, podman };
