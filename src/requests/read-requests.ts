// Who asks for which devices in a bundle's document.
import { qualifiedNameFault } from '../cdi/device-name.ts';
import type { Draft } from '../edits/draft.ts';
import { quote } from '../text/quote.ts';
import { badRequest } from './bad-request.ts';
import { type ContainerFacts, containerFacts } from './container-facts.ts';
import { fromAnnotations } from './from-annotations.ts';
import { fromEnv, isInKubernetes, readVariables } from './from-env.ts';
import { fromMounts } from './from-mounts.ts';
import { PRESETS, type Preset } from './presets.ts';
import type { Asked, DeviceRequest, RequestOptions } from './request.ts';

/** What a document asks for, and what the engine says about it. */
export interface RequestsRead {
  /** in order; a device as often as different askers name it */
  readonly requests: readonly DeviceRequest[];
  readonly facts: ContainerFacts;
}

/** What a document holds that carries a request of an enabled source, as bytes to search for. */
export function requestMarkers({ annotations, env, mounts }: RequestOptions): readonly string[] {
  return [
    ...(annotations.enabled === false ? [] : annotations.prefixes.map(withoutSlash)),
    ...(env.enabled === false ? [] : Object.keys(env.variables)),
    ...(env.enabled === false ? [] : env.presets.flatMap((name) => presetMarkers(PRESETS[name]))),
    ...(mounts.enabled ? [withoutSlash(mounts.prefix.replace(/\/+$/, ''))] : []),
  ];
}

function presetMarkers({ variable, instead }: Preset): readonly string[] {
  return instead === undefined ? [variable] : [variable, instead.variable];
}

/** JSON may spell a slash as `\/`: the longest name between two of them is enough. */
function withoutSlash(text: string): string {
  const parts = text.split('/').filter((part) => part !== '');
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest), '');
}

/**
 * The requests in order: annotations by the bytes of their keys, env, mounts.
 *
 * @throws {CdiError} BAD_REQUEST for a malformed one, BAD_BUNDLE for a document that cannot be read for them
 */
export function readRequests<N>(draft: Draft<N>, options: RequestOptions): RequestsRead {
  const annotations = readAnnotations(draft);
  const facts = containerFacts(draft, annotations);
  if (facts.sandbox) return { requests: [], facts };
  const { enabled } = options.annotations;
  const byAnnotation = enabled === true || (enabled === 'auto' && !facts.crio);
  const asked: readonly Asked[] = [
    ...(byAnnotation ? fromAnnotations(annotations, options) : []),
    ...askedByEnv(draft, options, facts),
    ...(options.mounts.enabled ? fromMounts(draft, options) : []),
  ];
  const requests = distinct(asked.map(completed));
  if (facts.disputed) refuseDisputed(requests);
  return { requests, facts };
}

/** Which names of pod and namespace hold is then a pod author's choice, and rules may ask for them. */
function refuseDisputed([first]: readonly DeviceRequest[]): void {
  if (first === undefined) return;
  const why = 'the container has the marks of containerd and of CRI-O, so that nobody can tell which of them made it';
  throw badRequest(first.source, first.key, why, 'take the annotations of the other engine out of the pod');
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
    const mention = `${request.device} ${request.source} ${request.key}`;
    if (!first.has(mention)) first.set(mention, request);
  }
  return [...first.values()];
}
