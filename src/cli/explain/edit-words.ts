// One edit in a few words, and what else there is to say of it.
import { type OrderedJson, orderedMembers, spellJson } from '../../text/json.ts';
import { cell } from '../terminal/cell.ts';
import type { EditData } from './explanation.ts';

export const KIND_WORDS: Readonly<Record<EditData['kind'], string>> = {
  env: 'env',
  deviceNodes: 'device node',
  netDevices: 'net device',
  mounts: 'mount',
  hooks: 'hook',
  intelRdt: 'intel rdt',
  additionalGids: 'group',
};

/** In characters; the whole text is in the JSON form. */
const LONGEST = 400;

/** What an edit is about. */
export function editWords({ kind, key, value }: EditData): string {
  return short(cell(wordsOf(kind, key, value)));
}

function wordsOf(kind: EditData['kind'], key: string, value: OrderedJson): string {
  const text = (name: string): string => memberText(value, name);
  const from = text('hostPath') === '' || text('hostPath') === key ? '' : ` from ${text('hostPath')}`;
  switch (kind) {
    case 'env':
    case 'additionalGids':
      return String(value);
    case 'deviceNodes':
      return `${key}${from}${listed(nodeWords(value))}`;
    case 'mounts':
      return `${key}${from}${listed([text('type'), ...texts(value, 'options')])}`;
    case 'netDevices':
      return text('name') === '' ? key : `${key} as ${text('name')}`;
    case 'hooks':
      return [key, text('path'), ...texts(value, 'args').slice(1)].join(' ');
    case 'intelRdt':
      return spellJson(value);
  }
}

function nodeWords(value: OrderedJson): string[] {
  const text = (name: string): string => memberText(value, name);
  const numbers = text('major') === '' ? '' : ` ${text('major')}:${text('minor') === '' ? '0' : text('minor')}`;
  const access = text('permissions');
  return [`${text('type')}${numbers}`.trim(), access === 'none' ? 'no access' : access];
}

function listed(parts: readonly string[]): string {
  const present = parts.filter((part) => part !== '');
  return present.length === 0 ? '' : ` (${present.join(', ')})`;
}

/** What there is to say besides: what it replaces or covers, what overrides it, and what a hook's environment is. */
export function editRemarks(edit: EditData): string[] {
  const { kind, value, effect, writes, replaces, shadows, overriddenBy, hookEnv } = edit;
  const remarks = hookEnv === undefined ? [] : hookRemarks(value, hookEnv);
  if (overriddenBy !== undefined) {
    const { spec, device, line } = overriddenBy;
    remarks.push(`by ${device ?? 'the whole spec'}, ${spec}${line === undefined ? '' : `:${line}`}`);
  }
  remarks.push(...replaces.map((old) => `instead of ${oldWords(kind, old)}`));
  remarks.push(...shadows.map((old) => `covers ${memberText(old, 'destination')}, which is mounted before`));
  const isRuleOnly = kind === 'deviceNodes' && writes.length > 0 && writes.every(({ path }) => path.length > 2);
  if (isRuleOnly) {
    remarks.push(`${effect === 'overridden' ? 'still adds' : 'the node is there, and gets'} its cgroup rule`);
  }
  if (effect === 'none' && kind === 'additionalGids' && String(value) === '0') remarks.push('group 0 is left out');
  return remarks.map((remark) => short(cell(remark)));
}

/** What the document had, without what the edit says as well. */
function oldWords(kind: EditData['kind'], old: OrderedJson): string {
  if (typeof old === 'string') return old;
  const text = (name: string): string => memberText(old, name);
  if (kind === 'mounts') return `${text('source')}${listed([text('type'), ...texts(old, 'options')])}`;
  if (kind === 'deviceNodes') return `${text('type')} ${text('major')}:${text('minor')}`;
  return spellJson(old);
}

function hookRemarks(value: OrderedJson, from: NonNullable<EditData['hookEnv']>): string[] {
  if (from === 'container') return ['env of the container, in which it runs'];
  if (from === 'runtime') return ['env as the runtime has it'];
  const env = texts(value, 'env').map((entry) => `env ${entry}`);
  return from === 'spec' ? env : env.map((entry) => `${entry} (the spec gives none)`);
}

function short(text: string): string {
  const characters = [...text];
  return characters.length <= LONGEST ? text : `${characters.slice(0, LONGEST - 1).join('')}…`;
}

/** A member that is a text or a number; empty for any other. */
function memberText(value: OrderedJson, name: string): string {
  const member = memberOf(value, name);
  return typeof member === 'object' || member === undefined ? '' : String(member);
}

function texts(value: OrderedJson, name: string): string[] {
  const member = memberOf(value, name);
  return Array.isArray(member) ? member.map(String) : [];
}

function memberOf(value: OrderedJson, name: string): OrderedJson | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return orderedMembers(value as Parameters<typeof orderedMembers>[0]).find(([key]) => key === name)?.[1];
}
