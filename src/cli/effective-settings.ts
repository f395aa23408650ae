// The settings that hold, as a settings file would say them, and where each comes from.
import { POLICY_PRESETS } from '../policy/rules.ts';
import type { LoadedSettings } from '../settings/load.ts';
import { type Origin, originOf } from '../settings/origin.ts';
import type { Settings } from '../settings/settings.ts';
import { spellBytes, spellDuration } from '../settings/units.ts';
import { type OrderedJson, orderedMembers } from '../text/json.ts';

/** Settings in the spelling of their file. */
export type Section = { readonly [key: string]: OrderedJson };

/** Every key with its value, in the order of the defaults; where no rule matches, what the preset says. */
export function effectiveSettings(settings: Settings): Section {
  const { requests, policy, wait, limits } = settings;
  const variables = Object.entries(requests.env.variables).map(([name, { kind }]) => [name, { kind }] as const);
  const { config, spec, specs, memory, time } = limits;
  return {
    ...settings,
    requests: { ...requests, env: { ...requests.env, variables: Object.fromEntries(variables) } },
    policy: {
      ...policy,
      default: policy.default ?? POLICY_PRESETS[policy.preset].default,
      rules: policy.rules.map((rule) => ({ ...rule })),
    },
    wait: spellDuration(wait),
    limits: {
      config: spellBytes(config),
      spec: spellBytes(spec),
      specs,
      memory: spellBytes(memory),
      time: spellDuration(time),
    },
  };
}

/** Every key that is no section, with its value. */
export function settingsLeaves(
  section: OrderedJson,
  keys: readonly string[] = [],
): (readonly [readonly string[], OrderedJson])[] {
  if (!isSection(section)) return [[keys, section]];
  return orderedMembers(section).flatMap(([key, value]) =>
    value === undefined ? [] : settingsLeaves(value, [...keys, key]),
  );
}

/** Where the value of a key comes from; undefined for a default. */
export function settingOrigin({ settings, files }: LoadedSettings, keys: readonly string[]): Origin | undefined {
  const isOfPreset = keys.join('.') === 'policy.default' && settings.policy.default === null;
  return originOf(files, isOfPreset ? ['policy', 'preset'] : keys);
}

/** An origin as programs get it. */
export type OriginData =
  | 'default'
  | { readonly file: string; readonly line: number | undefined; readonly column: number | undefined };

export function originData(origin: Origin | undefined): OriginData {
  return origin === undefined ? 'default' : { file: origin.path, line: origin.at?.line, column: origin.at?.column };
}

export function isSection(value: OrderedJson): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
