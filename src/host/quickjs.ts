// The Host of the shim: a thin layer over the object `host` that shim/*.c provides.
import type { Position } from '../text/error.ts';
import type { JsonKind, JsonTree, Pieces } from '../text/json.ts';
import type { SyntaxFailure, YamlTree } from '../text/yaml-tree.ts';
import type { DirectoryEntry, Failure, FileContent, HeldFile, PathInfo, ShimHost } from './host.ts';

/**
 * What the C host offers, as it is. Strings cross as UTF-8; a byte that is not UTF-8 (in argv, the
 * environment and paths) crosses as U+DC80 to U+DCFF, both ways. A `file` is a small whole number.
 * Failures are errno names.
 */
export interface NativeHost {
  /** without argv[0] */
  readonly argv: readonly string[];
  /** the real runtime's path, as it will be argv[0]; empty where there is none */
  readonly runtime: string;
  /** why there is no real runtime, else empty */
  readonly runtimeProblem: string;
  /** whether the link's name is that of a default runtime */
  readonly byDefault: boolean;
  readonly uid: number;
  readonly gid: number;
  /**
   * of each file its path, its number or an errno name, 1 for a user's own, why it does not count or "", and what its
   * line says of the runtime
   */
  settings(): readonly (readonly [string, number | string, number, string, string | undefined])[] | string;
  /** the file's number, or an errno name */
  readFile(path: string, maxBytes: number): number | string;
  holdFile(path: string, maxBytes: number): number | string;
  size(file: number): number;
  /** undefined when all went well */
  replaceFile(file: number, pieces: Pieces): string | undefined;
  /** name and 1 (directory) or 0 in turn, or an errno name */
  listDirectory(path: string): readonly (string | number)[] | string;
  /** number of spec files, then the names of Host.namesMentioning; or an errno name */
  namesMentioning(
    directory: string,
    maxBytes: number,
    words: readonly string[],
    orElse: string,
  ): readonly [number, ...string[]] | string;
  /** [type letter or "", major, minor, mode], or an errno name */
  deviceInfo(path: string): readonly [string, number, number, number] | string;
  /** [kind, uid, gid, mode], or an errno name */
  pathInfo(path: string): NativePathInfo | string;
  readLink(path: string): { readonly target: string } | string;
  fileInfo(file: number): NativePathInfo;
  digest(file: number, pieces: Pieces | undefined): string;
  text(file: number): string;
  mentions(file: number, words: readonly string[], orElse: string): boolean;
  /** the prefilter's search of one file */
  mayRequest(path: string, markers: readonly string[]): boolean;
  /** [tags, anchors], or [message, line, column] with line 0 for "nowhere" */
  parseYaml(
    file: number,
  ): readonly [readonly (number | string)[], readonly (number | string)[]] | readonly [string, number, number];
  /** [codes, texts] of the file's YAML tree */
  yamlNodes(file: number): readonly [readonly number[], readonly string[]];
  /** [line, column] of a node of the file's YAML tree */
  yamlPosition(file: number, node: number): readonly [number, number];
  /** undefined when the text is JSON, else [message, line, column] */
  parseJson(file: number): readonly [string, number, number] | undefined;
  jsonKind(file: number, node: number): JsonKind;
  /** JsonTree.members */
  jsonMembers(file: number, node: number, like: string | undefined): readonly (string | number)[];
  jsonElements(file: number, node: number): readonly number[];
  /** JsonTree.member */
  jsonMember(file: number, node: number, name: string): number | null | undefined;
  jsonString(file: number, node: number): string;
  jsonNumber(file: number, node: number): string;
  jsonStart(file: number, node: number): number;
  jsonEnd(file: number, node: number): number;
  jsonKeyStart(file: number, node: number): number;
  jsonSlice(file: number, start: number, end: number): string;
  append(path: string, text: string): string | undefined;
  appendLog(path: string, text: string): string | undefined;
  /** Begins to watch; a second call adds nothing to the first. */
  watch(directories: readonly string[], milliseconds: number): void;
  waitForChange(): boolean;
  /** Begins the record; nothing is opened yet. An errno name for a path that is none. */
  beginRecord(path: string, unforeseen: string): string | undefined;
  record(line: string, durable: boolean): string | undefined;
  lockFolder(path: string): string | undefined;
  unlockFolder(): void;
  /** These two in the folder that is locked. */
  putFile(name: string, text: string): string | undefined;
  removeFile(name: string): string | undefined;
  processId(): number;
  limit(memory: number, time: number, wall: number): void;
  inUserNamespace(): boolean;
  environment(name: string): string | undefined;
  workingDirectory(): { readonly path: string } | string;
  newId(): string;
  now(): number;
  /**
   * What begins a run; what it returns is kept. Until the core's top level has ended, the host has nothing but this.
   */
  ready(main: () => unknown): void;
  /** Has the real runtime's answer to `features` completed by annotations that are unsafe: JSON strings, a line each. */
  answerFeatures(unsafe: string): void;
  /** one line (without its line feed) for stderr; and that nothing is to be exec'd */
  fail(line: string): void;
  /**
   * What the host writes if the core stops by itself (memory, time, stack): the log file or "", and the log
   * line around the reason.
   */
  onCrash(logFile: string, before: string, after: string): void;
}

