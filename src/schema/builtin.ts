// The CDI project's own schema, version 1.1.0, compiled ahead: schema.json and defs.json beside this file.
import type { Validator } from './judge.ts';
import { validateCdi } from './validate-cdi.ts';

export const builtinValidator: Validator = validateCdi;
