// The patterns of the settings: one that nothing could ever match is refused, with the nearest form that could.
import { cleanPath } from '../text/path.ts';
import { quote } from '../text/quote.ts';
import { plainText } from '../text/yaml-decode.ts';
import type { Decode, YamlReader } from '../text/yaml-reader.ts';

/** Regular expressions over patterns, for the reader and for the published schema. */
const FIRST = '[A-Za-z*?]';
const INNER = '[A-Za-z0-9._*?-]*';
const LAST = '[A-Za-z0-9*?]';
/** Of a vendor or class: all of it, how it begins before a `*`, and how it ends behind one. */
const PART = `${FIRST}(?:${INNER}${LAST})?`;
const HEAD = String.raw`(?:${FIRST}${INNER})?\*`;
const TAIL = `(?:${INNER}${LAST})?`;
const NAME_INNER = '[A-Za-z0-9._:*?-]*';
const NAME = `${LAST}(?:${NAME_INNER}${LAST})?`;
const NAME_TAIL = `(?:${NAME_INNER}${LAST})?`;

/** A pattern that matches some `vendor.com/class=name`; a `*` may stand for a "/" or "=", too, and for both. */
const DEVICE = [
  `${PART}[/?](?:${PART}[=?]${NAME}|${HEAD}${NAME_TAIL})`,
  `${HEAD}(?:${TAIL}[=?]${NAME}|${INNER}\\*${NAME_TAIL}|${NAME_TAIL})`,
].join('|');

export const POSSIBLE: { readonly [W in GlobWord]: string } = {
  deviceGlob: `^(?:${DEVICE})$`,
  /** a label of DNS, as Kubernetes demands it */
  namespaceGlob: '^[a-z0-9*?](?:[a-z0-9*?-]*[a-z0-9*?])?$',
  /** names with full stops between them */
  podGlob: '^[a-z0-9*?](?:[a-z0-9.*?-]*[a-z0-9*?])?$',
  variableGlob: '^[A-Za-z0-9._*?-]+$',
  /** a file system, with what stands behind it: `fuse.sshfs` */
  mountTypeGlob: '^[a-z0-9._*?-]+$',
  /** A path in its shortest form, with no blank at its end, and nothing that others take for more than itself. */
  pathGlob: String.raw`^(?![\s\S]* $)(?:/|(?:/(?!\.{1,2}(?:/|$))[^/\u0000\[\]{}]+)+)$`,
  /** no folder in which nodes are */
  nodeGlob: String.raw`^(?![\s\S]* $)(?!/dev$)(?:/(?!\.{1,2}(?:/|$))[^/\u0000\[\]{}]+)+$`,
};

type PathWord = 'pathGlob' | 'nodeGlob';
type GlobWord = PathWord | 'deviceGlob' | 'namespaceGlob' | 'podGlob' | 'variableGlob' | 'mountTypeGlob';
type Repair = (text: string) => string;

/** Longer ones would only be slow to judge; paths are judged from left to right. */
export const LONGEST_GLOB = 512;

/** What people write who know other patterns. */
const OTHER_PATTERNS: readonly Repair[] = [
  (text) => text.trim(),
  (text) => text.replace(/\[[^\]]*\]/g, '?').replace(/\{[^}]*\}/g, '*'),
];
const PATH_REPAIRS: readonly Repair[] = [
  ...OTHER_PATTERNS,
  (text) => (text === '' || text.startsWith('/') ? text : `/${text}`),
  (text) => (text === '' ? text : cleanPath(text)),
];

/** What may be wrong with a pattern, most likely first: each goes on where the one before ended. */
const REPAIRS: { readonly [W in GlobWord]: readonly Repair[] } = {
  deviceGlob: [
    ...OTHER_PATTERNS,
    (text) => (text.includes('=') ? text : text.replace(/(\/[^:]+):([^:]+)$/, '$1=$2')),
    completeDevice,
    (text) => text.replace(/[^A-Za-z0-9._:/=*?-]/g, '?'),
  ],
  namespaceGlob: [...OTHER_PATTERNS, (text) => text.toLowerCase(), (text) => text.replace(/[^a-z0-9*?-]/g, '?')],
  podGlob: [...OTHER_PATTERNS, (text) => text.toLowerCase(), (text) => text.replace(/[^a-z0-9.*?-]/g, '?')],
  variableGlob: [
    ...OTHER_PATTERNS,
    (text) => text.replace(/^\$/, '').replace(/(.)=.*/s, '$1'),
    (text) => text.replace(/[^A-Za-z0-9._*?-]/g, '?'),
  ],
  mountTypeGlob: [...OTHER_PATTERNS, (text) => text.toLowerCase(), (text) => text.replace(/[^a-z0-9._*?-]/g, '?')],
  pathGlob: [...PATH_REPAIRS, (text) => text.replace(/[[\]{}]| $/g, '?')],
  nodeGlob: [
    ...PATH_REPAIRS,
    (text) => text.replace(/[[\]{}]| $/g, '?'),
    (text) => (text === '/' ? '/dev/**' : `${text}/**`),
  ],
};

