// The CDI project's own schema, main at 05ae4b5, compiled ahead: schema.json and defs.json beside this file.
import type { Validator } from './judge.ts';
import { validateCdi } from './validate-cdi.ts';

export const builtinValidator: Validator = validateCdi;
