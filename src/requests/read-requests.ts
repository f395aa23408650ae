// Who asks for which devices in a bundle's document.
import { findNameFault, findQualifiedNameFault } from '../cdi/device-name.ts';
import type { Draft } from '../edits/draft.ts';
import type { Settings, Source } from '../settings/settings.ts';
import { SOURCES } from '../settings/table.ts';
import { type Variables, VENDOR_PRECEDENCE } from '../settings/vendor-presets.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { makeRequestError } from './bad-request.ts';
import { checkAmount } from './bounds.ts';
import { type ContainerFacts, readContainerFacts } from './container-facts.ts';
import { KUBERNETES_VARIABLE, readVariables } from './from-env.ts';
import {
  type AskingDocument,
  type DeviceRequest,
  describeSource,
  type NamedRequest,
  type OffRequest,
} from './request.ts';
import { REQUEST_SOURCES, SOURCE_NAMES } from './sources.ts';

/** What a document asks for, and what the engine says about it. */
export interface RequestsRead {
  /** those that count, in order; a device as often as different askers name it */
  readonly requests: readonly DeviceRequest[];
  /** those that do not, in order */
  readonly off: readonly OffRequest[];
  readonly facts: ContainerFacts;
}

/**
 * What a document holds that carries a request: beginnings of keys, names, parts of paths.
 *
 * @param counting only of sources that may count: others stop no container
 */
export function listRequestMarkers(settings: Settings['requests'], counting = false): readonly string[] {
  return SOURCE_NAMES.flatMap((name) =>
    counting && settings[SOURCES[name]].enabled === false ? [] : REQUEST_SOURCES[name].markers(settings),
  );
}

/**
 * The requests in order: annotations by the bytes of their keys, env, mounts.
 *
 * @throws {CdiError} BAD_REQUEST for a malformed one that counts, BAD_BUNDLE for a document that cannot be read for them
 */
export function readRequests<N>(
  draft: Draft<N>,
  settings: Settings['requests'],
  { restored = false, mentions = () => true }: Reading = {},
): RequestsRead {
  const annotations = readAnnotations(draft);
  const facts = readContainerFacts(draft, annotations, restored);
  // A mark that others contradict keeps devices away, but neither the policy nor the record.
  if (facts.sandbox && !facts.disputedFacts.includes('sandbox')) return { requests: [], off: [], facts };
  let variables: Variables | undefined;
  const document = {
    draft,
    annotations,
    facts,
    get variables() {
      variables ??= readVariables(draft, mentions([KUBERNETES_VARIABLE, ...REQUEST_SOURCES.env.markers(settings)]));
      return variables;
    },
  };
  const read = SOURCE_NAMES.map((name) => readSource(name, document, settings, mentions));
  const first = listPrecedence(settings).find((name) =>
    read.some((source) => source.name === name && listCounting(source).length > 0),
  );
  const sources = first === undefined ? read : read.map((source) => exclude(source, first, settings));
  const counting = sources.flatMap(listCounting);
  checkAmount(counting);
  const isVendors = ({ ofVendor }: NamedRequest): boolean => ofVendor !== undefined && settings.precedence !== 'all';
  const kinds = new Set<string>();
  const complete = (named: NamedRequest): DeviceRequest => completeRequest(named, kinds);
  const others = counting.some(isVendors) ? counting.filter((named) => !isVendors(named)).map(complete) : [];
  // of each kind the first
  const ofKind = new Map(others.toReversed().map((other) => [readKind(other), other]));
  const requests: DeviceRequest[] = [];
  const off: OffRequest[] = [];
  for (const source of sources) {
    for (const named of source.named) {
      const why = source.off ?? named.off ?? (isVendors(named) ? giveWay(ofKind.get(named.ofVendor ?? '')) : undefined);
      if (why === undefined) requests.push(complete(named));
      else off.push({ ...why, request: nameRequest(named) });
    }
  }
  if (facts.mixed) refuseDisputed(requests);
  return { requests: dropRepeats(requests, (one) => one), off: dropRepeats(off, ({ request }) => request), facts };
}

/** The requests of one source, and why they do not count. */
interface SourceRead {
  readonly name: Source;
  readonly named: readonly NamedRequest[];
  readonly off: Pick<OffRequest, 'by' | 'reason'> | undefined;
}

