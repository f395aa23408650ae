// A bundle that a command line names, planned by the code of the shim.
import { join, resolve } from 'node:path';
import type { Audit } from '../../runtime/audit.ts';
import { mayRequest, type PlannedBundle, planBundle, planCall } from '../../runtime/inject-bundle.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Context } from '../command.ts';
import { type Document, readDocument } from './document.ts';

export interface Bundle {
  /** absolute */
  readonly directory: string;
  /** its document */
  readonly config: string;
  readonly settings: Settings;
}

export function makeBundle(directory: string, settings: Settings): Bundle {
  const absolute = resolve(directory);
  return { directory: absolute, config: join(absolute, 'config.json'), settings };
}

/** The settings as the command line has them. */
export function getSettings(context: Context): Settings {
  return { ...context.settings().settings, specDirs: context.specDirs() };
}

/**
 * What the shim makes of a bundle.
 *
 * @param audit for what is to be done and recorded, too
 * @param id of the container, where it is known: what it has already keeps it from nothing
 * @returns undefined where it starts the runtime without a plan, since nothing in the document can be a request
 * @throws {CdiError} as `planBundle`
 */
export function getPlan(
  { host }: Context,
  { directory, config, settings }: Bundle,
  audit?: Audit,
  id?: string,
): PlannedBundle | undefined {
  if (!mayRequest(host, config, settings.requests)) return undefined;
  const runtime = getRuntimePath(settings);
  return audit === undefined
    ? planBundle(host, config, settings, runtime, { command: 'create', bundle: directory, ...(id && { id }) })
    : planCall(host, audit, config, settings, runtime);
}

/** A name is looked for by the shim alone: only a path is known here. */
export function getRuntimePath({ runtime }: Settings): string | undefined {
  return runtime.startsWith('/') ? runtime : undefined;
}

/** @throws {CdiError} CANNOT_READ; BAD_JSON for what the real runtime would refuse */
export function readBundleDocument(context: Context, { config }: Bundle, planned: PlannedBundle | undefined): Document {
  if (planned === undefined) return readDocument(context, config);
  // As the tree has it: bytes that are no UTF-8 are not lost.
  const { tree, file } = planned;
  return { path: config, text: tree.slice(0, file.size), tree };
}
