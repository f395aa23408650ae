// One thing that a spec asks for, and where it is from: what is planned keeps it up to the last change.
import type { JsonValue } from '../text/json.ts';

/** Whose edits they are. */
export interface EditSource {
  /** of the spec; empty where there is no file */
  readonly path: string;
  /** undefined where they are those of the spec as a whole */
  readonly device: string | undefined;
  /** the first device that brings them */
  readonly broughtBy: string | undefined;
}

/** One variable, node, mount, … */
export interface Edit<T extends JsonValue = JsonValue> {
  readonly value: T;
  /** in the list that the spec has of its kind */
  readonly index: number;
  readonly source: EditSource;
}
