// What a device does, as far as rules ask about it: by all names that each thing goes by.
import type { PolicyRule } from '../settings/settings.ts';
import { matchesGlob, matchesPath } from '../text/glob.ts';

/** The conditions about what a device does. */
const KINDS = ['nodes', 'mounts', 'hooks', 'env'] as const;

export type EffectKind = (typeof KINDS)[number];

/** How the patterns of each match. */
const MATCHES: Readonly<Record<EffectKind, typeof matchesPath>> = {
  nodes: matchesPath,
  mounts: matchesPath,
  hooks: matchesPath,
  env: matchesGlob,
};

/** Of each kind, the things that a device brings; a thing by all its names. */
export type Effects = { readonly [K in EffectKind]: readonly (readonly string[])[] };

/** Whether what a device does matters to a rule. */
export function asksForEffects(rule: PolicyRule): boolean {
  return KINDS.some((kind) => rule[kind] !== undefined);
}

/**
 * The kinds that a rule which allows by others leaves to the device: it does not name them, and no rule before it
 * refuses all of them.
 */
export function listOpenKinds(rules: readonly PolicyRule[], index: number): readonly EffectKind[] {
  const rule = rules[index];
  if (rule === undefined || rule.action !== 'allow' || !asksForEffects(rule)) return [];
  const before = rules.slice(0, index);
  return KINDS.filter((kind) => rule[kind] === undefined && !before.some((one) => refusesAll(one, kind)));
}

/** Whether it has no other condition, under which alone it would hold. */
function refusesAll(rule: PolicyRule, kind: EffectKind): boolean {
  const conditions = Object.entries(rule).flatMap(([key, value]) => (value === undefined ? [] : [key]));
  const isAlone = conditions.every((key) => key === 'action' || key === kind);
  return rule.action !== 'allow' && isAlone && (rule[kind] ?? []).includes(kind === 'env' ? '*' : '/**');
}

/**
 * The name by which a rule holds for a device; undefined where it does not. A rule that allows holds where every thing of
 * the kinds that it names matches by every name, and there is one; any other, where of each of these kinds one does by one.
 */
export function findEffect(rule: PolicyRule, effects: Effects): string | undefined {
  let found: string | undefined;
  for (const kind of KINDS) {
    const patterns = rule[kind];
    if (patterns === undefined) continue;
    const matches = (name: string): boolean => patterns.some((pattern) => MATCHES[kind](pattern, name));
    const things = effects[kind];
    if (rule.action === 'allow') {
      if (!things.every((names) => names.every(matches))) return undefined;
      found ??= things[0]?.[0];
      continue;
    }
    // A mount of a folder gives all that lies in it.
    const gives = (name: string): boolean => kind === 'mounts' && patterns.some((pattern) => isAbove(name, pattern));
    const name = things.flat().find((one) => matches(one) || gives(one));
    if (name === undefined) return undefined;
    found ??= name;
  }
  return found;
}

/** Whether a folder has in it what a pattern names: as far as the pattern says where that is. */
function isAbove(folder: string, pattern: string): boolean {
  if (!folder.startsWith('/')) return false;
  if (folder === '/') return true;
  const depth = folder.split('/').length;
  const parts = pattern.split('/');
  const deep = parts.findIndex((part) => part.includes('**'));
  if (depth >= parts.length || (deep >= 0 && deep < depth)) return false;
  return matchesPath(parts.slice(0, depth).join('/'), folder);
}
