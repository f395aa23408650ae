// The Host of the shim: a thin dress over the object `host` that shim/*.c provides.
import type { JsonKind, JsonTree } from '../text/json.ts';
import type { YamlTree } from '../text/yaml-tree.ts';
import type { DeviceInfo, DirectoryEntry, Failure, FileContent, HeldFile, Host } from './host.ts';

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
  readonly uid: number;
  readonly gid: number;
  /** the file's number, or an errno name */
  readFile(path: string, maxBytes: number): number | string;
  holdFile(path: string, maxBytes: number): number | string;
  size(file: number): number;
  /** undefined when all went well */
  replaceFile(file: number, pieces: readonly (string | number)[]): string | undefined;
  /** name and 1 (directory) or 0 in turn, or an errno name */
  listDirectory(path: string): readonly (string | number)[] | string;
  /** [type letter or "", major, minor, mode], or an errno name */
  deviceInfo(path: string): readonly [string, number, number, number] | string;
  text(file: number): string;
  mentions(file: number, words: readonly string[], orElse: string): boolean;
  /** [codes, texts, tags, anchors], or [message, line, column] with line 0 for "nowhere" */
  parseYaml(
    file: number,
  ):
    | readonly [readonly number[], readonly string[], readonly (number | string)[], readonly (number | string)[]]
    | readonly [string, number, number];
  /** [line, column] of a node of the file's YAML tree */
  yamlPosition(file: number, node: number): readonly [number, number];
  /** undefined when the text is JSON, else [message, line, column] */
  parseJson(file: number): readonly [string, number, number] | undefined;
  jsonKind(file: number, node: number): JsonKind;
  jsonMembers(file: number, node: number): readonly (string | number)[];
  jsonElements(file: number, node: number): readonly number[];
  jsonString(file: number, node: number): string;
  jsonNumber(file: number, node: number): string;
  jsonStart(file: number, node: number): number;
  jsonEnd(file: number, node: number): number;
  jsonKeyStart(file: number, node: number): number;
  jsonSlice(file: number, start: number, end: number): string;
  append(path: string, text: string): string | undefined;
  environment(name: string): string | undefined;
  now(): number;
  /** one line (without its line feed) for stderr; and that nothing is to be exec'd */
  fail(line: string): void;
  /**
   * What the host writes if the core stops by itself (memory, time, stack): the log file or "", and the log
   * line around the reason.
   */
  onCrash(logFile: string, before: string, after: string): void;
}
