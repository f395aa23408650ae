// Requests by mount: /dev/null onto <prefix>/<vendor>/<class>/<device>. Such a mount is consumed by its injection.
import type { Draft, Entry } from '../edits/draft.ts';
import type { Settings } from '../settings/settings.ts';
import { type MountForm, PRESETS, type Preset } from '../settings/vendor-presets.ts';
import { cleanPath } from '../text/path.ts';
import { makeRequestError } from './bad-request.ts';
import { ENOUGH_TO_REFUSE } from './bounds.ts';
import { type NamedRequest, type RequestSource, SWITCHED_OFF } from './request.ts';

const MOUNTS = ['mounts'];

/** In their order. */
export const readMountRequests: RequestSource = {
  read({ draft }, settings) {
    const forms = listForms(settings);
    const requests: NamedRequest[] = [];
    const entries = draft.isOf(MOUNTS, 'array') ? draft.list(MOUNTS) : [];
    for (const entry of entries) {
      const found = findForm(draft, entry, forms);
      const named = found?.form.read(found.key.slice(found.form.prefix.length + 1));
      if (found === undefined || named === undefined) continue;
      const { key, form } = found;
      const common = { source: 'mount', key, optional: false, kind: form.kind } as const;
      if (typeof named === 'string') requests.push({ ...common, name: named });
      else
        requests.push({
          ...common,
          name: named.malformed,
          fault: makeRequestError('mount', key, form.fault, form.hint),
        });
      if (requests.length >= ENOUGH_TO_REFUSE) break;
    }
    return requests;
  },
  findOff: (_, { mounts: { enabled } }) => (enabled ? undefined : SWITCHED_OFF),
  markers: ({ mounts, env }) => [...listVendorPrefixes(env.presets), mounts.prefix].map(pickLongestPart),
};

function listVendorPrefixes(names: Settings['requests']['env']['presets']): readonly string[] {
  const prefixes: string[] = [];
  for (const name of names) {
    const { mounts }: Preset = PRESETS[name];
    if (mounts !== undefined) prefixes.push(mounts.prefix);
  }
  return prefixes;
}

/** A path may have any number of slashes and dots between its parts. */
function pickLongestPart(path: string): string {
  let longest = '';
  for (const part of path.split('/')) if (part.length > longest.length) longest = part;
  return longest;
}

/** Takes the mounts of requests that were granted out of the document: the container should not see them. */
export function consumeMounts<N>(draft: Draft<N>, settings: Settings['requests'], granted: ReadonlySet<string>): void {
  if (granted.size === 0) return;
  const forms = listForms(settings);
  const before = draft.list(MOUNTS);
  const after = before.filter((entry) => !granted.has(findForm(draft, entry, forms)?.key ?? ''));
  if (after.length < before.length) draft.setList(MOUNTS, after);
}

/** A folder of the container, and what a path below it asks for. */
interface Form extends MountForm {
  /** of bare names */
  readonly kind: string | null;
}

/** Those of vendors, whose own folders they are, and ours. */
function listForms({ mounts, env }: Settings['requests']): readonly Form[] {
  const ours = { ...OURS, prefix: cleanPath(mounts.prefix), kind: null };
  const presets: readonly Preset[] = env.presets.map((name) => PRESETS[name]);
  const ofVendors = presets.flatMap(({ mounts: form, variable, kind }) =>
    form === undefined ? [] : [{ ...form, kind: env.variables[variable]?.kind ?? kind }],
  );
  return [...ofVendors, ours];
}

const OURS: Omit<MountForm, 'prefix'> = {
  read(path) {
    const [vendor, className, device, ...more] = path.split('/');
    return device === undefined || more.length > 0 ? { malformed: path } : `${vendor}/${className}=${device}`;
  },
  fault: 'it does not name a vendor, a class and a device',
  hint: 'mount /dev/null onto <prefix>/<vendor>/<class>/<device>',
};

/** The form of a mount that asks for a device, and its destination. */
function findForm<N>(
  draft: Draft<N>,
  entry: Entry<N>,
  forms: readonly Form[],
): { readonly key: string; readonly form: Form } | undefined {
  if (!('kept' in entry) || draft.reader.kind(entry.kept) !== 'object') return undefined;
  const key = cleanPath(draft.entryText(MOUNTS, entry.kept, 'destination'));
  const form = forms.find(({ prefix }) => key.startsWith(`${prefix}/`));
  if (form === undefined || cleanPath(draft.entryText(MOUNTS, entry.kept, 'source')) !== '/dev/null') return undefined;
  return { key, form };
}
