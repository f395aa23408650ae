// From the rows of the table to what reads a settings file.
import { FAMILIES, type Family } from '../oci/families.ts';
import { plainText } from '../text/yaml-decode.ts';
import { type Decode, makeFields } from '../text/yaml-reader.ts';
import { checkDeviceGlob, nameGlob, pathGlob } from './patterns.ts';
import { POLICY_PRESETS } from './policy-presets.ts';
import { type Form, isRow, type PolicyRule, type Section, type Settings, type Values } from './settings.ts';
import { count, itself, keyOf, list, oneOf, oneOrMore, orNull, type Part } from './shapes.ts';
import { ACTIONS, RULE, SETTINGS, SOURCES } from './table.ts';
import { bytes, duration } from './units.ts';
import { absolutePath, checkVariable, kind, mountPrefix, owner, prefix, runtime } from './values.ts';
import { PRESETS } from './vendor-presets.ts';

/** Of a variable, a file may leave its kind open. */
type Words = { readonly [W in keyof Values]: Decode<W extends 'variables' ? Part<Values[W]> : Values[W]> };

/** What each word of the table takes. Made with all that follows when the core is loaded, not at each start. */
const WORDS: Words = {
  runtime,
  family: oneOf<'auto' | Family>('auto', ...FAMILIES),
  flag: oneOf(true, false),
  enabled: oneOf<'auto' | boolean>('auto', true, false),
  text: plainText,
  absolutePath,
  pathGlob: pathGlob('pathGlob'),
  nodeGlob: pathGlob('nodeGlob'),
  deviceGlob: nameGlob('deviceGlob'),
  namespaceGlob: nameGlob('namespaceGlob'),
  podGlob: nameGlob('podGlob'),
  variableGlob: nameGlob('variableGlob'),
  mountTypeGlob: nameGlob('mountTypeGlob'),
  prefix,
  mountPrefix,
  kind,
  preset: keyOf(PRESETS),
  variables: (reader, node) => {
    if (reader.isNull(node)) return {};
    for (const [name, value] of reader.entries(node, itself)) checkVariable(reader, value, name);
    return Object.fromEntries(reader.entries(node, variableDecoder));
  },
  vendorVariable: oneOf(...Object.values(PRESETS).map(({ variable }) => variable)),
  precedence: (reader, node) =>
    (reader.isSequence(node) ? precedenceDecoder : oneOf('auto', 'all'))(reader, node, undefined),
  source: keyOf(SOURCES),
  action: oneOf(...ACTIONS),
  policyPreset: keyOf(POLICY_PRESETS),
  rule: (reader, node) => {
    const { action, ...rule } = ruleDecoder(reader, node, undefined);
    if (rule.kubernetes === false && (rule.namespace ?? rule.pod) !== undefined) {
      const why = 'the rule can never match: outside Kubernetes no container has a namespace or pod';
      reader.fail(node, why, 'leave kubernetes out, or namespace and pod');
    }
    return {
      ...rule,
      action: action ?? reader.fail(node, 'the rule has no action', 'add action: allow, ignore or deny'),
    };
  },
  owner,
  shares: (reader, node) => {
    if (reader.isNull(node)) return {};
    for (const [pattern, value] of reader.entries(node, itself)) checkDeviceGlob(reader, value, pattern);
    return Object.fromEntries(reader.entries(node, shareDecoder));
  },
};

const shareDecoder = count(1, 1000);

const ruleDecoder = decodeSection<PolicyRule>(RULE);
const variableDecoder = decodeSection<Values['variables'][string]>({
  kind: [{ orNull: 'kind' }],
  replaces: [{ orNull: 'vendorVariable' }],
});
const precedenceDecoder = list(keyOf(SOURCES), {
  least: 2,
  most: 3,
  empty: 'write all, if no source goes before others',
});

/** Reads all that a file says. */
export const settingsDecoder: Decode<Part<Settings>> = decodeSection<Settings>(SETTINGS);

/** A mapping of the keys of some rows, each in this very spelling; what is absent stays absent, and null is empty. */
function decodeSection<T extends object>(rows: Section): Decode<Part<T>> {
  const fields = makeFields(makeDecoders(rows));
  return (reader, node) => {
    if (reader.isNull(node)) return {};
    // Of two spellings of one setting no one could tell which one holds. The rows say what each decoder gives.
    return reader.record(node, fields, undefined, true) as Part<T>;
  };
}

function makeDecoders(rows: Section): Readonly<Record<string, Decode<unknown>>> {
  const decoders: Record<string, Decode<unknown>> = {};
  for (const key in rows) {
    const row = rows[key];
    if (row !== undefined) decoders[key] = isRow(row) ? makeDecoder(row[0]) : decodeSection(row);
  }
  return decoders;
}

function makeDecoder(form: Form): Decode<unknown> {
  if (typeof form === 'string') return WORDS[form];
  if ('oneOf' in form) return oneOf(...form.oneOf);
  if ('list' in form) return list<unknown>(WORDS[form.list], form);
  if ('oneOrMore' in form) return oneOrMore<unknown>(WORDS[form.oneOrMore], form.most);
  if ('orNull' in form) return orNull<unknown>(WORDS[form.orNull]);
  if ('bytes' in form) return bytes(...form.bytes);
  if ('duration' in form) return duration(...form.duration);
  return count(...form.count);
}
