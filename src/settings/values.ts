// The texts of a settings file: paths, patterns, kinds, prefixes, names of variables.
import { findNameFault, parseQualifier } from '../cdi/device-name.ts';
import { cleanPath } from '../text/path.ts';
import { quote } from '../text/quote.ts';
import { plainText } from '../text/yaml-decode.ts';
import type { Decode, YamlReader } from '../text/yaml-reader.ts';
import { oneOf } from './shapes.ts';

/** PATH_MAX of Linux: the C half takes no longer one. */
const LONGEST_PATH = 4095;

export const runtime: Decode<string> = (reader, node) => {
  const name = plainText(reader, node, undefined);
  if (name === '') reader.fail(node, 'the runtime is empty', 'write a name, an absolute path, or auto');
  if (name.length > LONGEST_PATH) reader.fail(node, `runtime is longer than ${LONGEST_PATH} characters`);
  if (name.includes('/') && !name.startsWith('/')) {
    reader.fail(node, `runtime ${quote(name)} is neither a name nor an absolute path`);
  }
  return name;
};

export const absolutePath: Decode<string> = (reader, node) => {
  const path = plainText(reader, node, undefined);
  if (!path.startsWith('/')) reader.fail(node, `${quote(path)} is no absolute path`);
  if (path.includes('\0')) reader.fail(node, `${quote(path)} has a NUL in it`);
  return path;
};

/** A path as comparisons need it: without `.`, `..`, doubled slashes or one at its end. */
const shortestPath: Decode<string> = (reader, node) => {
  const path = absolutePath(reader, node, undefined);
  if (cleanPath(path) !== path)
    reader.fail(node, `${quote(path)} is not in its shortest form`, `write ${cleanPath(path)}`);
  return path;
};

/**
 * A document that asks for devices is told from others by such texts in its bytes. JSON can spell any character as an
 * escape; the search for those knows only these.
 */
const SEARCHABLE = /^[A-Za-z0-9._-]+$/;
const SEARCHABLE_WORDS = 'ASCII letters, digits and . _ -';

/** What annotation keys begin with: `cdi.k8s.io/`. */
export const prefix: Decode<string> = (reader, node) => {
  const text = plainText(reader, node, undefined);
  const near = `${text.trim().replace(/\/$/, '')}/`;
  const hint = isPrefix(near) ? `write it as ${near}` : `use ${SEARCHABLE_WORDS} before it`;
  if (!text.endsWith('/')) reader.fail(node, `prefix ${quote(text)} does not end in a "/"`, hint);
  if (!isPrefix(text)) reader.fail(node, `prefix ${quote(text)} is no name with a "/" behind it`, hint);
  return text;
};

function isPrefix(text: string): boolean {
  return SEARCHABLE.test(text.slice(0, -1));
}

/** A directory below which requests by mount lie. */
export const mountPrefix: Decode<string> = (reader, node) => {
  const path = shortestPath(reader, node, undefined);
  if (
    !path
      .slice(1)
      .split('/')
      .every((name) => SEARCHABLE.test(name))
  ) {
    reader.fail(node, `${quote(path)} is not made of plain names`, `use ${SEARCHABLE_WORDS} between the slashes`);
  }
  return path;
};

export const kind: Decode<string> = (reader, node) => {
  const text = plainText(reader, node, undefined);
  const parts = parseQualifier(text);
  const missing =
    parts.vendor === '' ? { why: `${quote(text)} is no kind`, hint: 'write it as vendor.com/class' } : undefined;
  const fault = missing ?? findNameFault('vendor', parts.vendor) ?? findNameFault('class', parts.class);
  return fault === undefined ? text : reader.fail(node, fault.why, fault.hint);
};

/** Read together with CDI_DEVICES, and so no variable of its own. */
const OPTIONAL_VARIABLE = 'CDI_DEVICES_OPTIONAL';

/** That a variable may carry device names. */
export function checkVariable(reader: YamlReader, value: number, name: string): void {
  if (!SEARCHABLE.test(name)) {
    reader.fail(value, `${quote(name)} is no name of a variable`, `use ${SEARCHABLE_WORDS}`);
  }
  if (name === OPTIONAL_VARIABLE) {
    reader.fail(value, `${name} is read together with CDI_DEVICES already`, 'leave it out');
  }
}

/** YAML 1.1 reads a plain `off` as false: both are what was meant. */
export const owner: Decode<'strict' | 'off'> = (reader, node) => {
  const value = reader.isScalar(node) ? reader.scalar(node) : undefined;
  return value === false ? 'off' : oneOf('strict', 'off')(reader, node, undefined);
};
