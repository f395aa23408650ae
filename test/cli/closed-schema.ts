// A published schema that takes only what it describes: what may be added later must be described then.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { PUBLISHED } from '../support/published-schemas.ts';

const FOLDER = resolve(import.meta.dirname, '../../schemas');

/**
 * @param name its path below `schemas/`
 * @returns a function that fails for a value with something in it that is not described
 */
export function closedSchema(name: string): (value: unknown) => void {
  const ajv = new Ajv2020({ strict: false });
  const read = (file: string): object => JSON.parse(readFileSync(resolve(FOLDER, file), 'utf8'), close);
  for (const other of PUBLISHED) if (other !== name) ajv.addSchema(read(other));
  const validate = ajv.compile(read(name));
  return (value) => assert.ok(validate(value), JSON.stringify(validate.errors));
}

function close(_: string, value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null && 'type' in value && 'properties' in value;
  return isObject && value.type === 'object' ? { additionalProperties: false, ...value } : value;
}
