// Numbers with their nouns.

/** `1 device`, `2 devices`. */
export function writeCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
