// The conformance corpus' adapter over the library as built: errors become the classes that the corpus names.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseYaml } from '../../dist/host/yaml.js';
import {
  annotationKey,
  annotationValue,
  applyEdits,
  CdiError,
  generateNameForSpec,
  generateNameForTransientSpec,
  generateSpecName,
  generateTransientSpecName,
  isQualifiedName,
  joinEdits,
  loadSchema,
  minimumRequiredVersion,
  parseAnnotations,
  parseDevice,
  parseEdits,
  parseQualifiedName,
  parseQualifier,
  parseSpec,
  qualifiedName,
  Registry,
  readSpec,
  setSchema,
  UnresolvedDevicesError,
  updateAnnotations,
  validateClassName,
  validateDeviceName,
  validateEdits,
  validateVendorName,
  validateVersion,
} from '../../dist/index.js';
import { spellJson } from '../../dist/text/json.js';
import { json } from '../../dist/text/yaml-decode.js';
import { YamlReader } from '../../dist/text/yaml-reader.js';

// Whatever schema this machine has in /etc/cdi: the corpus was made without one.
setSchema('none');

/** What `work` gives, or `otherwise` with the error's wording beside it. */
function attempt(work, otherwise) {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
    return { ...otherwise(error), info: error.message };
  }
}

const succeeds = (work) =>
  attempt(
    () => {
      work();
      return { ok: true };
    },
    () => ({ ok: false }),
  );

const NAMES = {
  parseQualifiedName: ({ value }) =>
    attempt(
      () => ({ ok: true, ...parseQualifiedName(value) }),
      () => ({ ok: false, vendor: '', class: '', name: value }),
    ),
  isQualifiedName: ({ value }) => ({ ok: isQualifiedName(value) }),
  parseDevice: ({ value }) => parseDevice(value),
  parseQualifier: ({ value }) => parseQualifier(value),
  validateVendorName: ({ value }) => succeeds(() => validateVendorName(value)),
  validateClassName: ({ value }) => succeeds(() => validateClassName(value)),
  validateDeviceName: ({ value }) => succeeds(() => validateDeviceName(value)),
  qualifiedName: (input) => ({ value: qualifiedName(input.vendor, input.class, input.name) }),
};

export async function names(input) {
  return NAMES[input.op](input);
}

const ANNOTATIONS = {
  update: ({ annotations, plugin, deviceID, devices }) =>
    attempt(
      () => ({ ok: true, annotations: updateAnnotations(annotations, plugin, deviceID, devices) }),
      () => ({ ok: false, annotations }),
    ),
  parse: ({ annotations }) =>
    attempt(
      () => ({ ok: true, ...parseAnnotations(annotations) }),
      () => ({ ok: false }),
    ),
  key: ({ plugin, deviceID }) =>
    attempt(
      () => ({ ok: true, value: annotationKey(plugin, deviceID) }),
      () => ({ ok: false, value: '' }),
    ),
  value: ({ devices }) =>
    attempt(
      () => ({ ok: true, value: annotationValue(devices) }),
      () => ({ ok: false, value: '' }),
    ),
};

export async function annotations(input) {
  return ANNOTATIONS[input.op](input);
}

const EDITS = {
  apply: ({ edits, oci }) =>
    attempt(
      () => ({ error: null, oci: applyEdits(edits === null ? undefined : parseEdits(edits), oci ?? 'null') }),
      () => ({ error: 'apply', oci: null }),
    ),
  append: ({ list }) => {
    const parts = list.map((text) => (text === null ? undefined : parseEdits(text)));
    return { edits: parts.every((part) => part === undefined) ? null : editsText(joinEdits(parts)) };
  },
  validate: ({ edits }) => succeeds(() => validateEdits(parseEdits(edits))),
};

export async function edits(input) {
  return EDITS[input.op](input);
}

const REQUIRED = ['hostInterfaceName', 'name', 'path', 'hookName', 'hostPath', 'containerPath'];

/** Go's JSON form of edits (specs-go/config.go): empty lists and empty texts are left out, but for required fields. */
function editsForm(value) {
  const required = (kind, key) => REQUIRED.includes(key) && !(kind === 'deviceNodes' && key === 'hostPath');
  const item = (kind, entry) =>
    Object.fromEntries(
      Object.entries(entry).filter(([key, member]) => {
        if (member === undefined) return false;
        if (required(kind, key)) return true;
        const isZero = (key === 'major' || key === 'minor') && Number(member) === 0;
        return member !== '' && member !== false && !isZero && !(Array.isArray(member) && member.length === 0);
      }),
    );
  const kinds = Object.entries(value ?? {}).flatMap(([kind, list]) => {
    if (list === undefined || (Array.isArray(list) && list.length === 0)) return [];
    if (!Array.isArray(list)) return [[kind, item(kind, list)]];
    return [[kind, list.map((entry) => (typeof entry === 'object' && entry !== null ? item(kind, entry) : entry))]];
  });
  return Object.fromEntries(kinds);
}

