// Who asks for which devices in a bundle's document.
import { qualifiedNameFault } from '../cdi/device-name.ts';
import type { Draft } from '../edits/draft.ts';
import { quote } from '../text/quote.ts';
import { badRequest } from './bad-request.ts';
import { type ContainerFacts, containerFacts } from './container-facts.ts';
import { fromAnnotations } from './from-annotations.ts';
import { fromEnv, isInKubernetes, readVariables } from './from-env.ts';
import { fromMounts } from './from-mounts.ts';
import { PRESETS } from './presets.ts';
import type { Asked, DeviceRequest, RequestOptions } from './request.ts';

/** What a document asks for, and what the engine says about it. */
export interface RequestsRead {
  /** in order, each device once: the first mention counts, and a required one before an optional one */
  readonly requests: readonly DeviceRequest[];
  readonly facts: ContainerFacts;
}

/** What a document holds that carries a request of an enabled source, as bytes to search for. */
export function requestMarkers({ annotations, env, mounts }: RequestOptions): readonly string[] {
  return [
    ...(annotations.enabled === false ? [] : annotations.prefixes.map(withoutSlash)),
    ...(env.enabled === false ? [] : Object.keys(env.variables)),
    ...(env.enabled === false ? [] : env.presets.map((name) => PRESETS[name].variable)),
    ...(mounts.enabled ? [withoutSlash(mounts.prefix.replace(/\/+$/, ''))] : []),
  ];
}

/** JSON may spell a slash as `\/`: what stands before the last one is enough. */
function withoutSlash(text: string): string {
  const parts = text.split('/').filter((part) => part !== '');
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest), '');
}

/**
 * The requests in order: annotations by the bytes of their keys, env, mounts; the first mention of a device wins.
 *
 * @throws {CdiError} BAD_REQUEST for a malformed one, BAD_BUNDLE for a document that cannot be read for them
 */
export function readRequests<N>(draft: Draft<N>, options: RequestOptions): RequestsRead {
  const annotations = readAnnotations(draft);
  const facts = containerFacts(draft, annotations);
  if (facts.sandbox) return { requests: [], facts };
  const asked: Asked[] = [];
  const { enabled } = options.annotations;
  if (enabled === true || (enabled === 'auto' && !facts.crio)) asked.push(...fromAnnotations(annotations, options));
  asked.push(...askedByEnv(draft, options, facts));
  if (options.mounts.enabled) asked.push(...fromMounts(draft, options));
  return { requests: distinct(asked.map(completed)), facts };
}

/** Under CRI the image or a tenant sets the environment, so that `auto` leaves it out. */
function askedByEnv<N>(draft: Draft<N>, options: RequestOptions, facts: ContainerFacts): readonly Asked[] {
  const { enabled } = options.env;
  if (enabled === false || (enabled === 'auto' && facts.cri)) return [];
  const variables = readVariables(draft);
  return enabled === 'auto' && isInKubernetes(variables) ? [] : fromEnv(variables, options);
}

/** Undefined stands for a value that is no text. */
function readAnnotations<N>(draft: Draft<N>): Map<string, string | undefined> {
  const annotations = new Map<string, string | undefined>();
  for (const [key, node] of draft.map(['annotations'])) {
    annotations.set(key, draft.reader.kind(node) === 'string' ? draft.reader.string(node) : undefined);
  }
  return annotations;
}

/** A bare name gets the kind of its source. */
function completed({ name, source, key, optional, kind }: Asked): DeviceRequest {
  if (name === '') throw badRequest(source, key, 'device "": a name between commas is missing');
  const isBare = kind !== null && !name.includes('=') && !name.includes('/');
  const device = isBare ? `${kind}=${name}` : name;
  const fault = qualifiedNameFault(device);
  if (fault !== undefined) throw badRequest(source, key, `device ${quote(name)}: ${fault.why}`, fault.hint);
  return { device, source, key, optional };
}

function distinct(requests: readonly DeviceRequest[]): readonly DeviceRequest[] {
  const first = new Map<string, DeviceRequest>();
  for (const request of requests) {
    const before = first.get(request.device);
    // A device that somebody needs is not optional because somebody else could do without.
    if (before === undefined) first.set(request.device, request);
    else if (before.optional && !request.optional) first.set(request.device, { ...before, optional: false });
  }
  return [...first.values()];
}
