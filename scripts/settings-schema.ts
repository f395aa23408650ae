// Writes schemas/config.schema.json from the table of the settings; with --print it goes to standard output.
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { spellValue } from '../src/cli/effective-settings.ts';
import { FAMILIES } from '../src/oci/families.ts';
import { LONGEST_GLOB, POSSIBLE } from '../src/settings/patterns.ts';
import { POLICY_PRESETS } from '../src/settings/policy-presets.ts';
import { type Form, isRow, type Section, type Values } from '../src/settings/settings.ts';
import { ACTIONS, RULE, SETTINGS, SOURCES } from '../src/settings/table.ts';
import { PRESETS } from '../src/settings/vendor-presets.ts';
import { KEY_WORDS, RULE_WORDS, type Words } from './settings-words.ts';

interface Schema {
  readonly [keyword: string]: unknown;
}

const AMOUNT = '[0-9]{1,15} *';
const DURATION = `${AMOUNT}(?:ms|s|m|h)`;
const NAME = '[A-Za-z](?:[A-Za-z0-9._-]*[A-Za-z0-9])?';

/** A path in its shortest form, with these characters in its parts. */
function shortestPath(characters: string): string {
  return `(?:/(?!\\.{1,2}(?:/|$))${characters}+)+`;
}

const VENDOR_VARIABLES = Object.values(PRESETS).map(({ variable }) => variable);

/** What each word of the table takes. */
const WORDS: { readonly [W in keyof Values]: Schema } = {
  runtime: {
    type: 'string',
    minLength: 1,
    maxLength: 4095,
    pattern: String.raw`^(?:/[^'"\\\u0000-\u0008\u000a-\u001f]*|[^/'"\\\u0000-\u0008\u000a-\u001f]+)$`,
  },
  family: { enum: ['auto', ...FAMILIES] },
  flag: { type: 'boolean' },
  enabled: refer('enabled'),
  text: { type: 'string' },
  absolutePath: refer('absolutePath'),
  pathGlob: refer('pathGlob'),
  nodeGlob: { type: 'string', pattern: POSSIBLE.nodeGlob },
  deviceGlob: nameGlob('deviceGlob'),
  namespaceGlob: nameGlob('namespaceGlob'),
  podGlob: nameGlob('podGlob'),
  variableGlob: nameGlob('variableGlob'),
  mountTypeGlob: nameGlob('mountTypeGlob'),
  prefix: { type: 'string', pattern: '^[A-Za-z0-9._-]+/$' },
  mountPrefix: { type: 'string', pattern: `^${shortestPath('[A-Za-z0-9._-]')}$` },
  kind: { type: 'string', pattern: `^${NAME}/${NAME}$` },
  preset: { enum: Object.keys(PRESETS) },
  variables: {
    type: ['object', 'null'],
    propertyNames: { pattern: '^[A-Za-z0-9._-]+$', not: { const: 'CDI_DEVICES_OPTIONAL' } },
    additionalProperties: mapping({
      kind: {
        description: 'vendor.com/class of names without one; null: requests.defaultKind.',
        ...refer('kindOrNull'),
      },
      replaces: {
        description:
          "A vendor's variable, instead of which this one is read where it is set, by the rules of that vendor.",
        enum: [...VENDOR_VARIABLES, null],
        default: null,
      },
    }),
  },
  vendorVariable: { enum: VENDOR_VARIABLES },
  precedence: {
    anyOf: [{ enum: ['auto', 'all'] }, { type: 'array', items: refer('source'), minItems: 2, maxItems: 3 }],
  },
  source: refer('source'),
  action: refer('action'),
  policyPreset: { enum: Object.keys(POLICY_PRESETS) },
  rule: refer('rule'),
  owner: { enum: ['strict', 'off', false] },
  shares: {
    type: ['object', 'null'],
    propertyNames: nameGlob('deviceGlob'),
    additionalProperties: { type: 'integer', minimum: 1, maximum: 1000 },
  },
};

const IN_KUBERNETES: Schema = { properties: { kubernetes: { not: { const: false } } } };

/** What several keys take, or what is long. */
const DEFINITIONS: Schema = {
  enabled: { enum: ['auto', true, false], default: 'auto' },
  action: { enum: ACTIONS },
  absolutePath: { type: 'string', pattern: String.raw`^/[^\u0000]*$` },
  pathGlob: { type: 'string', pattern: POSSIBLE.pathGlob },
  pathGlobs: { type: 'array', items: WORDS.pathGlob, maxItems: 1000, default: [] },
  kindOrNull: { ...WORDS.kind, type: ['string', 'null'], default: null, examples: ['vendor.com/gpu'] },
  size: {
    description: 'Bytes, or a whole number with B, KiB, MiB or GiB behind it.',
    type: ['integer', 'string'],
    pattern: `^${AMOUNT}(?:B|KiB|MiB|GiB)?$`,
  },
  duration: {
    description: '0, or a whole number with ms, s, m or h behind it.',
    type: ['integer', 'string'],
    maximum: 0,
    minimum: 0,
    pattern: `^(?:0 *|${DURATION})$`,
  },
  source: { enum: Object.keys(SOURCES) },
  rule: {
    description: 'What is to be done with requests of which every condition here holds.',
    type: 'object',
    additionalProperties: false,
    required: ['action'],
    properties: properties(RULE, new Map(Object.entries(RULE_WORDS)), ''),
    // Outside Kubernetes no container has either.
    dependentSchemas: { namespace: IN_KUBERNETES, pod: IN_KUBERNETES },
  },
};

