// What will have been a key if a colon follows it: on its line, and near enough.
import type { Cursor } from './yaml-cursor.ts';

export interface PossibleKey {
  /** its token's number, counted from the first of the text */
  readonly token: number;
  readonly at: number;
  /** nothing but a key can stand there */
  readonly required: boolean;
}

/** In characters. */
const LONGEST_KEY = 1024;

/** At most one for each level of brackets, the outermost first. */
export class PossibleKeys {
  readonly #cursor: Cursor;
  readonly #keys: (PossibleKey | undefined)[] = [undefined];

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  get inFlow(): boolean {
    return this.#keys.length > 1;
  }

  enterFlow(): void {
    this.#keys.push(undefined);
  }

  leaveFlow(): void {
    if (this.inFlow) this.#keys.pop();
  }

  /** Puts a key in the place of the one of this level. */
  remember(key: PossibleKey): void {
    this.drop();
    this.#keys[this.#keys.length - 1] = key;
  }

  /** The key of this level, which its colon has proved. */
  take(): PossibleKey | undefined {
    const key = this.#keys.at(-1);
    this.#keys[this.#keys.length - 1] = undefined;
    return key;
  }

  /** Gives up the key of this level: something else has come. */
  drop(): void {
    this.#giveUp(this.#keys.length - 1);
  }

  /** Gives up keys of other lines and from too far back. */
  dropStale(): void {
    const { at: here, lineStart } = this.#cursor;
    for (let level = 0; level < this.#keys.length; level++) {
      const at = this.#keys[level]?.at ?? here;
      const isFar = here - at > LONGEST_KEY && this.#cursor.charactersSince(at) > LONGEST_KEY;
      if (at < lineStart || isFar) this.#giveUp(level);
    }
  }

  /** Whether a token may turn out to begin a key. */
  mayBegin(token: number): boolean {
    for (let level = 0; level < this.#keys.length; level++) {
      if (this.#keys[level]?.token === token) return true;
    }
    return false;
  }

  #giveUp(level: number): void {
    if (this.#keys[level]?.required === true) this.#cursor.fail('a colon after the key is missing');
    this.#keys[level] = undefined;
  }
}
