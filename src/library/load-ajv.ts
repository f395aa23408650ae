// ajv, found in its package, and loaded when a schema is set.
import { createRequire } from 'node:module';
import type { LoadAjv } from './compile-schema.ts';

// Not import(): setting a schema happens at once.
const require = createRequire(import.meta.url);

export const loadAjv: LoadAjv = (draft) => {
  if (draft === 'draft-07') {
    const { Ajv }: typeof import('ajv') = require('ajv');
    return Ajv;
  }
  if (draft === '2019-09') {
    const { Ajv2019 }: typeof import('ajv/dist/2019.js') = require('ajv/dist/2019.js');
    return Ajv2019;
  }
  const { Ajv2020 }: typeof import('ajv/dist/2020.js') = require('ajv/dist/2020.js');
  return Ajv2020;
};
