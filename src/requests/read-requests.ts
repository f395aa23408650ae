// Who asks for which devices in a bundle's document.
import { findQualifiedNameFault } from '../cdi/device-name.ts';
import type { Draft } from '../edits/draft.ts';
import type { Settings } from '../settings/settings.ts';
import { quote } from '../text/quote.ts';
import { makeRequestError } from './bad-request.ts';
import { type ContainerFacts, readContainerFacts } from './container-facts.ts';
import type { DeviceRequest, NamedRequest } from './request.ts';
import { REQUEST_SOURCES } from './sources.ts';

/** What a document asks for, and what the engine says about it. */
export interface RequestsRead {
  /** in order; a device as often as different askers name it */
  readonly requests: readonly DeviceRequest[];
  readonly facts: ContainerFacts;
}

/** What a document holds that carries a request of an enabled source: beginnings of keys, names, parts of paths. */
export function listRequestMarkers(settings: Settings['requests']): readonly string[] {
  return Object.values(REQUEST_SOURCES).flatMap((source) => source.markers(settings));
}

/**
 * The requests in order: annotations by the bytes of their keys, env, mounts.
 *
 * @throws {CdiError} BAD_REQUEST for a malformed one, BAD_BUNDLE for a document that cannot be read for them
 */
export function readRequests<N>(draft: Draft<N>, settings: Settings['requests']): RequestsRead {
  const annotations = readAnnotations(draft);
  const facts = readContainerFacts(draft, annotations);
  if (facts.sandbox) return { requests: [], facts };
  const document = { draft, annotations, facts };
  const named = Object.values(REQUEST_SOURCES).flatMap((source) => source.read(document, settings));
  const requests = dropRepeats(named.map(completeRequest));
  if (facts.disputed) refuseDisputed(requests);
  return { requests, facts };
}

/** Which names of pod and namespace hold is then a pod author's choice, and rules may ask for them. */
function refuseDisputed([first]: readonly DeviceRequest[]): void {
  if (first === undefined) return;
  const why = 'the container has the marks of containerd and of CRI-O, so that no one can tell which of them made it';
  throw makeRequestError(first.source, first.key, why, 'take the annotations of the other engine out of the pod');
}

/** Undefined stands for a value that is no text. */
function readAnnotations<N>(draft: Draft<N>): Map<string, string | undefined> {
  const annotations = new Map<string, string | undefined>();
  // Where there is no map of them, no runtime finds one.
  if (!draft.isOf(['annotations'], 'object')) return annotations;
  for (const [key, node] of draft.map(['annotations'])) {
    annotations.set(key, draft.reader.kind(node) === 'string' ? draft.reader.string(node) : undefined);
  }
  return annotations;
}

/** A bare name gets the kind of its source. */
function completeRequest({ name, source, key, optional, kind }: NamedRequest): DeviceRequest {
  if (name === '') throw makeRequestError(source, key, 'device "": a name between commas is missing');
  const isBare = kind !== null && !name.includes('=') && !name.includes('/');
  const device = isBare ? `${kind}=${name}` : name;
  const fault = findQualifiedNameFault(device);
  if (fault !== undefined) throw makeRequestError(source, key, `device ${quote(name)}: ${fault.why}`, fault.hint);
  return { device, source, key, optional };
}

function dropRepeats(requests: readonly DeviceRequest[]): readonly DeviceRequest[] {
  const first = new Map<string, DeviceRequest>();
  for (const request of requests) {
    const mention = `${request.device} ${request.source} ${request.key}`;
    if (!first.has(mention)) first.set(mention, request);
  }
  return [...first.values()];
}
