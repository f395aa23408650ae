// Parts of edits in words.
import { type OrderedJson, orderedMembers } from '../text/json.ts';

/** ` (c 10:1, rw)`; nothing for parts that are all empty. */
export function inBrackets(parts: readonly string[]): string {
  const present = parts.filter((part) => part !== '');
  return present.length === 0 ? '' : ` (${present.join(', ')})`;
}

/** ` from /dev/a`, unless it is the same. */
export function fromWords(hostPath: string | undefined, path: string): string {
  return hostPath === undefined || hostPath === '' || hostPath === path ? '' : ` from ${hostPath}`;
}

/** A member that is a text or a number; empty for any other. */
export function memberText(value: OrderedJson, name: string): string {
  const member = memberOf(value, name);
  return typeof member === 'object' || member === undefined ? '' : String(member);
}

export function memberTexts(value: OrderedJson, name: string): string[] {
  const member = memberOf(value, name);
  return Array.isArray(member) ? member.map(String) : [];
}

function memberOf(value: OrderedJson, name: string): OrderedJson | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return orderedMembers(value as Parameters<typeof orderedMembers>[0]).find(([key]) => key === name)?.[1];
}