/** What a key takes, with its default where a definition does not have it. */
function schemaOf(form: Form, fallback: unknown): Schema {
  if (typeof form === 'string') return form === 'enabled' ? WORDS[form] : { ...WORDS[form], default: fallback };
  if ('oneOf' in form) return { enum: form.oneOf, default: fallback };
  if ('oneOrMore' in form) return oneOrMore(form.oneOrMore, form.most);
  if ('orNull' in form) {
    if (form.orNull === 'kind') return refer('kindOrNull');
    return { anyOf: [WORDS[form.orNull], { type: 'null' }], default: fallback };
  }
  if ('list' in form) {
    const { list, least, most } = form;
    if (list === 'pathGlob') return refer('pathGlobs');
    return { type: 'array', items: WORDS[list], minItems: least, maxItems: most, default: fallback };
  }
  if ('count' in form) return { type: 'integer', ...boundsOf(form.count), default: fallback };
  if ('bytes' in form) return { ...refer('size'), ...boundsOf(form.bytes), default: fallback };
  // A bare 0 is a duration, where nothing is one.
  const isOften0 = form.duration[0] === 0;
  return { ...(isOften0 ? refer('duration') : { type: 'string', pattern: `^${DURATION}$` }), default: fallback };
}

function boundsOf([minimum, maximum]: readonly [number, number]): Schema {
  return { minimum, maximum };
}

function oneOrMore(word: keyof Values, most: number): Schema {
  return { anyOf: [WORDS[word], { type: 'array', items: WORDS[word], minItems: 1, maxItems: most }] };
}

/** A pattern over names: `*` stands for any characters, `?` for one. */
function nameGlob(word: 'deviceGlob' | 'namespaceGlob' | 'podGlob' | 'variableGlob' | 'mountTypeGlob'): Schema {
  return { type: 'string', maxLength: LONGEST_GLOB, pattern: POSSIBLE[word] };
}

function mapping(members: Schema): Schema {
  return { type: ['object', 'null'], additionalProperties: false, properties: members };
}

function refer(name: string): Schema {
  return { $ref: `#/$defs/${name}` };
}

function properties(section: Section, words: ReadonlyMap<string, Words>, path: string): Schema {
  const entries = Object.entries(section).map(([key, node]) => {
    const said = words.get(path + key) ?? '';
    const [description, examples] = typeof said === 'string' ? [said] : said;
    if (!isRow(node)) return [key, { description, ...mapping(properties(node, words, `${path}${key}.`)) }];
    const [form, fallback] = node;
    return [key, { description, ...schemaOf(form, spellDefault(form, fallback)), examples }];
  });
  return Object.fromEntries(entries);
}

/** As a file would say it, where a variable need not say that it has no kind. */
function spellDefault(form: Form, fallback: unknown): unknown {
  if (form !== 'variables') return typeof fallback === 'number' ? spellValue(form, fallback) : fallback;
  return JSON.parse(JSON.stringify(fallback, (_, value) => (value === null ? undefined : value)));
}

/** As the formatter of this project has it: on one line what fits there, but for the schema of a key. */
function layOut(value: unknown, head: string, place: 'schema' | 'schemas' | 'value'): string {
  const short = inline(value);
  if (typeof value !== 'object' || value === null || (place === 'value' && head.length + short.length < 120)) {
    return head + short;
  }
  const indent = ' '.repeat(head.search(/\S|$/));
  const lines = Object.entries(JSON.parse(JSON.stringify(value))).map(([key, member]) => {
    const inner = Array.isArray(value) ? `${indent}  ` : `${indent}  ${JSON.stringify(key)}: `;
    const isOfSchemas = key === 'properties' || key === '$defs';
    return layOut(member, inner, place === 'schemas' ? 'schema' : isOfSchemas ? 'schemas' : 'value');
  });
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${head}${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const texts = members.map(([key, member]) => `${JSON.stringify(key)}: ${inline(member)}`);
  return texts.length === 0 ? '{}' : `{ ${texts.join(', ')} }`;
}

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://cdi-runtime.dev/schemas/config.schema.json',
  title: 'Settings of cdi-runtime',
  description:
    "/etc/cdi-runtime/config.yaml, its drop-ins /etc/cdi-runtime/config.d/*.yaml, and a rootless user's own $XDG_CONFIG_HOME/cdi-runtime/config.yaml. Maps merge from file to file, lists and single values replace.",
  ...mapping(properties(SETTINGS, new Map(Object.entries(KEY_WORDS)), '')),
  $defs: DEFINITIONS,
};
const text = `${layOut(schema, '', 'schema')}\n`;
if (process.argv.includes('--print')) process.stdout.write(text);
else writeFileSync(join(resolve(import.meta.dirname, '..'), 'schemas/config.schema.json'), text);
