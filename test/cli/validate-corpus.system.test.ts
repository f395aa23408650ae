// validate and lint over every spec of the corpus: they refuse what the loader refuses, and fix nothing but versions.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { replaceVersion } from '../../src/cli/lint/fixes.ts';
import { findOtherReadings } from '../../src/cli/lint/other-readings.ts';
import { lintSpec } from '../../src/cli/lint/rules.ts';
import { findSchemaFaults, loadNamedSchema } from '../../src/cli/lint/schema-faults.ts';
import { readSpecText, type SpecText } from '../../src/cli/lint/spec-text.ts';
import { isFailure } from '../../src/host/host.ts';
import { loadSpec } from '../../src/registry/spec-file.ts';
import { CdiError } from '../../src/text/error.ts';
import { corpusCases, corpusCategories } from '../support/corpus.ts';
import { memorySpecHost } from '../support/spec-host.ts';

const LARGEST = 64 * 1024 * 1024;

/** Every text of the corpus that may be a spec, and every spec that it has as JSON. */
function texts(value: unknown, found: Set<string>): Set<string> {
  if (typeof value === 'string' && /cdiVersion/i.test(value)) found.add(value);
  if (typeof value !== 'object' || value === null) return found;
  if ('cdiVersion' in value) found.add(JSON.stringify(value));
  for (const member of Object.values(value)) texts(member, found);
  return found;
}

/** A spec as the commands read it, and why the loader refuses it. */
function read(text: string): { readonly spec: SpecText; readonly refusal: CdiError | undefined } {
  const host = memorySpecHost({ '/a.yaml': text });
  const file = host.readFile('/a.yaml', LARGEST);
  if (isFailure(file)) throw new TypeError(file.errno);
  const spec = readSpecText(host, file, '/a.yaml');
  try {
    loadSpec(host, file, 0);
    return { spec, refusal: undefined };
  } catch (error) {
    if (error instanceof CdiError) return { spec, refusal: error };
    throw error;
  }
}

test('every spec of the corpus gets the verdict of the loader, and versions are all that lint fixes', async (t) => {
  const found = new Set<string>();
  for (const category of corpusCategories()) texts(corpusCases(category), found);
  const schema = await loadNamedSchema('builtin');
  let [refused, repairable, repaired, readable, other] = [0, 0, 0, 0, 0];
  for (const text of found) {
    const { spec, refusal } = read(text);
    equal(spec.faults.length > 0, refusal !== undefined, text);
    if (refusal !== undefined) {
      refused++;
      ok(
        spec.faults.some(({ why }) => refusal.message.includes(why)),
        `${refusal.message}\n${text}`,
      );
    }
    findSchemaFaults(spec, schema);
    if (spec.spec !== undefined) readable++;
    if (findOtherReadings(spec).length > 0) other++;
    for (const { version } of lintSpec({ ...spec, conflicts: new Map(), machine: undefined })) {
      if (version === undefined) continue;
      repairable++;
      const fixed = replaceVersion(spec, version);
      if (fixed === undefined) continue;
      repaired++;
      const after = read(fixed).spec.spec;
      deepEqual({ ...after, cdiVersion: spec.spec?.cdiVersion }, { ...spec.spec }, text);
      equal(after?.cdiVersion.replace(/^v/, ''), version, text);
    }
  }
  t.diagnostic(
    `${found.size} texts, ${refused} refused; ${repaired} of ${repairable} versions repaired; ${other} of ${readable} read differently`,
  );
  ok(refused > 1000 && repaired > 2000 && other > 40);
});
