// Operations on a host as data, so that the same ones run here and inside the shim.
import { type Host, isFailure, isMalformed, type RunRecord, type Watch } from '../../src/host/host.ts';
import type { JsonTree } from '../../src/text/json.ts';
import type { YamlTree } from '../../src/text/yaml-tree.ts';

/** `$0` as an argument stands for what the first operation gave. */
export type Operation = readonly [name: keyof Host | '$0.wait' | '$0.write', ...args: unknown[]];

/** What the operations give, one after another, as JSON has it: null for undefined, trees written out. */
export function runOperations(host: Host, operations: readonly Operation[]): unknown[] {
  const results: unknown[] = [];
  for (const [name, ...args] of operations) {
    const given = args.map((arg) =>
      typeof arg === 'string' && /^\$\d+$/.test(arg) ? results[Number(arg.slice(1))] : arg,
    );
    // The operations are a test's own: their arguments are what the method takes.
    const method = (
      name === '$0.wait'
        ? (results[0] as Watch).wait
        : name === '$0.write'
          ? (results[0] as RunRecord).write
          : host[name]
    ) as (...args: unknown[]) => unknown;
    results.push(method(...given) ?? null);
  }
  return results.map(written);
}

function written(result: unknown): unknown {
  if (typeof result !== 'object' || result === null || isMalformed(result) || isFailure(result)) return result;
  if ('codes' in result) return yamlWritten(result as YamlTree);
  return 'keyStart' in result ? jsonWritten(result as JsonTree, 0) : result;
}

/** The flat tree with the position of each node as `[line, column]`. */
export interface WrittenYaml {
  readonly codes: readonly number[];
  readonly texts: readonly string[];
  readonly tags: readonly (number | string)[];
  readonly anchors: readonly (number | string)[];
  readonly positions: readonly (readonly [number, number])[];
}

function yamlWritten(tree: YamlTree): WrittenYaml {
  const { codes, texts, tags, anchors } = tree;
  const positions = codes.map((_, node) => {
    const { line, column } = tree.position(node);
    return [line, column] as const;
  });
  return { codes, texts, tags, anchors, positions };
}

/** Offsets are the host's own: what they cut out is not. */
function jsonWritten(tree: JsonTree, node: number): unknown {
  const kind = tree.kind(node);
  const whole = tree.slice(tree.start(node), tree.end(node));
  if (kind === 'string') return [kind, whole, tree.string(node)];
  if (kind === 'number') return [kind, whole, tree.number(node)];
  if (kind === 'array') return [kind, whole, tree.elements(node).map((element) => jsonWritten(tree, element))];
  if (kind !== 'object') return [kind, whole];
  const members = tree
    .members(node)
    .map(([key, value]) => [key, tree.slice(tree.keyStart(value), tree.start(value)), jsonWritten(tree, value)]);
  return [kind, whole, members];
}
