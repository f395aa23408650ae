// Our own settings: what may be set, and what holds where nothing is.

import type { FileContent, Host } from '../host/host.ts';
import { malformed } from '../host/host.ts';
import { CdiError } from '../text/error.ts';
import { nearestWords } from '../text/nearest.ts';
import { quote, quoteList } from '../text/quote.ts';
import { type FieldTable, plainText, recordOf } from '../text/yaml-decode.ts';
import { type Decode, YamlReader } from '../text/yaml-reader.ts';
import type { Scalar } from '../text/yaml-scalar.ts';
import { readRuntimeLine } from './runtime-line.ts';

export type FamilySetting = 'auto' | 'runc' | 'crun' | 'youki' | 'runsc';

export interface Settings {
  /** `auto`, a name, or an absolute path */
  readonly runtime: string;
  /** the command line grammar */
  readonly family: FamilySetting;
  /** absolute, in order of rising priority */
  readonly specDirs: readonly string[];
  readonly requests: {
    readonly annotations: { readonly enabled: 'auto' | boolean };
    readonly env: { readonly enabled: 'auto' | boolean };
  };
  readonly hooks: { readonly emptyEnv: 'minimal' | 'keep' };
  readonly audit: { readonly enabled: false };
}

export const DEFAULT_SETTINGS: Settings = {
  runtime: 'auto',
  family: 'auto',
  specDirs: ['/etc/cdi', '/var/run/cdi'],
  requests: { annotations: { enabled: 'auto' }, env: { enabled: 'auto' } },
  hooks: { emptyEnv: 'minimal' },
  audit: { enabled: false },
};

const FAMILIES: readonly FamilySetting[] = ['auto', 'runc', 'crun', 'youki', 'runsc'];

function oneOf<T extends string | boolean>(...choices: readonly T[]): Decode<T> {
  return (reader, node) => {
    const value = reader.isScalar(node) ? reader.scalar(node) : undefined;
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    const shown = choices.map(String);
    return reader.fail(node, `the value is none of ${shown.join(', ')}`, meantChoice(value, shown));
  };
}

function meantChoice(value: Scalar | undefined, choices: readonly string[]): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (choices.includes(value)) return 'write it without quotes';
  const near = nearestWords(value, choices);
  return near.length === 0 ? undefined : `did you mean ${quoteList(near)}?`;
}

const absolutePaths: Decode<readonly string[]> = (reader, node) => {
  const paths = reader.list(node, plainText, undefined);
  if (paths.length === 0) reader.fail(node, 'the list is empty', 'name a directory, or leave the key out');
  const relative = paths.find((path) => !path.startsWith('/'));
  if (relative !== undefined) reader.fail(node, `${quote(relative)} is no absolute path`);
  return paths;
};

const noAudit: Decode<false> = (reader, node) => {
  const value = reader.isScalar(node) ? reader.scalar(node) : undefined;
  if (value === false) return false;
  return reader.fail(node, 'the value is not false', 'this version writes no audit log: leave the key out');
};

/** A section of settings: what is absent keeps its default. */
function section<T extends object>(table: FieldTable<T>, defaults: T): Decode<T> {
  return recordOf(table, defaults);
}

const enabled = oneOf<'auto' | boolean>('auto', true, false);
const defaults = DEFAULT_SETTINGS;

const settings = section<Settings>(
  {
    runtime: plainText,
    family: oneOf(...FAMILIES),
    specDirs: absolutePaths,
    requests: section<Settings['requests']>(
      {
        annotations: section<Settings['requests']['annotations']>({ enabled }, defaults.requests.annotations),
        env: section<Settings['requests']['env']>({ enabled }, defaults.requests.env),
      },
      defaults.requests,
    ),
    hooks: section<Settings['hooks']>({ emptyEnv: oneOf('minimal', 'keep') }, defaults.hooks),
    audit: section<Settings['audit']>({ enabled: noAudit }, defaults.audit),
  },
  defaults,
);

/**
 * Reads a settings file.
 *
 * @throws {CdiError} BAD_SETTINGS with line, column and the nearest key
 */
export function readSettings(host: Host, file: FileContent): Settings {
  const subject = { code: 'BAD_SETTINGS', what: `read settings ${quote(file.path)}`, path: file.path } as const;
  const tree = host.parseYaml(file);
  if (malformed(tree)) throw new CdiError('BAD_SETTINGS', { ...subject, at: tree.at, why: tree.syntax });
  const reader = new YamlReader(tree, subject);
  const read = reader.document(settings) ?? DEFAULT_SETTINGS;
  checkRuntime(read.runtime, readRuntimeLine(host.text(file)), subject, reader);
  return read;
}

/** PATH_MAX of Linux: the C half takes no longer one. */
const LONGEST_RUNTIME = 4096;

/** The C half of the shim reads `runtime:` by lines, also from a broken file: both must see one value. */
function checkRuntime(
  runtime: string,
  line: string | undefined,
  subject: { readonly code: 'BAD_SETTINGS'; readonly what: string; readonly path: string },
  reader: YamlReader,
): void {
  const at = reader.locate(['runtime']);
  if ((line ?? 'auto') !== runtime) {
    const why = 'runtime is not written on a line of its own at top level';
    throw new CdiError('BAD_SETTINGS', {
      ...subject,
      at,
      why,
      hint: 'write it as runtime: NAME, without an anchor or a tag',
    });
  }
  if (runtime.length >= LONGEST_RUNTIME) {
    const why = `runtime is longer than ${LONGEST_RUNTIME - 1} characters`;
    throw new CdiError('BAD_SETTINGS', { ...subject, at, why });
  }
  if (runtime.includes('/') && !runtime.startsWith('/')) {
    const why = `runtime ${quote(runtime)} is neither a name nor an absolute path`;
    throw new CdiError('BAD_SETTINGS', { ...subject, at, why });
  }
}
