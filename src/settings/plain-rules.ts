// Rules of the plainest form, as programs write them by the hundred: read by the host at once, where it can.
import { shapeList, shapeRecord, TEXT, TEXTS, type WrittenShape, writeShape } from '../text/shape.ts';
import type { YamlReader } from '../text/yaml-reader.ts';
import { isPattern } from './patterns.ts';
import type { PolicyRule } from './settings.ts';
import { ACTIONS, RULE } from './table.ts';

const MOST_PATTERNS = RULE.devices[0].most;
const FIELDS = { action: TEXT, reason: TEXT, devices: TEXTS, namespace: TEXTS, pod: TEXTS };
const SHAPE = shapeList(shapeRecord(FIELDS, ['action']));
const WRITTEN: WrittenShape = SHAPE === undefined ? [] : writeShape(SHAPE);
const KNOWN_ACTIONS: readonly unknown[] = ACTIONS;

/** Undefined where one of them is of another form, or wrong: who reads them one by one says how. */
export function readPlainRules(reader: YamlReader, node: number, most: number): readonly PolicyRule[] | undefined {
  const rules = reader.shaped(node, WRITTEN);
  return Array.isArray(rules) && rules.length <= most && rules.every(isGood) ? rules : undefined;
}

/** There are texts, and lists of texts, under just these names. */
function isGood(rule: { readonly [name in keyof typeof FIELDS]?: unknown }): rule is PolicyRule {
  return (
    KNOWN_ACTIONS.includes(rule.action) &&
    isGoodList('deviceGlob', rule.devices) &&
    isGoodList('namespaceGlob', rule.namespace) &&
    isGoodList('podGlob', rule.pod)
  );
}

function isGoodList(word: Parameters<typeof isPattern>[0], list: unknown): boolean {
  if (list === undefined) return true;
  if (!Array.isArray(list) || list.length === 0 || list.length > MOST_PATTERNS) return false;
  for (const pattern of list) if (!isPattern(word, String(pattern))) return false;
  return true;
}