const editsText = (value) => spellJson(editsForm(value));

const annotationsForm = (annotations) =>
  annotations === undefined || Object.keys(annotations).length === 0 ? {} : { annotations: { ...annotations } };

/** The JSON form of a spec in the corpus. */
function specText(spec) {
  return spellJson({
    cdiVersion: spec.cdiVersion,
    kind: spec.kind,
    ...annotationsForm(spec.annotations),
    devices:
      spec.devices?.map((device) => ({
        name: device.name,
        ...annotationsForm(device.annotations),
        containerEdits: editsForm(device.containerEdits),
      })) ?? null,
    containerEdits: editsForm(spec.containerEdits),
  });
}

const ERROR_CLASSES = { CANNOT_READ: 'io', EMPTY_SPEC: 'empty' };

const readForm = ({ vendor, class: className, path, priority, spec }) => ({
  vendor,
  class: className,
  path,
  priority,
  devices: spec.devices.map((device) => qualifiedName(vendor, className, device.name)),
});

export async function spec({ path, priority }) {
  let parsed = null;
  const read = attempt(
    () => readForm(readSpec(path, priority)),
    (error) => ({ error }),
  );
  if (read.error !== undefined && ERROR_CLASSES[read.error.code] !== undefined) {
    return { error: ERROR_CLASSES[read.error.code], spec: null, read: null, info: read.info };
  }
  // The text again, for what parsing alone gives: the corpus shows it for invalid specs as well.
  const found = attempt(
    () => {
      try {
        return parseSpec(decode(readFileSync(path)));
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        return { error };
      }
    },
    (error) => ({ error }),
  );
  if (found?.error !== undefined) return { error: 'parse', spec: null, read: null, info: found.info };
  parsed = specText(asInGo(found, outlineOf(decode(readFileSync(path)))));
  if (read.error !== undefined) return { error: 'invalid', spec: parsed, read: null, info: read.info };
  return { error: null, spec: parsed, read };
}

/** What is a list, a mapping or a null in a spec, under the names of its fields: numbers without a form in JSON, too. */
const outline = (reader, node) => {
  if (reader.isNull(node)) return null;
  if (reader.isScalar(node)) return 'a value';
  if (reader.isSequence(node)) return reader.list(node, outline, undefined);
  const members = reader.entries(node, outline).map(([key, value]) => [key.toUpperCase().toLowerCase(), key, value]);
  // Of two spellings, the later one in byte order is on top.
  members.sort(([, a], [, b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, , value]) => [name, value]));
};

const outlineOf = (text) => new YamlReader(parseYaml(text), { code: 'BAD_SPEC', what: 'read YAML' }).document(outline);

