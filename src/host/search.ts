// Searching bytes for words, for the hosts written in TypeScript. Bytes come as characters 0 to 255.

/** Host.mentions over bytes. */
export function mentions(bytes: string, words: readonly string[], orElse: string): boolean {
  if (words.some((word) => bytes.includes(word))) return true;
  if (orElse === '') return false;
  const marked = bytes.startsWith('\xff\xfe') || bytes.startsWith('\xfe\xff');
  return marked || bytes.includes('\0') || [...orElse].some((character) => bytes.includes(character));
}

/** Whether bytes hold a marker, or an escape that could spell a part of one: without, no document asks. */
export function mayMention(bytes: string, markers: readonly string[]): boolean {
  return mentions(bytes, markers, '') || /\\\/|\\u00(?:2[def]|3[0-9]|[46][1-9a-f]|5[0-9af]|7[0-9a])/i.test(bytes);
}

type Place = 'root' | 'annotations' | 'process' | 'env' | 'mounts' | undefined;

/** What is not looked at by itself: all that runtimes read, or refuse, between words, strings and comments. */
const WORD = /[{}[\]:,"']|\/\/|\/\*/g;

/** Words and strings without their closing quotes. No runtime reads past a NUL, or a string that does not end. */
function* listWords(bytes: string): Generator<string> {
  const [text = ''] = bytes.split('\0', 1);
  WORD.lastIndex = 0;
  for (let word = WORD.exec(text); word !== null; word = WORD.exec(text)) {
    const [token] = word;
    if (token === '"' || token === "'") {
      let end = WORD.lastIndex;
      while (end < text.length && text[end] !== token) end += text[end] === '\\' ? 2 : 1;
      if (end >= text.length) return;
      yield text.slice(word.index, end);
      WORD.lastIndex = end + 1;
    } else if (token.length === 2) {
      const close = token === '//' ? '\n' : '*/';
      const at = text.indexOf(close, WORD.lastIndex);
      if (at < 0) return;
      WORD.lastIndex = at + close.length;
    } else yield token;
  }
}

/** As much of a marker is compared. */
const MOST_MARKER_BYTES = 32;

/** Host.mayRequest over bytes: shim/find-request.c does the same, and says why. */
export function mayRequest(bytes: string, markers: readonly string[]): boolean {
  const words = markers.map((marker) => marker.slice(0, MOST_MARKER_BYTES));
  const places: Place[] = [];
  let [named, next]: Place[] = [];
  let last = '';
  for (const token of listWords(bytes)) {
    const place = places.at(-1);
    if (token[0] === '"' || token[0] === "'") {
      last = decode(token.slice(1));
      named = findNamed(place, last);
      if (place === 'mounts' && words.some((word) => last.includes(word))) return true;
      if (place === 'env' && asksByVariable(last, words)) return true;
    } else if (token === '{' || token === '[') {
      places.push(places.length === 0 ? 'root' : place === 'mounts' ? place : next);
      next = undefined;
    } else if (token === '}' || token === ']') {
      places.pop();
      if (places.length === 0) return false;
    } else if (token === ':') {
      next = named;
      const bare = last.replace(/^optional\./, '');
      if (place === 'annotations' && words.some((word) => last.startsWith(word) || bare.startsWith(word))) return true;
    } else next = undefined;
  }
  return false;
}

function asksByVariable(text: string, words: readonly string[]): boolean {
  const equals = text.indexOf('=');
  if (equals < 0 || equals + 1 === text.length) return false;
  const name = text.slice(0, equals);
  return words.some((word) => name === word || (word.length === MOST_MARKER_BYTES && name.startsWith(word)));
}

/** What is beyond ASCII matters only in the long s. */
function decode(raw: string): string {
  return raw.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, digits: string | undefined, letter: string) => {
    if (digits === undefined) return 'bfnrt'.includes(letter) ? ' ' : letter;
    const code = Number.parseInt(digits, 16);
    return code === 0x17f ? LONG_S : String.fromCharCode(Math.min(code, 0xff));
  });
}

/** As UTF-8 has it, in bytes. */
const LONG_S = '\xc5\xbf';

function findNamed(place: Place, text: string): Place {
  const [name = ''] = text.replaceAll(LONG_S, 's').split('\0');
  const wanted: readonly Place[] = place === 'root' ? ['annotations', 'process', 'mounts'] : ['env'];
  return place === 'root' || place === 'process' ? wanted.find((one) => one === name.toLowerCase()) : undefined;
}
