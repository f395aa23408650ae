// Requests by annotation: a key with one of the prefixes, and device names with commas between them.
import { compareBytes } from '../text/byte-order.ts';
import { makeRequestError } from './bad-request.ts';
import { ENOUGH_TO_REFUSE, readNames } from './bounds.ts';
import { type NamedRequest, type RequestSource, SWITCHED_OFF } from './request.ts';

/** Before the prefix itself: the container may start without these devices. */
export const OPTIONAL = 'optional.';

/** In the order of the bytes of their keys. CRI-O hands every annotation of a pod through, so that `auto` leaves it out. */
export const readAnnotationRequests: RequestSource = {
  read({ annotations }, { annotations: { prefixes }, defaultKind }) {
    const requests: NamedRequest[] = [];
    const beginnings = prefixes.flatMap((prefix) => [prefix, `${OPTIONAL}${prefix}`]);
    const asking = [...annotations.keys()].filter((key) => beginnings.some((beginning) => key.startsWith(beginning)));
    for (const key of asking.sort(compareBytes)) {
      const value = annotations.get(key);
      const common = { source: 'annotation', key, optional: key.startsWith(OPTIONAL), kind: defaultKind } as const;
      if (value === undefined || value === '') requests.push({ ...common, name: '', fault: makeFault(key, value) });
      else requests.push(...readNames(common, value));
      if (requests.length >= ENOUGH_TO_REFUSE) break;
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
