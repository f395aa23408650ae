// Searching bytes for words, for the hosts written in TypeScript. Bytes come as characters 0 to 255.

/** Host.mentions over bytes. */
export function mentions(bytes: string, words: readonly string[], orElse: string): boolean {
  if (words.some((word) => bytes.includes(word))) return true;
  if (orElse === '') return false;
  const marked = bytes.startsWith('\xff\xfe') || bytes.startsWith('\xfe\xff');
  return marked || bytes.includes('\0') || [...orElse].some((character) => bytes.includes(character));
}

/** Host.mayRequest over bytes: a marker, or an escape that could spell a part of one (shim/prefilter.c does the same). */
export function mayRequest(bytes: string, markers: readonly string[]): boolean {
  return mentions(bytes, markers, '') || /\\\/|\\u00(?:2[def]|3[0-9]|[46][1-9a-f]|5[0-9af]|7[0-9a])/i.test(bytes);
}
