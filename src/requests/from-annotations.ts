// Requests by annotation: a key with one of the prefixes, and device names with commas between them.
import { compareBytes } from '../text/byte-order.ts';
import { makeRequestError } from './bad-request.ts';
import { checkCount, splitNames } from './bounds.ts';
import type { NamedRequest, RequestSource } from './request.ts';

/** Before the prefix itself: the container may start without these devices. */
const OPTIONAL = 'optional.';

/** In the order of the bytes of their keys. CRI-O hands every annotation of a pod through, so that `auto` leaves it out. */
export const readAnnotationRequests: RequestSource = {
  read({ annotations, facts }, { annotations: { enabled, prefixes }, defaultKind }) {
    if (enabled === false || (enabled === 'auto' && facts.crio)) return [];
    const requests: NamedRequest[] = [];
    for (const key of [...annotations.keys()].sort(compareBytes)) {
      const optional = key.startsWith(OPTIONAL);
      const bare = optional ? key.slice(OPTIONAL.length) : key;
      if (!prefixes.some((prefix) => bare.startsWith(prefix) || (optional && key.startsWith(prefix)))) continue;
      const value = annotations.get(key);
      if (value === undefined) throw makeRequestError('annotation', key, 'its value is not a text');
      if (value === '')
        throw makeRequestError('annotation', key, 'it names no device', 'name devices as vendor.com/class=name');
      for (const name of splitNames('annotation', key, value))
        requests.push({ name, source: 'annotation', key, optional, kind: defaultKind });
      checkCount('annotation', key, requests.length);
    }
    return requests;
  },
  markers: ({ annotations: { enabled, prefixes } }) => (enabled === false ? [] : prefixes),
};
