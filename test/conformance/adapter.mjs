// The conformance corpus' adapter over the library as built: errors become the classes that the corpus names.
import {
  annotationKey,
  annotationValue,
  applyEdits,
  isQualifiedName,
  joinEdits,
  parseAnnotations,
  parseDevice,
  parseEdits,
  parseQualifiedName,
  parseQualifier,
  qualifiedName,
  Registry,
  UnresolvedDevicesError,
  updateAnnotations,
  validateClassName,
  validateDeviceName,
  validateEdits,
  validateVendorName,
} from '../../dist/index.js';

/** What `work` gives, or `otherwise` with the error's wording beside it. */
function attempt(work, otherwise) {
  try {
    return work();
  } catch (error) {
    if (error?.name !== 'CdiError') throw error;
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

/** Go's JSON form of edits (specs-go/config.go): empty lists and empty texts are left out, but for required fields. */
function editsText(value) {
  const REQUIRED = ['hostInterfaceName', 'name', 'path', 'hookName', 'hostPath', 'containerPath'];
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
  const kinds = Object.entries(value).flatMap(([kind, list]) => {
    if (list === undefined || (Array.isArray(list) && list.length === 0)) return [];
    if (!Array.isArray(list)) return [[kind, item(kind, list)]];
    return [[kind, list.map((entry) => (typeof entry === 'object' ? item(kind, entry) : entry))]];
  });
  return JSON.stringify(Object.fromEntries(kinds), (_, member) =>
    typeof member === 'bigint' ? JSON.rawJSON(String(member)) : member,
  );
}

export async function inject({ specDirs, devices, oci }) {
  const registry = new Registry({ specDirs });
  if (oci === null) return { error: 'nil-spec', unresolved: devices, oci: null };
  try {
    return { error: null, unresolved: [], oci: registry.injectDevices(oci, devices) };
  } catch (error) {
    if (error instanceof UnresolvedDevicesError) {
      return { error: 'unresolved', unresolved: [...error.devices], oci, info: error.message };
    }
    if (error?.name !== 'CdiError') throw error;
    return { error: 'apply', unresolved: [], oci: null, info: error.message };
  }
}
