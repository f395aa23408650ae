// A container, whoever made it: what people call it, where its document is, and which process it is while it runs.
import type { ContainerState } from '../../oci/state-file.ts';

/**
 * Who made a container, as the words of a command line name it; `oci`: whoever called a runtime by itself; `user`: an
 * ordinary user who is not this one, whose word for an engine counts for nothing.
 */
export const MAKERS = ['docker', 'podman', 'ctr', 'cri', 'oci', 'user'] as const;
export type Maker = (typeof MAKERS)[number];

export interface Container {
  readonly maker: Maker;
  readonly id: string;
  /** among those of its maker, as people write it: `web`, `moby/4f1c`, `ml/train-0/main`, `1000/web` */
  readonly name: string;
  /** absolute; undefined where its engine has none, as docker of one that does not run */
  readonly bundle: string | undefined;
  /** undefined: it does not run */
  readonly state: ContainerState | undefined;
  /** its config.json as it is now */
  readonly config: { readonly text: string; readonly value: unknown } | undefined;
  /** what asks for devices, where the engine keeps that and there is no config.json */
  readonly kept: { readonly path: string; readonly document: object } | undefined;
  /** devices that its engine itself was told to inject, as far as the engine keeps that */
  readonly ordered: readonly string[];
}

/** What `explain` takes for it. */
export function writeHandle({ maker, name }: Pick<Container, 'maker' | 'name'>): string {
  return `${maker}:${name}`;
}
