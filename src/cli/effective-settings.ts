// The settings that hold, as a settings file would say them, and where each comes from.
import type { LoadedSettings } from '../settings/combine.ts';
import { findOrigin, type Origin } from '../settings/origin.ts';
import { POLICY_PRESETS } from '../settings/policy-presets.ts';
import { type Form, isRow, type Section, type Settings } from '../settings/settings.ts';
import { SETTINGS } from '../settings/table.ts';
import { spellBytes, spellDuration } from '../settings/units.ts';
import { listMembers, type OrderedJson } from '../text/json.ts';

/** Settings in the spelling of their file. */
export type Spelled = { readonly [key: string]: OrderedJson };

/** Every key with its value, in the order of the table; where no rule matches, what the preset says. */
export function spellEffectiveSettings(settings: Settings): Spelled {
  const { policy } = settings;
  const fallback = policy.default ?? POLICY_PRESETS[policy.preset].default;
  return spellSection(SETTINGS, { ...settings, policy: { ...policy, default: fallback } });
}

/** The values of a section as a settings file would spell them. */
function spellSection(rows: Section, values: Spelled): Spelled {
  const entries = listMembers(values).map(([key, value]) => {
    const row = rows[key];
    if (row === undefined || value === undefined) return [key, value];
    if (isRow(row)) return [key, spellValue(row[0], value)];
    return [key, isSection(value) ? spellSection(row, value) : value];
  });
  return Object.fromEntries(entries);
}

export function spellValue(form: Form, value: OrderedJson): OrderedJson {
  if (typeof form !== 'object' || typeof value !== 'number') return value;
  if ('bytes' in form) return spellBytes(value);
  return 'duration' in form ? spellDuration(value) : value;
}

/** Every key that is no section, with its value. */
export function listLeaves(
  section: OrderedJson,
  keys: readonly string[] = [],
): (readonly [readonly string[], OrderedJson])[] {
  if (!isSection(section)) return [[keys, section]];
  return listMembers(section).flatMap(([key, value]) => (value === undefined ? [] : listLeaves(value, [...keys, key])));
}

/** Where the value of a key comes from; undefined for a default. */
export function findSettingOrigin({ settings, files }: LoadedSettings, keys: readonly string[]): Origin | undefined {
  const isOfPreset = keys.join('.') === 'policy.default' && settings.policy.default === null;
  return findOrigin(files, isOfPreset ? ['policy', 'preset'] : keys);
}

/** An origin as programs get it. */
export type OriginData =
  | 'default'
  | { readonly file: string; readonly line: number | undefined; readonly column: number | undefined };

export function encodeOrigin(origin: Origin | undefined): OriginData {
  return origin === undefined ? 'default' : { file: origin.path, line: origin.at?.line, column: origin.at?.column };
}

export function isSection(value: OrderedJson): value is Spelled {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
