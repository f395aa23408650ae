// Searching bytes for words, for the hosts written in TypeScript. Bytes come as characters 0 to 255.

/** Host.mentions over bytes. */
export function mentions(bytes: string, words: readonly string[], orElse: string): boolean {
  if (words.some((word) => bytes.includes(word))) return true;
  if (orElse === '') return false;
  const marked = bytes.startsWith('\xff\xfe') || bytes.startsWith('\xfe\xff');
  return marked || bytes.includes('\0') || [...orElse].some((character) => bytes.includes(character));
}

/** The beginnings of what a request source is known by in a document (shim/markers.c has the same). */
const MARKERS = ['cdi.k8s.io', 'CDI_DEVICE'];

/** Host.mayRequest over bytes: a marker, or an escape that could spell a part of one. */
export function mayRequest(bytes: string): boolean {
  return mentions(bytes, MARKERS, '') || /\\\/|\\u00(?:2[def]|3[0-9]|[46][1-9a-f]|5[0-9af]|7[0-9a])/i.test(bytes);
}
