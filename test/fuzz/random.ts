// Random numbers that a seed decides, so that every run can be had again.

export interface Random {
  /** a whole number from 0 up to and without `below` */
  below(below: number): number;
  /** one of some things */
  pick<T>(things: readonly T[]): T;
}

/** @param seed any whole number (the generator is mulberry32) */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    pick: <T>(things: readonly T[]): T => {
      const thing = things[below(things.length)];
      if (thing === undefined) throw new RangeError('there is nothing to pick from');
      return thing;
    },
  };
}
