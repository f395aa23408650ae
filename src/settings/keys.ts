// The keys of a settings file, and what each takes.
import { plainText } from '../text/yaml-decode.ts';
import type { Decode } from '../text/yaml-reader.ts';
import type { PolicyRule, Settings } from './settings.ts';
import { count, list, oneOf, oneOrMore, orNull, type Part, section } from './shapes.ts';
import { bytes, duration } from './units.ts';
import { absolutePath, glob, kind, mountPrefix, pathGlob, prefix, runtime, variableGlob, variables } from './values.ts';

const MEBIBYTE = 1024 ** 2;
/** Lists of names that people write are shorter than this; those of rules and patterns may be made by a program. */
const MOST_NAMES = 64;
const MOST_RULES = 1000;

const onOff = oneOf(true, false);
const autoOnOff = oneOf<'auto' | boolean>('auto', true, false);

export const settingsKeys: Decode<Part<Settings>> = section<Settings>(() => ({
  runtime,
  family: oneOf('auto', 'runc', 'crun', 'youki', 'runsc'),
  specDirs: list(absolutePath, { least: 1, most: MOST_NAMES, empty: 'name a directory, or leave the key out' }),
  requests: section<Settings['requests']>(() => ({
    annotations: section<Settings['requests']['annotations']>(() => ({
      enabled: autoOnOff,
      prefixes: list(prefix, { most: MOST_NAMES }),
    })),
    env: section<Settings['requests']['env']>(() => ({
      enabled: autoOnOff,
      presets: list(oneOf('nvidia', 'amd', 'habana', 'ascend'), { most: MOST_NAMES }),
      variables,
    })),
    mounts: section<Settings['requests']['mounts']>(() => ({ enabled: onOff, prefix: mountPrefix })),
    defaultKind: orNull(kind),
  })),
  policy: section<Settings['policy']>(() => ({
    preset: oneOf('open', 'kubernetes', 'locked'),
    default: orNull(oneOf('allow', 'ignore', 'deny')),
    rules: list(ruleOf(), { most: MOST_RULES }),
  })),
  unresolved: oneOf('fail', 'warn'),
  wait: duration(0, 3_600_000),
  stale: oneOf('fail', 'warn', 'skip'),
  trust: section<Settings['trust']>(() => ({
    owner: strictOrOff,
    hookPaths: list(pathGlob, { most: MOST_RULES }),
    hostPaths: list(pathGlob, { most: MOST_RULES }),
    hookEnv: list(variableGlob, { most: MOST_RULES }),
  })),
  hooks: section<Settings['hooks']>(() => ({ emptyEnv: oneOf('minimal', 'keep') })),
  limits: section<Settings['limits']>(() => ({
    config: bytes(1024, 1024 * MEBIBYTE),
    spec: bytes(1024, 1024 * MEBIBYTE),
    specs: count(1, 1_000_000),
    memory: bytes(8 * MEBIBYTE, 2047 * MEBIBYTE),
    time: duration(100, 600_000),
  })),
  log: section<Settings['log']>(() => ({ path: orNull(absolutePath), level: oneOf('error', 'warning', 'info') })),
  audit: section<Settings['audit']>(() => ({ enabled: onOff, required: onOff, path: absolutePath })),
}));

function ruleOf(): Decode<PolicyRule> {
  const globs = oneOrMore(glob, MOST_RULES);
  const keys = section<PolicyRule>(() => ({
    source: oneOrMore(oneOf('annotation', 'env', 'mount'), MOST_NAMES),
    devices: globs,
    namespace: globs,
    pod: globs,
    kubernetes: onOff,
    userNamespace: onOff,
    privileged: onOff,
    action: oneOf('allow', 'ignore', 'deny'),
    reason: plainText,
  }));
  return (reader, node) => {
    const { action, ...rule } = keys(reader, node, undefined);
    return {
      ...rule,
      action: action ?? reader.fail(node, 'the rule has no action', 'add action: allow, ignore or deny'),
    };
  };
}

/** YAML 1.1 reads a plain `off` as false: both are what was meant. */
const strictOrOff: Decode<'strict' | 'off'> = (reader, node) => {
  const value = reader.isScalar(node) ? reader.scalar(node) : undefined;
  return value === false ? 'off' : oneOf('strict', 'off')(reader, node, undefined);
};
