// Requests by annotation: a key with one of the prefixes, and device names with commas between them.
import { sortByBytes } from '../text/byte-order.ts';
import { makeRequestError } from './bad-request.ts';
import { ENOUGH_TO_REFUSE, readNames } from './bounds.ts';
import { tellKubeletAnnotations } from './engine-marks.ts';
import { type NamedRequest, type RequestSource, SWITCHED_OFF } from './request.ts';

/** Before the prefix itself: the container may start without these devices. */
export const OPTIONAL = 'optional.';

/**
 * In the order of the bytes of their keys. CRI-O hands every annotation of a pod through, so that `auto` leaves it out,
 * but for what the kubelet asks for.
 */
export const readAnnotationRequests: RequestSource = {
  read({ annotations, facts }, { annotations: { enabled, prefixes }, defaultKind }) {
    const requests: NamedRequest[] = [];
    const isOfKubelet = tellKubeletAnnotations(annotations, facts);
    const off = enabled === 'auto' && facts.crio ? HANDED_THROUGH : undefined;
    for (const key of sortByBytes(listAsking(annotations, prefixes))) {
      const value = annotations.get(key);
      const by = isOfKubelet(key) ? { ofKubelet: true } : { off };
      const common = {
        source: 'annotation',
        key,
        optional: key.startsWith(OPTIONAL),
        kind: defaultKind,
        ...by,
      } as const;
      if (value === undefined || value === '') requests.push({ ...common, name: '', fault: makeFault(key, value) });
      else requests.push(...readNames(common, value));
      if (requests.length >= ENOUGH_TO_REFUSE) break;
    }
    return requests;
  },
  findOff: (_document, { annotations: { enabled } }) => (enabled === false ? SWITCHED_OFF : undefined),
  markers: ({ annotations: { prefixes } }) => prefixes,
};

const HANDED_THROUGH = {
  by: 'requests.annotations.enabled',
  reason: 'auto: CRI-O hands every annotation of a pod through',
};

function listAsking(annotations: ReadonlyMap<string, unknown>, prefixes: readonly string[]): string[] {
  const asking: string[] = [];
  for (const key of annotations.keys()) {
    const start = key.startsWith(OPTIONAL) ? OPTIONAL.length : 0;
    if (prefixes.some((prefix) => key.startsWith(prefix) || key.startsWith(prefix, start))) asking.push(key);
  }
  return asking;
}

function makeFault(key: string, value: string | undefined): ReturnType<typeof makeRequestError> {
  if (value === undefined) return makeRequestError('annotation', key, 'its value is not a text');
  return makeRequestError('annotation', key, 'it names no device', 'name devices as vendor.com/class=name');
}
