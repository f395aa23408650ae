// A host as one JSON value: what stands at which path, and who looks. It may be anybody's, so its form is checked.

/** What stands at a path. */
export type Entry = {
  readonly kind: 'file' | 'directory' | 'link' | 'char' | 'block' | 'fifo' | 'other' | 'unreadable';
  readonly uid: number;
  readonly gid: number;
  /** permission bits in octal */
  readonly mode: string;
  /** milliseconds since 1970 */
  readonly modified: number;
  /** of a device node: `195:0` */
  readonly device?: string | undefined;
  /** of a link: what it says; of what is unreadable, and of a file that could not be read: the errno's name */
  readonly says?: string | undefined;
  /** of a file whose content is in the picture */
  readonly text?: string | undefined;
};

export interface HostPicture {
  /** milliseconds since 1970 */
  readonly taken: number;
  /** who took it: trust depends on that */
  readonly user: { readonly uid: number; readonly gid: number; readonly inUserNamespace: boolean };
  readonly environment: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, Entry>>;
}

/** that a date can be */
const LATEST = 8.64e15;

/** Everything in it is looked at: no one is to meet another type than is expected. */
export function isHostPicture(value: unknown): value is HostPicture {
  const { taken, user, environment, files }: Partial<HostPicture> = Object(value);
  return (
    isNumber(taken) &&
    Math.abs(taken) <= LATEST &&
    isNumber(user?.uid) &&
    isNumber(user?.gid) &&
    typeof user?.inUserNamespace === 'boolean' &&
    isRecordOf(isText, environment) &&
    isRecordOf(isEntry, files) &&
    Object.keys(files ?? {}).every((path) => path === '/' || /^(\/(?!\.{1,2}(\/|$))[^/\0]+)+$/.test(path))
  );
}

const KINDS: readonly unknown[] = ['file', 'directory', 'link', 'char', 'block', 'fifo', 'other', 'unreadable'];

function isEntry(value: unknown): boolean {
  const { kind, uid, gid, mode, modified, device, says, text }: Partial<Entry> = Object(value);
  return (
    KINDS.includes(kind) &&
    [uid, gid, modified].every(isNumber) &&
    isText(mode) &&
    /^[0-7]{1,4}$/.test(mode) &&
    (device === undefined
      ? kind !== 'char' && kind !== 'block'
      : isText(device) && /^\d{1,10}:\d{1,10}$/.test(device)) &&
    (says === undefined ? kind !== 'link' && kind !== 'unreadable' : isText(says)) &&
    (text === undefined || isText(text))
  );
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

export function isRecordOf(isItem: (item: unknown) => boolean, value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isItem);
}
