// A spec that has not the form of one: all at which a reader would stop, and the rest of it, so that it can be judged.
import { readSpec } from '../../cdi/read-spec.ts';
import type { Spec } from '../../cdi/spec.ts';
import { CdiError, type Position } from '../../text/error.ts';
import { suggestNearest } from '../../text/nearest.ts';
import { quote } from '../../text/quote.ts';
import { type Decode, text, YamlReader } from '../../text/yaml-reader.ts';
import type { YamlTree } from '../../text/yaml-tree.ts';
import { makeFault, type SpecFault, writePosition } from './finding.ts';
import { findSpecFaults, type LocateField } from './spec-faults.ts';

/**
 * What is wrong with its form, and by the rules of CDI with what has the form of a spec.
 *
 * @param error at which a reader stops
 */
export function findFormFaults(tree: YamlTree, error: CdiError): readonly SpecFault[] {
  const reader = new LenientReader(tree);
  reader.keep(error);
  const spec = reader.document(reader.forgive(readSpec, undefined));
  const others = spec === undefined ? [] : findSpecFaults(spec, reader.makeLocate(spec));
  // What is mistyped counts as missing, which nobody has to be told besides.
  return [...reader.faults.values(), ...others.filter(({ at }) => !reader.faults.has(writePosition(at)))];
}

type Fields = Parameters<YamlReader['record']>[1];

const UNREADABLE: unique symbol = Symbol('unreadable');

/** Goes on behind what it refuses. */
class LenientReader extends YamlReader {
  readonly faults = new Map<string, SpecFault>();
  /** of lists that lack some: where their items stand in the document */
  readonly #places = new WeakMap<object, readonly number[]>();

  constructor(tree: YamlTree) {
    super(tree, { code: 'BAD_SPEC', what: 'read the spec' });
  }

  /** A decoder that gives something else where it would throw. */
  forgive<T, U>(decode: Decode<T>, otherwise: U): Decode<T | U> {
    return (reader, node, before) => {
      try {
        return decode(reader, node, before as T | undefined);
      } catch (error) {
        if (!(error instanceof CdiError)) throw error;
        this.keep(error);
        return otherwise;
      }
    };
  }

  override record(node: number, fields: Fields, before: object | undefined): Record<string, unknown> {
    const names = [...fields.keys()];
    const isKnown = (name: string): boolean => names.some((known) => known.toLowerCase() === name.toLowerCase());
    const forgiving = new Map(names.map((name) => [name, this.forgive(fields.get(name) ?? text, undefined)]));
    const refuse = (name: string): Decode<unknown> =>
      // the key stands before its value
      this.forgive(
        (_, value) => this.fail(value - 1, `field ${quote(name)} is unknown`, suggestNearest(name, names)),
        undefined,
      );
    const all: Fields = Object.assign(new Map<string, Decode<unknown>>(forgiving), {
      has: (name: string) => forgiving.has(name) || !isKnown(name),
      get: (name: string) => forgiving.get(name) ?? (isKnown(name) ? undefined : refuse(name)),
    });
    return super.record(node, all, before);
  }

  override list<T>(node: number, decode: Decode<T>, before: readonly T[] | undefined): T[] {
    const all = super.list<T | typeof UNREADABLE>(node, this.forgive(decode, UNREADABLE), before);
    const items = all.filter((item): item is T => item !== UNREADABLE);
    if (items.length < all.length)
      this.#places.set(
        items,
        [...all.keys()].filter((index) => all[index] !== UNREADABLE),
      );
    return items;
  }

  override texts(node: number, before: readonly string[] | undefined): string[] {
    return this.list(node, text, before);
  }

  /** By the places that items of a spec have in its document. */
  makeLocate(spec: Spec): LocateField {
    return (field): Position | undefined => {
      let at: unknown = spec;
      return this.locate(
        field.map((step) => {
          const list = Array.isArray(at) ? this.#places.get(at) : undefined;
          at = Object(at)[step];
          return typeof step === 'number' ? (list?.[step] ?? step) : step;
        }),
      );
    };
  }

  /** The first at each place. */
  keep(error: CdiError): void {
    const fault = makeFault(error, 'specification');
    const place = writePosition(fault.at);
    if (!this.faults.has(place)) this.faults.set(place, fault);
  }
}
