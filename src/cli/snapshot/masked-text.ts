// Texts of any form without what looks like a credential: the rest stays where it is, line by line.

/** Bounded, so that no text takes long. */
const PART = String.raw`[\w./-]{0,64}`;
const NAME = `(?:token|secret|passw|credential|api[-_]?key|private[-_]?key)${PART}`;
const STANDS_FOR = 'left-out';

/** In the order in which they are replaced. */
const LOOKS: readonly (readonly [RegExp, string])[] = [
  // user:password@ of a URL
  [/(\w:\/\/)[^/\s"'@]+@/g, `$1${STANDS_FOR}@`],
  // "TOKEN=…" within quotes
  [new RegExp(String.raw`("${PART}${NAME}=)(?:[^"\\\n]|\\.)+`, 'gi'), `$1${STANDS_FOR}`],
  [new RegExp(String.raw`('${PART}${NAME}=)[^'\n]+`, 'gi'), `$1${STANDS_FOR}`],
  // token: "…", "token": "…"
  [new RegExp(String.raw`(${NAME}["']?\s*[:=]\s*)(?:"(?:[^"\\\n]|\\.)+"|'[^'\n]+')`, 'gi'), `$1"${STANDS_FOR}"`],
  // TOKEN=…, token: …
  [new RegExp(String.raw`(${NAME}(?:=|\s*:[ \t]+))(?!["'|>&*{[]|${STANDS_FOR})[^\n,\]}"']+`, 'gi'), `$1${STANDS_FOR}`],
];

/** @returns the text, and how many there were */
export function maskText(text: string): { readonly text: string; readonly count: number } {
  let masked = text;
  let count = 0;
  for (const [look, by] of LOOKS) {
    count += [...masked.matchAll(look)].length;
    masked = masked.replace(look, by);
  }
  return { text: masked, count };
}
