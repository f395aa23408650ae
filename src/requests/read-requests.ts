// Who asks for which devices in a bundle's document.
import { ANNOTATION_PREFIX } from '../cdi/annotations.ts';
import { qualifiedNameFault } from '../cdi/device-name.ts';
import type { Draft } from '../edits/draft.ts';
import { compareBytes } from '../text/byte-order.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { type ContainerFacts, containerFacts } from './container-facts.ts';
import type { DeviceRequest, Enabled, Source } from './request.ts';

export interface RequestOptions {
  readonly annotations: Enabled;
  readonly env: Enabled;
}

/** The variable of the request source env. */
const DEVICES_VARIABLE = 'CDI_DEVICES';

/** What a document holds that carries a request of an enabled source, as bytes to search for. */
export function requestMarkers(options: RequestOptions): readonly string[] {
  return [
    ...(options.annotations === false ? [] : [ANNOTATION_PREFIX]),
    ...(options.env === false ? [] : [DEVICES_VARIABLE]),
  ];
}

/**
 * The requests in order: annotations by the bytes of their keys, then env; the first mention of a device wins.
 *
 * @throws {CdiError} BAD_REQUEST for a malformed one, BAD_BUNDLE for a document that cannot be read for them
 */
export function readRequests<N>(draft: Draft<N>, options: RequestOptions): readonly DeviceRequest[] {
  const annotations = readAnnotations(draft);
  const facts = containerFacts(annotations);
  if (facts.sandbox) return [];
  const requests = new Map<string, DeviceRequest>();
  const add = (source: Source, key: string, value: string): void => {
    for (const device of splitNames(source, key, value)) {
      if (!requests.has(device)) requests.set(device, { device, source, key });
    }
  };
  if (options.annotations === true || (options.annotations === 'auto' && !facts.crio)) {
    const keys = [...annotations.keys()].filter((key) => key.startsWith(ANNOTATION_PREFIX)).sort(compareBytes);
    for (const key of keys) {
      const value = annotations.get(key);
      if (value === undefined) throw badRequest('annotation', key, 'its value is not a text');
      add('annotation', key, value);
    }
  }
  const value = readVariable(draft, options.env, facts);
  if (value !== undefined && value !== '') add('env', DEVICES_VARIABLE, value);
  return [...requests.values()];
}

/** Undefined stands for a value that is no text. */
function readAnnotations<N>(draft: Draft<N>): Map<string, string | undefined> {
  const annotations = new Map<string, string | undefined>();
  for (const [key, node] of draft.map(['annotations'])) {
    annotations.set(key, draft.reader.kind(node) === 'string' ? draft.reader.string(node) : undefined);
  }
  return annotations;
}

/** The last entry of the variable counts, as for the process that gets it. */
function readVariable<N>(draft: Draft<N>, enabled: Enabled, facts: ContainerFacts): string | undefined {
  if (enabled === false || (enabled === 'auto' && facts.cri)) return undefined;
  let value: string | undefined;
  for (const entry of draft.list(['process', 'env'])) {
    const text = 'kept' in entry && draft.reader.kind(entry.kept) === 'string' ? draft.reader.string(entry.kept) : '';
    if (enabled === 'auto' && text.startsWith('KUBERNETES_SERVICE_HOST=')) return undefined;
    if (text.startsWith(`${DEVICES_VARIABLE}=`)) value = text.slice(DEVICES_VARIABLE.length + 1);
  }
  return value;
}

function splitNames(source: Source, key: string, value: string): readonly string[] {
  if (value === '') throw badRequest(source, key, 'it names no device', 'name devices as vendor.com/class=name');
  const names = value.split(',');
  for (const name of names) {
    const fault = name === '' ? { why: 'a name between commas is missing', hint: undefined } : qualifiedNameFault(name);
    if (fault !== undefined) throw badRequest(source, key, `device ${quote(name)}: ${fault.why}`, fault.hint);
  }
  return names;
}

function badRequest(source: Source, key: string, why: string, hint?: string): CdiError {
  return new CdiError('BAD_REQUEST', { what: `read the device request of ${source} ${quote(key)}`, why, hint });
}