function decode(bytes) {
  const mark = bytes.length >= 2 ? bytes.readUInt16BE(0) : 0;
  const encoding = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** A spec given as JSON text: YAML forbids some characters that JSON has, unless they are escaped. */
function specOf(text) {
  return parseSpec(escaped(text));
}

function escaped(text) {
  return text.replace(/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/**
 * What was written as JSON, in Go's spelling: it writes those characters raw that its own reader then refuses or takes
 * for blanks, where the library writes escapes, which are the same JSON (docs/go-to-typescript.md, "Writing").
 */
function spellAsGo(path) {
  if (!path.endsWith('.json')) return;
  const text = readFileSync(path, 'utf8');
  const raw = text.replace(/(?<!\\)((?:\\\\)*)\\u(007f|00[89][0-9a-f]|fffe|ffff)/g, (_, before, code) => {
    return before + String.fromCharCode(Number.parseInt(code, 16));
  });
  if (raw !== text) writeFileSync(path, raw);
}

function yamlText(text) {
  const tree = parseYaml(text);
  if ('syntax' in tree) return undefined;
  return attempt(
    () => new YamlReader(tree, { code: 'BAD_SPEC', what: 'read YAML' }).document(json) ?? 'null',
    () => ({ toString: () => undefined }),
  );
}

export async function yaml({ text }) {
  const result = yamlText(text);
  return typeof result === 'string' ? { ok: true, json: result } : { ok: false, info: result?.info };
}

export async function version({ spec: text }) {
  const parsed = parseSpec(text);
  return { minimum: minimumRequiredVersion(parsed), ...succeeds(() => validateVersion(parsed)) };
}

const GENERATED = {
  specName: (input) => generateSpecName(input.vendor, input.class),
  transientSpecName: (input) => generateTransientSpecName(input.vendor, input.class, input.transientID),
  nameForSpec: (input) => generateNameForSpec(parseSpec(input.spec)),
  nameForTransientSpec: (input) => generateNameForTransientSpec(parseSpec(input.spec), input.transientID),
};

export async function generateName(input) {
  return attempt(
    () => ({ ok: true, value: GENERATED[input.op](input) }),
    () => ({ ok: false, value: '' }),
  );
}

export async function schema({ op, schema: name = 'builtin', text, path, spec: json }) {
  const chosen = loadSchema(name);
  if (op === 'data') return succeeds(() => chosen.validateData(text));
  if (op === 'file') return succeeds(() => chosen.validateFile(path));
  return succeeds(() => chosen.validateType(asInGo(specOf(json), outlineOf(escaped(json)))));
}

/** A spec with what only Go's can have: no list of devices, and null for an entry of these lists. */
function asInGo(read, given) {
  const withNulls = (edits, given) => {
    const lists = ['deviceNodes', 'hooks', 'mounts', 'netDevices'].filter((field) => edits?.[field] !== undefined);
    const isNull = (field, i) => given?.[field.toLowerCase()]?.[i] === null;
    const restore = (field) => edits[field].map((entry, i) => (isNull(field, i) ? null : entry));
    return { ...edits, ...Object.fromEntries(lists.map((field) => [field, restore(field)])) };
  };
  const devices = given?.devices?.map((device, i) => {
    const own = read.devices[i];
    return { ...own, containerEdits: withNulls(own.containerEdits, device?.containeredits) };
  });
  return { ...read, devices: devices ?? null, containerEdits: withNulls(read.containerEdits, given?.containeredits) };
}

export async function registry({ specDirs, autoRefresh }) {
  const registry = new Registry({ specDirs, autoRefresh });
  return { query: async (step) => QUERIES[step.op](registry, step), close: async () => {} };
}

/** The classes of errors: of a file, of a directory, of two files. */
function errorClasses(errors, directories) {
  return [
    ...new Set(
      errors.map((error) => {
        if (error.code === 'DEVICE_CONFLICT') return 'conflict';
        return directories.has(error.path) ? 'dir' : 'load';
      }),
    ),
  ].sort();
}

const writes = (work) =>
  attempt(
    () => {
      work();
      return { error: null };
    },
    (error) => ({ error: error.code === 'CANNOT_WRITE' ? 'io' : 'invalid' }),
  );

const applied = (edits, oci) =>
  attempt(
    () => ({ error: null, oci: applyEdits(edits, oci ?? 'null') }),
    () => ({ error: 'apply', oci: null }),
  );

const QUERIES = {
  refresh: (registry) => ({ ok: registry.refresh().length === 0 }),
  listDevices: (registry) => registry.listDevices(),
  listVendors: (registry) => registry.listVendors(),
  listClasses: (registry) => registry.listClasses(),
  getDevice: (registry, { name }) => {
    const found = registry.getDevice(name);
    if (found === undefined) return null;
    const { device, spec: file, qualifiedName: qualified } = found;
    const edits = editsText(device.containerEdits);
    return { name: device.name, qualified, path: file.path, priority: file.priority, edits };
  },
  getVendorSpecs: (registry, { vendor }) => registry.getVendorSpecs(vendor).map(readForm),
  getErrors: (registry) => {
    const directories = registry.getSpecDirErrors();
    return Object.fromEntries(
      [...registry.getErrors()].map(([path, errors]) => [path, errorClasses(errors, directories)]),
    );
  },
  getSpecErrors: (registry, { vendor, path }) => {
    const file = registry.getVendorSpecs(vendor).find((candidate) => candidate.path === path);
    return file === undefined ? null : errorClasses(registry.getSpecErrors(file), registry.getSpecDirErrors());
  },
  getSpecDirectories: (registry) => [...registry.getSpecDirectories()],
  getSpecDirErrors: (registry) => [...registry.getSpecDirErrors().keys()].sort(),
  inject: (registry, step) => injectWith(registry, step),
  applyDevice: (registry, { name, oci }) => {
    const found = registry.getDevice(name);
    return found === undefined ? null : applied(found.device.containerEdits, oci);
  },
  applySpec: (registry, { name, oci }) => {
    const found = registry.getDevice(name);
    return found === undefined ? null : applied(found.spec.spec.containerEdits, oci);
  },
  writeSpec: (registry, step) => writes(() => spellAsGo(registry.writeSpec(specOf(step.spec), step.name))),
  removeSpec: (registry, { name }) => writes(() => registry.removeSpec(name)),
  configure: (registry, { specDirs, autoRefresh }) => {
    registry.configure({ specDirs, autoRefresh });
    return { ok: true };
  },
};

export async function inject({ specDirs, devices, oci }) {
  return injectWith(new Registry({ specDirs, autoRefresh: false }), { devices, oci });
}

function injectWith(registry, { devices, oci }) {
  if (oci === null) return { error: 'nil-spec', unresolved: devices, oci: null };
  try {
    return { error: null, unresolved: [], oci: registry.injectDevices(oci, devices) };
  } catch (error) {
    if (error instanceof UnresolvedDevicesError) {
      return { error: 'unresolved', unresolved: [...error.devices], oci, info: error.message };
    }
    if (!(error instanceof CdiError)) throw error;
    return { error: 'apply', unresolved: [], oci: null, info: error.message };
  }
}
