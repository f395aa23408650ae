// Rules about the names of devices, and about edits that get in each other's way.
import type { ContainerEdits } from '../../edits/kinds.ts';
import { quote, quoteList } from '../../text/quote.ts';
import { type FieldFinding, type LintSubject, listEdits, type Rule } from './rule.ts';

/** `0`, `gpu0`, `card1`: a number in the order of detection, with or without a word before it. */
const COUNTED = /^[a-z]{0,12}[0-9]{1,3}$/i;

export const NAME_RULES: readonly Rule[] = [
  {
    id: 'unstable-name',
    severity: 'info',
    summary: 'devices that only have counted names, which another device may have after a reboot',
    cure: 'add names that stay: a UUID, a serial number, a place in the machine',
    find: ({ spec }) => {
      const names = (spec?.devices ?? []).map(({ name }) => name);
      const counted = names.filter((name) => COUNTED.test(name));
      if (counted.length === 0 || names.some((name) => name !== 'all' && !COUNTED.test(name))) return [];
      const field = ['devices', names.findIndex((name) => COUNTED.test(name)), 'name'];
      return [{ field, message: `the devices are known by numbers alone: ${quoteList(counted)}` }];
    },
  },
  {
    id: 'repeated-edit',
    severity: 'warning',
    summary: 'a variable, node or mount that is there twice in one list: only the last one counts',
    cure: 'leave one of them',
    find: (subject) =>
      findClashes(subject)
        .filter(({ isOneList }) => isOneList)
        .map(({ field, what }) => ({ field, message: `${what} is already in this list, with something else` })),
  },
  {
    id: 'overridden-edit',
    severity: 'info',
    summary:
      'a variable, node or mount that devices, or the spec as a whole, set differently: only the last one counts',
    cure: 'give each device its own, if a container may have both',
    find: (subject) =>
      findClashes(subject)
        .filter(({ isOneList }) => !isOneList)
        .map(({ field, what, first }) => {
          const owner = first === undefined ? 'the spec as a whole' : `device ${quote(first)}`;
          return { field, message: `${what} is something else for ${owner}` };
        }),
  },
];

interface Clash extends Pick<FieldFinding, 'field'> {
  /** `variable "GPU"` */
  readonly what: string;
  /** the device of the earlier edit, undefined for the spec as a whole */
  readonly first: string | undefined;
  readonly isOneList: boolean;
}

interface KeyedEdit {
  readonly kind: 'env' | 'deviceNodes' | 'mounts';
  readonly index: number;
  readonly what: string;
  readonly edit: unknown;
}

/** Edits of a thing that an earlier one sets differently: the last one in the same list, else the very first. */
function findClashes(subject: LintSubject): readonly Clash[] {
  const seen = new Map<string, { readonly edit: unknown; readonly device: string | undefined }>();
  return listEdits(subject).flatMap(({ edits, field, device }) => {
    // Who asks for all asks for no other.
    const isAll = device === 'all';
    const here = new Map<string, unknown>();
    return listKeyed(edits).flatMap(({ kind, index, what, edit }): Clash[] => {
      const before = seen.get(what);
      const own = here.get(what);
      here.set(what, edit);
      if (before === undefined && !isAll) seen.set(what, { edit, device });
      const isOneList = own !== undefined;
      const isMet = own !== undefined || !isAll || before?.device === undefined;
      const earlier = own ?? before?.edit;
      if (!isMet || earlier === undefined || writeEdit(earlier) === writeEdit(edit)) return [];
      return [{ field: [...field, kind, index], what, first: before?.device, isOneList }];
    });
  });
}

function listKeyed({ env = [], deviceNodes = [], mounts = [] }: ContainerEdits): readonly KeyedEdit[] {
  const named = (kind: KeyedEdit['kind'], word: string, name: string, index: number, edit: unknown): KeyedEdit => ({
    ...{ kind, index, what: `${word} ${quote(name)}`, edit },
  });
  return [
    ...env.map((entry, index) => named('env', 'variable', entry.split('=', 1)[0] ?? '', index, entry)),
    ...deviceNodes.map((node, index) => named('deviceNodes', 'device node', node.path, index, node)),
    ...mounts.map((mount, index) => named('mounts', 'mount', mount.containerPath, index, mount)),
  ];
}

/** The whole edit, to tell the same from another. */
function writeEdit(edit: unknown): string {
  return JSON.stringify(edit, (_, value) => (typeof value === 'bigint' ? String(value) : value));
}
