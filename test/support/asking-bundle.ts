// A case of the corpus as a bundle that asks by an annotation, beside the files and the settings that it needs.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isQualifiedName } from '../../src/cdi/device-name.ts';
import { type InjectCase, ROOT, writeEntry } from './inject-case.ts';

export type Exact = null | boolean | string | { readonly text: string } | readonly Exact[] | ReadonlyMap<string, Exact>;

interface Checker {
  parseExact(text: string): Exact;
  compare(expect: unknown, actual: unknown): string | null;
}

const checker: Checker = await import(new URL('../conformance/corpus/check.mjs', import.meta.url).href);
export const { compare } = checker;
const KEY = 'cdi.k8s.io/x';

/** Why the request of a case cannot be made by an annotation. */
export function unaskable({ input, needsNonRoot }: InjectCase): string | undefined {
  if (input.oci === null) return 'there is no document';
  if (input.devices.length === 0) return 'an annotation that names no device is an error';
  if (!input.devices.every(isQualifiedName)) return 'a name that is no qualified one is an error of the request';
  if (needsNonRoot === true && process.getuid?.() === 0) return 'it must not run as root';
  return undefined;
}

export interface AskingBundle {
  /** of all that belongs to the case */
  readonly root: string;
  readonly bundle: string;
  /** a file */
  readonly settings: string;
  /** the text of the document that asks */
  readonly before: string;
}

/** Writes all of it into a folder, but for the document. */
export function makeAskingBundle(
  folder: string,
  { id, dirs = [], files = {}, input }: InjectCase,
  runtime: string,
): AskingBundle {
  const root = join(folder, id);
  const bundle = join(root, 'bundle');
  for (const directory of ['bundle', ...dirs]) mkdirSync(join(root, directory), { recursive: true });
  for (const [path, entry] of Object.entries(files)) writeEntry(join(root, path), entry, root);
  const settings = join(root, 'settings.yaml');
  const specDirs = JSON.stringify(input.specDirs).replaceAll(ROOT, root);
  writeFileSync(
    settings,
    `runtime: ${runtime}\nspecDirs: ${specDirs}\nrequests: { env: { enabled: false } }\nhooks: { emptyEnv: keep }\nstale: warn\naudit: { enabled: false }\n`,
  );
  return { root, bundle, settings, before: withRequest((input.oci ?? '').replaceAll(ROOT, root), input.devices) };
}

/** Adds the annotation by hand, so that every other byte stays; parsing both shows that it is all that was added. */
export function withRequest(text: string, devices: readonly string[]): string {
  const member = `${JSON.stringify(KEY)}:${JSON.stringify(devices.join(','))}`;
  const old = parse(text);
  assert.ok(old instanceof Map);
  const there: Exact = old.get('annotations') ?? new Map();
  const opening = there instanceof Map && there.size > 0 ? /"annotations":\s*{/.exec(text)?.[0] : undefined;
  assert.ok(opening !== undefined || !old.has('annotations'), 'annotations of another form');
  const start = opening === undefined ? '{' : opening;
  const added = opening === undefined ? `"annotations":{${member}}` : member;
  const more = opening !== undefined || old.size > 0 ? ',' : '';
  const at = text.indexOf(start);
  const made = `${text.slice(0, at)}${start}${added}${more}${text.slice(at + start.length)}`;
  const annotations = new Map([...(there instanceof Map ? there : []), [KEY, devices.join(',')]]);
  assert.equal(compare({ oci: dump(new Map([...old, ['annotations', annotations]])) }, { oci: made }), null);
  return made;
}

export function parse(text: string): Exact {
  return checker.parseExact(text);
}

export function dump(value: Exact): string {
  if (value instanceof Map)
    return `{${[...value].map(([key, member]) => `${JSON.stringify(key)}:${dump(member)}`).join(',')}}`;
  if (Array.isArray(value)) return `[${value.map(dump).join(',')}]`;
  return typeof value === 'object' && value !== null && 'text' in value ? value.text : JSON.stringify(value);
}