type NativePathInfo = readonly [kind: 'file' | 'directory' | 'link' | 'other', uid: number, gid: number, mode: number];

/** The port over the native object. */
export function createQuickjsHost(native: NativeHost): ShimHost {
  const numbers = new Map<FileContent, number>();
  const number = (file: FileContent): number => numbers.get(file) ?? -1;
  const opened = <T extends FileContent>(result: number | string, make: (size: number) => T): T | Failure => {
    if (typeof result === 'string') return { errno: result };
    const file = make(native.size(result));
    numbers.set(file, result);
    return file;
  };
  return {
    lock: (folder) =>
      makeFailure(native.lockFolder(folder)) ?? {
        pid: native.processId(),
        write: (name, text) => makeFailure(native.putFile(name, text)),
        remove: (name) => makeFailure(native.removeFile(name)),
        release: () => native.unlockFolder(),
      },
    settings: () => {
      const rows = native.settings();
      if (typeof rows === 'string') return { errno: rows };
      return rows.map((row) => {
        const path = row[0];
        return {
          path,
          content: opened(row[1], (size) => ({ path, size })),
          own: row[2] === 1,
          problem: row[3] === '' ? undefined : row[3],
          runtime: row[4],
        };
      });
    },
    readFile: (path, maxBytes) => opened(native.readFile(path, maxBytes), (size) => ({ path, size })),
    holdFile: (path, maxBytes) =>
      opened(native.holdFile(path, maxBytes), (size): HeldFile => ({ path, size, held: true })),
    replaceFile: (file, pieces) => makeFailure(native.replaceFile(number(file), pieces)),
    listDirectory: (path) => {
      const result = native.listDirectory(path);
      return typeof result === 'string' ? { errno: result } : readEntries(result);
    },
    namesMentioning: (directory, maxBytes, words, orElse) => {
      const result = native.namesMentioning(directory, maxBytes, words, orElse);
      if (typeof result === 'string') return { errno: result };
      const [count, ...names] = result;
      return { count, names };
    },
    deviceInfo: (path) => {
      const result = native.deviceInfo(path);
      if (typeof result === 'string') return { errno: result };
      const letter = result[0];
      const type = letter === 'b' || letter === 'c' || letter === 'p' ? letter : '';
      return { type, major: result[1], minor: result[2], mode: result[3] };
    },
    pathInfo: (path) => {
      const result = native.pathInfo(path);
      return typeof result === 'string' ? { errno: result } : makePathInfo(result);
    },
    readLink: (path) => {
      const result = native.readLink(path);
      return typeof result === 'string' ? { errno: result } : result.target;
    },
    fileInfo: (file) => makePathInfo(native.fileInfo(number(file))),
    digest: (file, pieces) => native.digest(number(file), pieces),
    text: (file) => native.text(number(file)),
    mentions: (file, words, orElse) => native.mentions(number(file), words, orElse),
    mayRequest: (path, markers) => native.mayRequest(path, markers),
    parseYaml: (file) => readYamlTree(native, number(file)),
    parseJson: (file) => makeJsonTree(native, number(file)),
    append: (path, text) => makeFailure(native.append(path, text)),
    appendLog: (path, text) => makeFailure(native.appendLog(path, text)),
    watch: (directories, milliseconds) => {
      native.watch(directories, milliseconds);
      return { wait: () => native.waitForChange() };
    },
    beginRecord: (path, unforeseen) => {
      const refused = native.beginRecord(path, unforeseen);
      return { write: (line, durable) => makeFailure(refused ?? native.record(line, durable)) };
    },
    limit: (memory, time, wall) => native.limit(memory, time, wall),
    inUserNamespace: () => native.inUserNamespace(),
    environment: (name) => native.environment(name),
    workingDirectory: () => {
      const result = native.workingDirectory();
      return typeof result === 'string' ? { errno: result } : result.path;
    },
    newId: () => native.newId(),
    ids: () => ({ uid: native.uid, gid: native.gid }),
    now: () => native.now(),
  };
}

