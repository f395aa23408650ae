// Completion and hover texts of an editor: what the schema has for the place of the cursor.
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { type EditorView, hoverTooltip, type Tooltip } from '@codemirror/view';
import settingsSchema from '../schemas/config.schema.json' with { type: 'json' };
import { VERSIONS } from '../src/cdi/versions.ts';
import definitions from '../src/schema/defs.json' with { type: 'json' };
import specSchema from '../src/schema/schema.json' with { type: 'json' };
import { make } from './element.ts';
import { type Field, type FollowRef, findNodes, listFields, listValues, type SchemaNode } from './schema-fields.ts';
import { FORGOTTEN, SPEC_VALUES, SPEC_WORDS } from './spec-words.ts';
import { findYamlPlace } from './yaml-place.ts';

/** A kind of document that has a schema. */
export interface Hints {
  readonly schema: SchemaNode;
  readonly follow: FollowRef;
  /** of a field after the one that it is in, for what the schema does not say */
  readonly words: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, readonly string[]>>;
}

export const SPEC_HINTS: Hints = {
  schema: specSchema,
  follow: followSpecRef,
  words: SPEC_WORDS,
  values: {
    ...SPEC_VALUES,
    cdiVersion: VERSIONS.map(({ version }) => version).filter((version) => version >= '0.3.0'),
  },
};

export const SETTINGS_HINTS: Hints = {
  schema: settingsSchema,
  follow: (ref) => lookUp(settingsSchema, ref.replace(/^#/, '')),
  words: {},
  values: {},
};

function followSpecRef(ref: string): SchemaNode | undefined {
  const found = lookUp(definitions, ref.replace(/^.*#/, ''));
  const more = FORGOTTEN[ref.replace(/^.*\//, '')];
  return more === undefined ? found : { ...found, properties: { ...found?.properties, ...more } };
}

function lookUp(document: object, pointer: string): SchemaNode | undefined {
  let value: unknown = document;
  for (const key of pointer.split('/').slice(1)) value = Object(value)[key];
  return typeof value === 'object' && value !== null ? value : undefined;
}

function findFields({ schema, follow, words }: Hints, path: readonly string[]): readonly Field[] {
  const fields = listFields(findNodes(schema, path, follow), follow);
  return fields.map((field) => ({ ...field, words: field.words ?? words[nameIn(path, field.name)] }));
}

/** `deviceNodes.path` */
function nameIn(path: readonly string[], name: string): string {
  return [...path.slice(-1), name].join('.');
}

/** Keys where a key may stand, and the few values that a key takes. */
export function makeCompletion(hints: Hints): (context: CompletionContext) => CompletionResult | null {
  return ({ state, pos, explicit }) => {
    const line = state.doc.lineAt(pos);
    const before = line.text.slice(0, pos - line.from);
    const lines = state.doc.toString().split('\n');
    const typed = /[\w.$/-]*$/.exec(before)?.[0] ?? '';
    const { path, key } = findYamlPlace(lines, line.number - 1, before.length - typed.length);
    if (key !== undefined && before.length >= key.valueColumn) {
      const name = nameIn(path, key.name);
      const values = hints.values[name] ?? listValues(findNodes(hints.schema, [...path, key.name], hints.follow));
      return { from: pos - typed.length, options: values.map((label): Completion => ({ label, type: 'enum' })) };
    }
    if (!/^\s*(?:-\s+)*[\w.$/-]*$/.test(before) || (typed === '' && !explicit)) return null;
    const options = findFields(hints, path).map(({ name, form, words, isRequired }): Completion => {
      const detail = isRequired ? `${form}, needed` : form;
      return {
        label: name,
        apply: `${name}: `,
        type: 'property',
        detail,
        ...(words === undefined ? {} : { info: words }),
      };
    });
    return { from: pos - typed.length, options };
  };
}

export function makeHover(hints: Hints): ReturnType<typeof hoverTooltip> {
  return hoverTooltip((view, pos) => explainField(hints, view, pos));
}

function explainField(hints: Hints, { state }: EditorView, pos: number): Tooltip | null {
  const line = state.doc.lineAt(pos);
  const { path, key } = findYamlPlace(state.doc.toString().split('\n'), line.number - 1);
  if (key === undefined) return null;
  const [from, to] = [line.from + key.column, line.from + key.column + key.name.length];
  if (pos < from || pos > to) return null;
  const field = findFields(hints, path).find(({ name }) => name === key.name);
  if (field === undefined) return null;
  return { pos: from, end: to, above: true, create: () => ({ dom: describeField(field) }) };
}

function describeField({ name, form, words, isRequired }: Field): HTMLElement {
  const head = make('p', { class: 'hint-head' }, make('strong', {}, name), ` ${form}${isRequired ? ', needed' : ''}`);
  return make('div', { class: 'hint' }, head, ...(words === undefined ? [] : [make('p', {}, words)]));
}
