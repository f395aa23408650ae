// The JSON schemas that the package publishes, to hold outputs against.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';

const FOLDER = resolve(import.meta.dirname, '../../schemas');
const BASE = 'https://cdi-runtime.dev/schemas/';

/** Their paths below `schemas/`. */
export const PUBLISHED: readonly string[] = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json'))
  .sort();

const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true });
for (const name of PUBLISHED) ajv.addSchema(JSON.parse(readFileSync(join(FOLDER, name), 'utf8')));

/** Fails where a value is not what the schema of this path below `schemas/` says. */
export function assertConforms(name: string, value: unknown): void {
  const validate = ajv.getSchema(`${BASE}${name}`);
  assert.ok(validate, `there is no schema schemas/${name} with the $id ${BASE}${name}`);
  assert.ok(validate(value), `${JSON.stringify(validate.errors)}\n${JSON.stringify(value)}`);
}
