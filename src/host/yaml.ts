// YAML outside the shim: the same libyaml and the same C around it as in there, as WebAssembly, for Node and browsers.
import type { SyntaxFailure, YamlTree } from '../text/yaml-tree.ts';
import { LIBYAML } from './libyaml.ts';

/** What is used of WebAssembly: Node's types do not have it, and the browser's come with all of the DOM. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  class Memory {
    readonly buffer: ArrayBuffer;
  }
}

/** What src/host/libyaml.c exports. Numbers are addresses in its memory, and sizes. */
interface Reader {
  readonly memory: WebAssembly.Memory;
  reserve(size: number): number;
  /** the address of eleven numbers */
  read(size: number): number;
}

const OUTCOMES = ['read', 'malformed', 'no room'] as const;
const TAG = 1;
/** Where a reader's memory has grown beyond this, the next text gets a new one. */
const KEPT_BYTES = 4 << 20;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
let module: WebAssembly.Module | undefined;
let idle: Reader | undefined;

/**
 * Reads the first document of a YAML text as the Go reader of CDI does. What follows it is not looked at, but for
 * characters that are not allowed within the 512 bytes that are read ahead.
 *
 * @param text as text, or as bytes: UTF-8, or UTF-16 with a byte order mark
 */
export function parseYaml(text: string | Uint8Array): YamlTree | SyntaxFailure {
  if (typeof text === 'string' && !text.isWellFormed()) return { syntax: 'it is not valid UTF-8', at: undefined };
  const bytes = typeof text === 'string' ? encoder.encode(text) : text;
  const reader = idle ?? startReader();
  // A reader whose reading was stopped half way is not used again.
  idle = undefined;
  const input = reader.reserve(bytes.length);
  if (input === 0) return makeRoomFailure(bytes);
  new Uint8Array(reader.memory.buffer, input, bytes.length).set(bytes);
  const result = readResult(reader, bytes);
  if (reader.memory.buffer.byteLength <= KEPT_BYTES) idle = reader;
  return result;
}

function startReader(): Reader {
  module ??= new WebAssembly.Module(decodeBase64(LIBYAML));
  const { memory, reserve, read } = new WebAssembly.Instance(module).exports;
  if (!(memory instanceof WebAssembly.Memory) || typeof reserve !== 'function' || typeof read !== 'function') {
    throw new TypeError('libyaml.ts is not what src/host/libyaml.c makes');
  }
  return { memory, reserve: (size) => reserve(size), read: (size) => read(size) };
}

/** Node's own way takes a hundredth of the time. */
function decodeBase64(text: string): Uint8Array {
  if (typeof Buffer !== 'undefined') return Buffer.from(text, 'base64');
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function readResult(reader: Reader, bytes: Uint8Array): YamlTree | SyntaxFailure {
  const at = reader.read(bytes.length);
  const { buffer } = reader.memory;
  const [outcome = 0, count, codes, places, words = 0, line = 0, column = 0, texts, size, marks, length] =
    new Uint32Array(buffer, at, 11);
  if (OUTCOMES[outcome] === 'no room') return makeRoomFailure(bytes);
  if (OUTCOMES[outcome] === 'malformed') {
    const end = new Uint8Array(buffer).indexOf(0, words);
    const syntax = decoder.decode(new Uint8Array(buffer, words, end - words));
    return { syntax, at: line === 0 ? undefined : { line, column } };
  }
  // Copied: the next text overwrites them.
  const positions = new Uint32Array(buffer, places, (count ?? 0) * 2).slice();
  return {
    codes: Array.from(new Uint32Array(buffer, codes, count)),
    ...separateTexts(decoder.decode(new Uint8Array(buffer, texts, size)), new Uint32Array(buffer, marks, length)),
    position: (node) => ({ line: positions[2 * node] ?? 0, column: positions[2 * node + 1] ?? 0 }),
  };
}

/** The texts of the nodes, and what is beside them, from one text with all of them in turn. */
function separateTexts(all: string, marks: Uint32Array): Pick<YamlTree, 'texts' | 'tags' | 'anchors'> {
  const [texts, tags, anchors]: [string[], (number | string)[], (number | string)[]] = [[], [], []];
  let at = 0;
  for (const mark of marks) {
    const kind = mark & 3;
    const text = all.slice(at, at + (mark >>> 2));
    at += mark >>> 2;
    if (kind === 0) texts.push(text);
    else (kind === TAG ? tags : anchors).push(texts.length - 1, text);
  }
  return { texts, tags, anchors };
}

function makeRoomFailure({ length }: Uint8Array): SyntaxFailure {
  return { syntax: `there is no room in memory for what its ${length} bytes hold`, at: undefined };
}
