// Requests by annotation: a key with one of the prefixes, and device names with commas between them.
import { compareBytes } from '../text/byte-order.ts';
import { makeRequestError } from './bad-request.ts';
import { type NamedRequest, type RequestSource, SWITCHED_OFF } from './request.ts';

/** Before the prefix itself: the container may start without these devices. */
export const OPTIONAL = 'optional.';

/** In the order of the bytes of their keys. CRI-O hands every annotation of a pod through, so that `auto` leaves it out. */
export const readAnnotationRequests: RequestSource = {
  read({ annotations }, { annotations: { prefixes }, defaultKind }) {
    const requests: NamedRequest[] = [];
    for (const key of [...annotations.keys()].sort(compareBytes)) {
      const optional = key.startsWith(OPTIONAL);
      const bare = optional ? key.slice(OPTIONAL.length) : key;
      if (!prefixes.some((prefix) => bare.startsWith(prefix) || (optional && key.startsWith(prefix)))) continue;
      const value = annotations.get(key);
      const common = { source: 'annotation', key, optional, kind: defaultKind } as const;
      if (value === undefined || value === '') requests.push({ ...common, name: '', fault: makeFault(key, value) });
      else for (const name of value.split(',')) requests.push({ ...common, name });
    }
    return requests;
  },
  findOff({ facts }, { annotations: { enabled } }) {
    if (enabled === false) return SWITCHED_OFF;
    return enabled === 'auto' && facts.crio ? 'auto: CRI-O hands every annotation of a pod through' : undefined;
  },
  markers: ({ annotations: { prefixes } }) => prefixes,
};

function makeFault(key: string, value: string | undefined): ReturnType<typeof makeRequestError> {
  if (value === undefined) return makeRequestError('annotation', key, 'its value is not a text');
  return makeRequestError('annotation', key, 'it names no device', 'name devices as vendor.com/class=name');
}