// By index, here and where else it matters: in this engine it takes several times as long to take an array apart.
function makePathInfo(info: NativePathInfo): PathInfo {
  return { kind: info[0], uid: info[1], gid: info[2], mode: info[3] };
}

function makeFailure(errno: string | undefined): Failure | undefined {
  return errno === undefined ? undefined : { errno };
}

function readEntries(flat: readonly (string | number)[]): DirectoryEntry[] {
  const entries: DirectoryEntry[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) entries.push({ name: String(flat[i]), directory: flat[i + 1] === 1 });
  return entries;
}

function readYamlTree(native: NativeHost, file: number): YamlTree | SyntaxFailure {
  const result = native.parseYaml(file);
  if (result.length === 3) return makeSyntaxFailure(result);
  return new NativeTree(native, file, result[0], result[1]);
}

/** A class, since its functions are made once, and not for each file. */
class NativeTree implements YamlTree {
  readonly tags: YamlTree['tags'];
  readonly anchors: YamlTree['anchors'];
  readonly #native: NativeHost;
  readonly #file: number;
  #nodes: ReturnType<NativeHost['yamlNodes']> | undefined;

  constructor(native: NativeHost, file: number, tags: YamlTree['tags'], anchors: YamlTree['anchors']) {
    this.#native = native;
    this.#file = file;
    this.tags = tags;
    this.anchors = anchors;
  }

  get codes(): readonly number[] {
    return this.#read()[0];
  }

  get texts(): readonly string[] {
    return this.#read()[1];
  }

  position(node: number): Position {
    return makePosition(this.#native.yamlPosition(this.#file, node));
  }

  #read(): ReturnType<NativeHost['yamlNodes']> {
    this.#nodes ??= this.#native.yamlNodes(this.#file);
    return this.#nodes;
  }
}

function makePosition(place: readonly [number, number]): Position {
  return { line: place[0], column: place[1] };
}

function makeJsonTree(native: NativeHost, file: number): JsonTree | SyntaxFailure {
  const malformed = native.parseJson(file);
  if (malformed !== undefined) return makeSyntaxFailure(malformed);
  return {
    kind: (node) => native.jsonKind(file, node),
    members: (node, like) => {
      const flat = native.jsonMembers(file, node, like);
      const members: [string, number][] = [];
      for (let i = 0; i + 1 < flat.length; i += 2) members.push([String(flat[i]), Number(flat[i + 1])]);
      return members;
    },
    member: (node, name) => native.jsonMember(file, node, name),
    elements: (node) => native.jsonElements(file, node),
    written: (node) => native.jsonSlice(file, native.jsonStart(file, node), native.jsonEnd(file, node)),
    string: (node) => native.jsonString(file, node),
    number: (node) => native.jsonNumber(file, node),
    start: (node) => native.jsonStart(file, node),
    end: (node) => native.jsonEnd(file, node),
    keyStart: (node) => native.jsonKeyStart(file, node),
    slice: (start, end) => native.jsonSlice(file, start, end),
  };
}

function makeSyntaxFailure([syntax, line, column]: readonly [string, number, number]): SyntaxFailure {
  return { syntax, at: line === 0 ? undefined : { line, column } };
}
