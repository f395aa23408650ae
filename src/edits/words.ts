// Parts of edits in words.
import { listMembers, type OrderedJson } from '../text/json.ts';

/** ` (c 10:1, rw)`; nothing for parts that are all empty. */
export function writeInBrackets(parts: readonly string[]): string {
  const present = parts.filter((part) => part !== '');
  return present.length === 0 ? '' : ` (${present.join(', ')})`;
}

/** ` from /dev/a`, unless it is the same. */
export function writeFrom(hostPath: string | undefined, path: string): string {
  return hostPath === undefined || hostPath === '' || hostPath === path ? '' : ` from ${hostPath}`;
}

/** A member that is a text or a number; empty for any other. */
export function getText(value: OrderedJson, name: string): string {
  const member = getMember(value, name);
  return typeof member === 'object' || member === undefined ? '' : String(member);
}

export function getTexts(value: OrderedJson, name: string): string[] {
  const member = getMember(value, name);
  return Array.isArray(member) ? member.map(String) : [];
}

function getMember(value: OrderedJson, name: string): OrderedJson | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return listMembers(value as Parameters<typeof listMembers>[0]).find(([key]) => key === name)?.[1];
}
