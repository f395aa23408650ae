// A spec by its text, where it can be read: what is wrong with another is told by the findings.
import { readSpecTree } from '../src/cdi/read-spec.ts';
import type { Spec } from '../src/cdi/spec.ts';
import { isMalformed } from '../src/host/host.ts';
import { parseYaml } from '../src/host/yaml.ts';
import { CdiError } from '../src/text/error.ts';

export function tryReadSpec(text: string): Spec | undefined {
  const tree = parseYaml(text);
  if (isMalformed(tree)) return undefined;
  try {
    return readSpecTree(tree, 'read the spec', undefined)?.spec;
  } catch (error) {
    if (error instanceof CdiError) return undefined;
    throw error;
  }
}
