// Rules of the plainest form, as programs write them by the hundred: read by the host at once, where it can.
import { shapeList, shapeRecord, TEXT, TEXTS, type WrittenShape, writeShape } from '../text/shape.ts';
import type { YamlReader } from '../text/yaml-reader.ts';
import { isPattern } from './patterns.ts';
import type { PolicyRule } from './settings.ts';
import { ACTIONS, RULE } from './table.ts';

/** The lists of such a rule, with what their entries are. */
const LISTS: Readonly<Record<string, Parameters<typeof isPattern>[0]>> = {
  devices: 'deviceGlob',
  namespace: 'namespaceGlob',
  pod: 'podGlob',
};
const MOST_PATTERNS = RULE.devices[0].most;
const NAMES = Object.keys(LISTS);
const LIST_SHAPES = Object.fromEntries(NAMES.map((name) => [name, TEXTS]));
const SHAPE = shapeList(shapeRecord({ action: TEXT, reason: TEXT, ...LIST_SHAPES }, ['action']));
const WRITTEN: WrittenShape = SHAPE === undefined ? [] : writeShape(SHAPE);
const KNOWN_ACTIONS: readonly unknown[] = ACTIONS;

/** Undefined where one of them is of another form, or wrong: who reads them one by one says how. */
export function readPlainRules(reader: YamlReader, node: number, most: number): readonly PolicyRule[] | undefined {
  const rules = reader.shaped(node, WRITTEN);
  return Array.isArray(rules) && rules.length <= most && rules.every(isGood) ? rules : undefined;
}

/** There are texts, and lists of texts, under just these names. */
function isGood(rule: Record<string, unknown>): rule is PolicyRule {
  const { action } = rule;
  if (!KNOWN_ACTIONS.includes(action)) return false;
  for (const name of NAMES) {
    const list = rule[name];
    const word = LISTS[name];
    if (word === undefined || !Array.isArray(list)) continue;
    if (list.length === 0 || list.length > MOST_PATTERNS) return false;
    for (const pattern of list) if (!isPattern(word, String(pattern))) return false;
  }
  return true;
}
