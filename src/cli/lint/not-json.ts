// A file that is called .json and is none.
import { parseJson } from '../../text/json-syntax.ts';
import type { SpecFault } from './fault.ts';
import type { SpecText } from './spec-text.ts';

/** Engines read a `.json` file as YAML, too; a program that knows JSON alone stops here. */
export function checkJson({ path, text, faults }: SpecText): readonly SpecFault[] {
  if (!path.endsWith('.json') || faults.length > 0) return [];
  const tree = parseJson(text);
  if (!('syntax' in tree)) return [];
  return [{ by: 'syntax', code: 'BAD_SPEC', at: tree.at, why: `it is no JSON: ${tree.syntax}`, hint: undefined }];
}
