// A spec by its text, where it can be read: what is wrong with another is told by the findings.
import { readSpecTree } from '../../cdi/read-spec.ts';
import type { Spec } from '../../cdi/spec.ts';
import { isMalformed } from '../../host/host.ts';
import { parseYaml } from '../../host/yaml.ts';
import { CdiError } from '../../text/error.ts';

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
