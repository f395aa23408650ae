// Requests by mount: /dev/null onto <prefix>/<vendor>/<class>/<device>. Such a mount is consumed by its injection.
import type { Draft, Entry } from '../edits/draft.ts';
import type { Settings } from '../settings/settings.ts';
import { cleanPath } from '../text/path.ts';
import { makeRequestError } from './bad-request.ts';
import type { NamedRequest, RequestSource } from './request.ts';

const MOUNTS = ['mounts'];
const HINT = 'mount /dev/null onto <prefix>/<vendor>/<class>/<device>';

/** In their order. */
export const readMountRequests: RequestSource = {
  read({ draft }, { mounts: { enabled, prefix } }) {
    if (!enabled) return [];
    const requests: NamedRequest[] = [];
    for (const entry of draft.isOf(MOUNTS, 'array') ? draft.list(MOUNTS) : []) {
      const key = findRequestKey(draft, entry, prefix);
      if (key === undefined) continue;
      const parts = key.slice(cleanPath(prefix).length + 1).split('/');
      const [vendor, className, device] = parts;
      if (parts.length !== 3)
        throw makeRequestError('mount', key, 'it does not name a vendor, a class and a device', HINT);
      requests.push({ name: `${vendor}/${className}=${device}`, source: 'mount', key, optional: false, kind: null });
    }
    return requests;
  },
  markers: ({ mounts: { enabled, prefix } }) => (enabled ? [pickLongestPart(prefix)] : []),
};

/** A path may have any number of slashes and dots between its parts. */
function pickLongestPart(path: string): string {
  return path.split('/').reduce((longest, part) => (part.length > longest.length ? part : longest), '');
}

/** Takes the mounts of requests that were granted out of the document: the container should not see them. */
export function consumeMounts<N>(
  draft: Draft<N>,
  { mounts: { prefix } }: Settings['requests'],
  granted: ReadonlySet<string>,
): void {
  if (granted.size === 0) return;
  const before = draft.list(MOUNTS);
  const after = before.filter((entry) => !granted.has(findRequestKey(draft, entry, prefix) ?? ''));
  if (after.length < before.length) draft.setList(MOUNTS, after);
}

/** The destination of a mount that asks for a device. */
function findRequestKey<N>(draft: Draft<N>, entry: Entry<N>, prefix: string): string | undefined {
  if (!('kept' in entry) || draft.reader.kind(entry.kept) !== 'object') return undefined;
  const destination = cleanPath(draft.entryText(MOUNTS, entry.kept, 'destination'));
  if (!destination.startsWith(`${cleanPath(prefix)}/`)) return undefined;
  return cleanPath(draft.entryText(MOUNTS, entry.kept, 'source')) === '/dev/null' ? destination : undefined;
}
