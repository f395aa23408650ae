// Container edits into a document: every kind in Go's order.
import type { ContainerEdits, Hook } from '../cdi/spec.ts';
import type { DeviceLookup } from './device-lookup.ts';
import { applyDeviceNodes } from './device-node.ts';
import type { Change, Draft } from './draft.ts';
import { applyEnv } from './env.ts';
import { applyGids } from './gids.ts';
import { applyHooks } from './hook.ts';
import { applyIntelRdt } from './intel-rdt.ts';
import type { Mode } from './mode.ts';
import { applyMounts } from './mount.ts';
import { applyNetDevices } from './net-device.ts';

type Apply = <N>(draft: Draft<N>, edits: ContainerEdits, lookup: DeviceLookup, mode: Mode) => void;

/** A kind that is missing here does not compile; the order is Go's ContainerEdits.Apply. */
const KINDS: Readonly<Record<keyof ContainerEdits, Apply>> = {
  env: (draft, edits) => applyEnv(draft, edits.env),
  deviceNodes: (draft, edits, lookup, mode) => applyDeviceNodes(draft, edits.deviceNodes, lookup, mode),
  netDevices: (draft, edits) => applyNetDevices(draft, edits.netDevices),
  mounts: (draft, edits, _, mode) => applyMounts(draft, edits.mounts, mode),
  hooks: (draft, edits, _, mode) => applyHooks(draft, edits.hooks, mode),
  intelRdt: (draft, edits) => applyIntelRdt(draft, edits.intelRdt),
  additionalGids: (draft, edits) => applyGids(draft, edits.additionalGids),
};

/**
 * Plans the changes that edits make to a runtime-spec document; the document is not touched.
 *
 * @param draft of the document, without changes so far
 * @throws {CdiError} BAD_BUNDLE for a document that cannot take them, BAD_DEVICE_NODE for a node that the
 *   host does not have
 * @see CDI SPEC "OCI Edits"; Go ContainerEdits.Apply
 */
export function planEdits<N>(
  draft: Draft<N>,
  edits: ContainerEdits,
  lookup: DeviceLookup,
  mode: Mode,
): readonly Change<N>[] {
  for (const apply of Object.values(KINDS)) apply(draft, edits, lookup, mode);
  return draft.changes();
}

/** Joins edits in order; of several Intel RDT settings the last one counts, as in Go's Append. */
export function joinEdits(list: readonly (ContainerEdits | undefined)[]): ContainerEdits {
  const present = list.filter((edits) => edits !== undefined);
  const all = <T>(pick: (edits: ContainerEdits) => readonly T[] | undefined): T[] =>
    present.flatMap((edits) => pick(edits) ?? []);
  return {
    env: all((edits) => edits.env),
    deviceNodes: all((edits) => edits.deviceNodes),
    netDevices: all((edits) => edits.netDevices),
    hooks: all((edits) => edits.hooks),
    mounts: all((edits) => edits.mounts),
    intelRdt: present.findLast((edits) => edits.intelRdt !== undefined)?.intelRdt,
    additionalGids: all((edits) => edits.additionalGids),
  };
}

/**
 * Gives hooks without env, which run outside the container, a minimal one: runtimes differ in what they let
 * such a hook inherit, the container's environment included.
 */
export function withHookEnv(edits: ContainerEdits, env: readonly string[]): ContainerEdits {
  const complete = (hook: Hook): Hook =>
    hook.hookName === 'startContainer' || (hook.env !== undefined && hook.env.length > 0) ? hook : { ...hook, env };
  return edits.hooks === undefined ? edits : { ...edits, hooks: edits.hooks.map(complete) };
}
