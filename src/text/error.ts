// The one error of the project: what failed, where, why and what to do, with a code to branch on.

/** A place in a text: both start at 1; `column` counts characters. */
export interface Position {
  /** from 1 */
  readonly line: number;
  /** from 1, in characters */
  readonly column: number;
}

/** Everything that can go wrong, as a closed set; `docs/errors.md` says what to do about each code. */
export type ErrorCode =
  | 'BAD_ANNOTATION'
  | 'BAD_ARGUMENT'
  | 'BAD_BUNDLE'
  | 'BAD_COMMAND_LINE'
  | 'BAD_DEVICE_NAME'
  | 'BAD_DEVICE_NODE'
  | 'BAD_EDITS'
  | 'BAD_ENGINE_CONFIG'
  | 'BAD_JSON'
  | 'BAD_REQUEST'
  | 'BAD_SCHEMA'
  | 'BAD_SETTINGS'
  | 'BAD_SPEC'
  | 'CANNOT_READ'
  | 'CANNOT_WRITE'
  | 'DENIED'
  | 'DEVICE_CONFLICT'
  | 'DEVICE_HELD'
  | 'EMPTY_SPEC'
  | 'NO_RUNTIME'
  | 'STALE_DEVICE'
  | 'STOPPED'
  | 'UNRESOLVED_DEVICE'
  | 'UNTRUSTED';

export interface ErrorDetails {
  /** what failed, to follow "cannot": `load spec "/etc/cdi/gpu.yaml"` */
  readonly what: string;
  /** the reason, without a full stop */
  readonly why: string;
  /** the file that the reason is about */
  readonly path?: string | undefined;
  readonly at?: Position | undefined;
  /** what to do about it */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/**
 * An error for a person: its message is one line,
 * `cannot <what>: <where>: <why>; <hint>`.
 */
export class CdiError extends Error {
  /** always `CdiError`, by which it is told from errors of others where `instanceof` does not reach */
  override readonly name = 'CdiError';
  /** what kind of thing went wrong: to branch on, unlike the message */
  readonly code: ErrorCode;
  /** what failed, to follow "cannot": `load spec "/etc/cdi/gpu.yaml"` */
  readonly what: string;
  /** the reason, with its place before it where one is known */
  readonly why: string;
  /** the file that the reason is about */
  readonly path: string | undefined;
  /** of that file, from 1; undefined where no place is known */
  readonly line: number | undefined;
  /** of that line, from 1, in characters; undefined where no place is known */
  readonly column: number | undefined;
  /** what to do about it */
  readonly hint: string | undefined;

  constructor(code: ErrorCode, details: ErrorDetails) {
    const { what, why, path, at, hint, cause } = details;
    const where = at === undefined ? '' : `line ${at.line}, column ${at.column}: `;
    super(`cannot ${what}: ${where}${why}${hint === undefined ? '' : `; ${hint}`}`);
    if (cause !== undefined) this.cause = cause;
    this.code = code;
    this.what = what;
    this.why = `${where}${why}`;
    this.path = path;
    this.line = at?.line;
    this.column = at?.column;
    this.hint = hint;
  }
}
