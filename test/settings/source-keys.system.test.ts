// Ways to ask that settings add: the shim's first look passes none over, however YAML spells the key.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { listRequestMarkers } from '../../src/requests/read-requests.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';
import { memoryHost } from '../host/memory-host.ts';
import { probeBinary } from '../shim/probe-binary.ts';
import { RUNS } from '../support/json-documents.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const bundle = join(folder, 'bundle');
mkdirSync(bundle);
writeFileSync(join(bundle, 'config.json'), '{}');

/** Ways to write a key; most of them mean the same. */
const FORMS: readonly ((key: string) => string)[] = [
  (key) => key,
  (key) => `'${key}'`,
  (key) => `"${key}"`,
  (key) => `"${key.replace('e', '\\x65').replace('m', '\\u006d')}"`,
  (key) => `"${key.slice(0, 3)}\\\n    ${key.slice(3)}"`,
  (key) => `!!binary ${Buffer.from(key).toString('base64')}`,
  (key) => `!<tag:yaml.org,2002:binary> ${Buffer.from(key).toString('base64')}`,
  (key) => `!!str ${key}`,
  (key) => `&a ${key}`,
  (key) => `? ${key}\n    `,
];

const sections: readonly (readonly [before: string, key: string, value: string])[] = [
  ['annotations', 'prefixes', '[x.org/]'],
  ['env', 'presets', '[nvidia]'],
  ['env', 'variables', '{ ASK: { kind: x.org/y } }'],
  ['mounts', 'enabled', 'true'],
];

const settings = fc
  .tuple(
    fc.constantFrom(...sections),
    fc.constantFrom(...FORMS),
    fc.constantFrom(...FORMS),
    fc.constantFrom('', '# x\n', '%TAG !b! tag:yaml.org,2002:\n---\n', '\ufeff'),
  )
  .map(([[before, key, value], outer, inner, head]) => {
    return `${head}requests:\n  ${outer(before)}:\n    ${inner(key)}: ${value}\n`;
  });

function addsSources(text: string): boolean {
  try {
    const host = memoryHost({ '/c.yaml': text }, { environment: { CDI_RUNTIME_CONFIG: '/c.yaml' } });
    const markers = listRequestMarkers(loadSettings(host).settings.requests);
    return markers.some((marker) => !listRequestMarkers(DEFAULT_SETTINGS.requests).includes(marker));
  } catch {
    return false;
  }
}

test('settings that add a way to ask start the core', () => {
  let added = 0;
  const shim = probeBinary();
  const file = join(folder, 'c.yaml');
  const env = { CDI_RUNTIME_CONFIG: file, PROBE: '[["argv"]]', PATH: '/usr/bin:/bin' };
  fc.assert(
    fc.property(settings, (text) => {
      if (!addsSources(text)) return;
      added++;
      writeFileSync(file, `${text}runtime: /bin/true\n`, { mode: 0o644 });
      assert.equal(spawnSync(shim, ['create', '-b', bundle, 'id'], { env }).status, 1, text);
    }),
    { numRuns: RUNS },
  );
  assert.ok(added > RUNS / 5, `${added} of ${RUNS}`);
});
