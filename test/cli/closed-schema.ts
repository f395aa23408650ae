// A published schema that takes only what it describes: what may be added later must be described then.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { PUBLISHED } from '../support/published-schemas.ts';

const FOLDER = resolve(import.meta.dirname, '../../schemas');

/** @param name its path below `schemas/` */
export function closedSchema(name: string): ValidateFunction {
  const ajv = new Ajv2020({ strict: false });
  const read = (file: string): object => JSON.parse(readFileSync(resolve(FOLDER, file), 'utf8'), close);
  for (const other of PUBLISHED) if (other !== name) ajv.addSchema(read(other));
  return ajv.compile(read(name));
}

function close(_: string, value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null && 'type' in value && 'properties' in value;
  return isObject && value.type === 'object' ? { additionalProperties: false, ...value } : value;
}
