// Where items of edits stand in their specs: what was left out as stale shifts those behind it.
import { qualifiedName } from '../cdi/device-name.ts';
import type { ContainerEdits } from '../cdi/spec.ts';
import type { SpecFile } from '../registry/spec-file.ts';
import { CdiError, type Position } from '../text/error.ts';
import { type JsonValue, writeJson } from '../text/json.ts';
import type { EditItem, Explainable } from './explain.ts';

/** Places in specs as they were read for a plan. */
export class ItemPlaces {
  readonly #sources: Explainable['sources'];
  /** only then lists of a spec and of its edits differ */
  readonly #isShifted: boolean;
  readonly #specs = new Map<string, SpecFile | undefined>();

  constructor({ sources, warnings }: Explainable) {
    this.#sources = sources;
    this.#isShifted = warnings.some((warning) => warning.startsWith('left out: '));
  }

  of({ kind, field, sourced }: EditItem): Position | undefined {
    const [, index] = field;
    const isFiltered = kind === 'mounts' || kind === 'deviceNodes';
    if (!this.#isShifted || !isFiltered || index === undefined) return this.#sources.locate(sourced, field);
    const all = this.#whole(sourced.path, sourced.device)?.[kind] ?? [];
    const place = placeIn(all.map(textOf), (sourced.edits[kind] ?? []).map(textOf), Number(index));
    return this.#sources.locate(sourced, [kind, place]);
  }

  /** The edits as the file has them. */
  #whole(path: string, device: string | undefined): ContainerEdits | undefined {
    if (!this.#specs.has(path)) this.#specs.set(path, this.#load(path));
    const file = this.#specs.get(path);
    if (device === undefined) return file?.spec.containerEdits;
    return file?.spec.devices.find(({ name }) => qualifiedName(file.vendor, file.class, name) === device)
      ?.containerEdits;
  }

  #load(path: string): SpecFile | undefined {
    try {
      return this.#sources.every().load(path, 0);
    } catch (error) {
      if (error instanceof CdiError) return undefined;
      throw error;
    }
  }
}

function textOf(item: object): string {
  const value: JsonValue = { ...item };
  return writeJson(value);
}

/** The place in a list of an entry of what is left of it. */
function placeIn(all: readonly string[], left: readonly string[], index: number): number {
  let place = -1;
  for (const text of left.slice(0, index + 1)) place = all.indexOf(text, place + 1);
  return place < 0 ? index : place;
}