/** What is known about a document besides what it says. */
export interface Reading {
  /** whether the container comes from a checkpoint */
  readonly restored?: boolean;
  /** where it does not hold what a source that is off looks for, it is not read for that */
  readonly mentions?: Mentions;
}

/** Whether a document may hold one of some texts. */
type Mentions = (markers: readonly string[]) => boolean;

/** Of a source that does not count, a part of the document that cannot be read for it is nobody's matter. */
function readSource<N>(
  name: Source,
  document: AskingDocument<N>,
  settings: Settings['requests'],
  mentions: Mentions,
): SourceRead {
  const source = REQUEST_SOURCES[name];
  const reason = source.findOff(document, settings);
  const off = reason === undefined ? undefined : { by: `requests.${SOURCES[name]}.enabled`, reason };
  if (off !== undefined && !mentions(source.markers(settings))) return { name, named: [], off };
  try {
    return { name, named: source.read(document, settings), off };
  } catch (error) {
    if (off === undefined || !(error instanceof CdiError)) throw error;
    return { name, named: [], off };
  }
}

function listCounting({ named, off }: SourceRead): readonly NamedRequest[] {
  return off === undefined ? named.filter((one) => one.off === undefined) : [];
}

/** The sources of which only the first that asks counts. */
function listPrecedence({ precedence, env }: Settings['requests']): readonly Source[] {
  if (precedence !== 'auto') return precedence === 'all' ? [] : precedence;
  return env.presets.length === 0 ? [] : VENDOR_PRECEDENCE;
}

function exclude(source: SourceRead, first: Source, settings: Settings['requests']): SourceRead {
  if (source.off !== undefined || source.name === first || !listPrecedence(settings).includes(source.name))
    return source;
  return { ...source, off: { by: PRECEDENCE, reason: `${first} asks, which goes before ${source.name}` } };
}

const PRECEDENCE = 'requests.precedence';

/** An image's `NVIDIA_VISIBLE_DEVICES` adds nothing to the `CDI_DEVICES` of who starts it. */
function giveWay(other: DeviceRequest | undefined): SourceRead['off'] {
  if (other === undefined) return undefined;
  const reason = `${describeSource(other)} asks for ${readKind(other)}, and goes before a vendor's variable`;
  return { by: PRECEDENCE, reason };
}

function readKind({ device }: DeviceRequest): string {
  return device.slice(0, device.indexOf('='));
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
  for (const entry of draft.map(['annotations'])) {
    // By index: in the shim's engine it takes several times as long to take a pair apart.
    const node = entry[1];
    annotations.set(entry[0], draft.reader.kind(node) === 'string' ? draft.reader.string(node) : undefined);
  }
  return annotations;
}

/** A name that is to be resolved. @param kinds those of names that were right, with the `=` behind them */
function completeRequest(named: NamedRequest, kinds: Set<string>): DeviceRequest {
  const { name, source, key, fault: unread } = named;
  if (unread !== undefined) throw unread;
  if (name === '') throw makeRequestError(source, key, 'device "": a name between commas is missing');
  const request = nameRequest(named);
  const { device } = request;
  const kind = device.slice(0, device.indexOf('=') + 1);
  const bare = kinds.has(kind) ? device.slice(kind.length) : '';
  const fault = bare === '' ? findQualifiedNameFault(device) : findNameFault('device name', bare);
  if (fault !== undefined) throw makeRequestError(source, key, `device ${quote(name)}: ${fault.why}`, fault.hint);
  kinds.add(kind);
  return request;
}

/** A bare name gets the kind of its source. */
function nameRequest({ name, source, key, optional, kind, fault, ofKubelet }: NamedRequest): DeviceRequest {
  const isBare = kind !== null && fault === undefined && name !== '' && !name.includes('=') && !name.includes('/');
  const request = { device: isBare ? `${kind}=${name}` : name, source, key, optional };
  return ofKubelet === undefined ? request : { ...request, ofKubelet };
}

function dropRepeats<T>(entries: readonly T[], findRequest: (entry: T) => DeviceRequest): readonly T[] {
  const seen = new Set<string>();
  return entries.filter((entry) => {
    const { device, source, key } = findRequest(entry);
    return seen.size < seen.add(`${device} ${source} ${key}`).size;
  });
}
