// Ways to ask that settings add: the shim's first look passes none over that the reader finds, however YAML spells it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createNodeHost } from '../../src/host/node.ts';
import { listRequestMarkers } from '../../src/requests/read-requests.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';
import { CdiError } from '../../src/text/error.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openDoor } from './door.ts';
import { fuzz } from './fuzz.ts';
import { readSettings } from './jobs.ts';
import { SETTINGS_WORDS, YAML_WORDS } from './words.ts';

/** Ways to write a key; most of them mean the same. */
const FORMS: readonly ((key: string) => string)[] = [
  (key) => key,
  (key) => `'${key}'`,
  (key) => `"${key}"`,
  (key) => `"${key.replace('e', '\\x65').replace('m', '\\u006d')}"`,
  (key) => `"${key.slice(0, 3)}\\\n    ${key.slice(3)}"`,
  (key) => `!!binary ${Buffer.from(key).toString('base64')}`,
  (key) => `!<tag:yaml.org,2002:binary> ${Buffer.from(key).toString('base64')}`,
  (key) => `!<tag:yaml.org,2002:b%69nary> ${Buffer.from(key).toString('base64')}`,
  (key) => `!<tag:yaml.org,2002:binary%00> ${Buffer.from(key).toString('base64')}`,
  (key) => `!!str ${key}`,
  (key) => `!!str%00 ${key}`,
  (key) => `&a ${key}`,
  (key) => `? ${key}\n    `,
];

const SECTIONS = [
  ['annotations', 'prefixes', '[x.org/]'],
  ['env', 'presets', '[nvidia]'],
  ['env', 'variables', '{ ASK: { kind: x.org/y } }'],
  ['mounts', 'enabled', 'true'],
] as const;

const HEADS = ['', '# x\n', '%TAG !b! tag:yaml.org,2002:\n---\n', '\ufeff'];

const spelled = HEADS.flatMap((head) =>
  SECTIONS.flatMap(([section, key, value]) =>
    FORMS.flatMap((outer) =>
      FORMS.map((inner) => Buffer.from(`${head}requests:\n  ${outer(section)}:\n    ${inner(key)}: ${value}\n`)),
    ),
  ),
);

const host = createNodeHost();
const file = join(temporaryFolder(), 'settings.yaml');
const usual = listRequestMarkers(DEFAULT_SETTINGS.requests);

function addsSource(text: Buffer): boolean {
  writeFileSync(file, text, { mode: 0o644 });
  try {
    return listRequestMarkers(readSettings(host, file).requests).some((marker) => !usual.includes(marker));
  } catch (error) {
    if (error instanceof CdiError) return false;
    throw error;
  }
}

test('settings that add a way to ask start the core', (t) => {
  let added = 0;
  const check = (inputs: readonly Buffer[]): void => {
    const adding = inputs.filter(addsSource);
    added += adding.length;
    if (adding.length > 0) assert.equal(openDoor('sources', adding, { ADDS: '1' }), undefined);
  };
  const words = [...YAML_WORDS, ...SETTINGS_WORDS];
  fuzz(t, { name: 'settings', executions: 4000, batch: 200, more: spelled, words, check });
  t.diagnostic(`${added} of them add a way to ask`);
  assert.ok(added > spelled.length / 4);
});
