// Rules of the plainest form, as programs write them by the hundred: read by the host at once, where it can.
import { type Doubts, Form, shapeList, shapeRecord, TEXT, type WrittenShape, writeShape } from '../text/shape.ts';
import type { YamlReader } from '../text/yaml-reader.ts';
import { isPattern } from './patterns.ts';
import type { PolicyRule } from './settings.ts';
import { ACTIONS } from './table.ts';

const FIELDS = {
  action: { form: Form.choice, choices: ACTIONS },
  reason: TEXT,
  devices: { form: Form.qualified },
  namespace: { form: Form.labels },
  pod: { form: Form.dotted },
};
const SHAPE = shapeList(shapeRecord(FIELDS, ['action']));
const WRITTEN: WrittenShape = SHAPE === undefined ? [] : writeShape(SHAPE);

const WORDS: Readonly<Record<number, Parameters<typeof isPattern>[0]>> = {
  [Form.qualified]: 'deviceGlob',
  [Form.labels]: 'namespaceGlob',
  [Form.dotted]: 'podGlob',
};

/** Undefined where one of them is of another form, or wrong: who reads them one by one says how. */
export function readPlainRules(reader: YamlReader, node: number, most: number): readonly PolicyRule[] | undefined {
  const doubts: Doubts = [];
  const rules = reader.shaped(node, WRITTEN, doubts);
  if (!Array.isArray(rules) || rules.length > most) return undefined;
  for (let i = 0; i < doubts.length; i += 2) {
    const word = WORDS[Number(doubts[i])];
    if (word === undefined || !isPattern(word, String(doubts[i + 1]))) return undefined;
  }
  return rules;
}