const WANTED: { readonly [W in GlobWord]: string } = {
  deviceGlob: 'a device has the form vendor.com/class=name',
  namespaceGlob: 'a namespace has small letters, digits and - in it',
  podGlob: 'the name of a pod has small letters, digits, - and . in it',
  variableGlob: 'the name of a variable has letters, digits and . _ - in it',
  mountTypeGlob: 'the name of a file system has small letters, digits and . _ - in it',
  pathGlob: 'only * and ? stand for something else',
  nodeGlob: 'only * and ? stand for something else, and /dev itself is no node',
};

/** Where a part is missing, anything may stand in its place. */
function completeDevice(text: string): string {
  const equals = text.indexOf('=');
  const [kind, name] = equals < 0 ? [text, '*'] : [text.slice(0, equals), text.slice(equals + 1) || '*'];
  if (kind.endsWith('/')) return `${kind}*=${name}`;
  if (kind.includes('/')) return `${kind}=${name}`;
  return kind.includes('.') ? `${kind}/*=${name}` : `*/${kind}=${name}`;
}

const FORMS = new Map(Object.entries(POSSIBLE).map(([word, form]) => [word, new RegExp(form)]));

function canMatch(word: GlobWord, pattern: string): boolean {
  return FORMS.get(word)?.test(pattern.includes('**') ? pattern.replace(/\*+/g, '*') : pattern) ?? false;
}

/** Whether a text is a pattern over names. */
function isPattern(word: Exclude<GlobWord, PathWord>, text: string): boolean {
  return text.length <= LONGEST_GLOB && canMatch(word, text);
}

/** A pattern over names. */
export function nameGlob(word: Exclude<GlobWord, PathWord>): Decode<string> {
  return (reader, node) => {
    const text = plainText(reader, node, undefined);
    if (isPattern(word, text)) return text;
    if (text === '') return reader.fail(node, 'the pattern is empty', 'write * for anything');
    if (text.length > LONGEST_GLOB) return reader.fail(node, `the pattern is longer than ${LONGEST_GLOB} characters`);
    return refuse(reader, node, word, text);
  };
}

/** That a key is a pattern over devices. */
export function checkDeviceGlob(reader: YamlReader, value: number, text: string): void {
  if (!isPattern('deviceGlob', text)) refuse(reader, value, 'deviceGlob', text);
}

/** A pattern over paths, as comparisons need it: without `.`, `..`, doubled slashes or one at its end. */
export function pathGlob(word: PathWord): Decode<string> {
  return (reader, node) => {
    const path = plainText(reader, node, undefined);
    if (canMatch(word, path)) return path;
    const hint = suggestForm(word, path);
    if (!path.startsWith('/')) return reader.fail(node, `${quote(path)} is no absolute path`, hint);
    if (path.includes('\0')) return reader.fail(node, `${quote(path)} has a NUL in it`);
    const clean = cleanPath(path);
    if (clean === path) return refuse(reader, node, word, path);
    const all = path.endsWith('/') && clean !== '/' ? `, or ${clean}/** for what is in it` : '';
    return reader.fail(node, `${quote(path)} is not in its shortest form`, hint + all);
  };
}

function refuse(reader: YamlReader, node: number, word: GlobWord, text: string): never {
  return reader.fail(node, `${quote(text)} can never match: ${WANTED[word]}`, suggestForm(word, text));
}

function suggestForm(word: GlobWord, text: string): string {
  const parts = (/[[{]/.test(text) ? [text] : text.split(',')).map((part) => findForm(word, part));
  const forms = parts.filter((form) => form !== undefined);
  if (forms.length < parts.length) return 'write * for any characters and ? for one';
  return `write ${forms.length === 1 ? forms[0] : `[${forms.join(', ')}]`}`;
}

function findForm(word: GlobWord, text: string): string | undefined {
  let form = text;
  for (const repair of REPAIRS[word]) {
    form = repair(form);
    if (form !== '' && canMatch(word, form)) return form;
  }
  return undefined;
}
