// YAML through both front ends: as WebAssembly in this process, and in the shim.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNodeHost } from '../../src/host/node.ts';
import type { SyntaxFailure, YamlTree } from '../../src/text/yaml-tree.ts';
import { type Operation, runOperations, type WrittenYaml } from '../host/operations.ts';
import { operateShim } from '../host/port-binary.ts';

export type Parsed = WrittenYaml | SyntaxFailure;

export interface Both {
  readonly node: Parsed;
  readonly shim: Parsed;
}

/** So many texts to one start of the shim. */
const BATCH = 100;
const LARGEST = 1 << 24;

/** What the front ends make of each text. */
export function parseBoth(folder: string, texts: readonly (string | Uint8Array)[]): Both[] {
  const host = createNodeHost();
  const results: Both[] = [];
  for (let from = 0; from < texts.length; from += BATCH) {
    const operations = texts.slice(from, from + BATCH).flatMap((text, i): Operation[] => {
      const file = join(folder, `text-${i}`);
      writeFileSync(file, text);
      return [
        ['readFile', file, LARGEST],
        ['parseYaml', `$${2 * i}`],
      ];
    });
    const shim = operateShim(folder, operations);
    const node = runOperations(host, operations).map((result) => JSON.parse(JSON.stringify(result)));
    for (let i = 1; i < operations.length; i += 2) results.push({ node: parsed(node[i]), shim: parsed(shim[i]) });
  }
  assert.equal(results.length, texts.length);
  return results;
}

function parsed(result: unknown): Parsed {
  assert.ok(typeof result === 'object' && result !== null && ('codes' in result || 'syntax' in result));
  // The operation was parseYaml, which gives nothing else.
  return result as Parsed;
}

/** The tree as the core takes it. */
export function asTree({ positions, ...tree }: WrittenYaml): YamlTree {
  return {
    ...tree,
    position: (node) => {
      const [line, column] = positions[node] ?? [0, 0];
      return { line, column };
    },
  };
}
