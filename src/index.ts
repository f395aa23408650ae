// The npm library: every public name, by hand.
export {
  ANNOTATION_PREFIX,
  type AnnotationRequests,
  annotationKey,
  annotationValue,
  parseAnnotations,
  updateAnnotations,
} from './cdi/annotations.ts';
export {
  type DeviceParts,
  isAlphaNumeric,
  isDigit,
  isLetter,
  isQualifiedName,
  parseDevice,
  parseQualifiedName,
  parseQualifier,
  qualifiedName,
  validateClassName,
  validateDeviceName,
  validateVendorName,
} from './cdi/device-name.ts';
export {
  type ContainerEdits,
  type Device,
  type DeviceNode,
  HOOK_NAMES,
  type Hook,
  type HookName,
  type Integer,
  type IntelRdt,
  type Mount,
  type NetDevice,
  type Spec,
} from './cdi/spec.ts';
export {
  generateNameForSpec,
  generateNameForTransientSpec,
  generateSpecName,
  generateTransientSpecName,
} from './cdi/spec-names.ts';
export { type SpecSource, validateDevice, validateEdits, validateSpec } from './cdi/validate.ts';
export { CURRENT_VERSION, minimumRequiredVersion, validateVersion } from './cdi/versions.ts';
export { joinEdits } from './edits/apply.ts';
export { applyEdits, parseEdits } from './library/container-edits.ts';
export {
  DEFAULT_DYNAMIC_DIR,
  DEFAULT_SPEC_DIRS,
  DEFAULT_STATIC_DIR,
  getRegistry,
  Registry,
  type RegistryDevice,
  type RegistryOptions,
} from './library/registry.ts';
export {
  activeSchema,
  BUILTIN_SCHEMA_NAME,
  DEFAULT_EXTERNAL_SCHEMA,
  defaultSchema,
  loadSchema,
  NONE_SCHEMA_NAME,
  Schema,
  setSchema,
} from './library/schema.ts';
export { parseSpec, readSpec } from './library/spec.ts';
export { UnresolvedDevicesError } from './library/unresolved-devices-error.ts';
export type { SpecFile } from './registry/spec-file.ts';
export { SchemaError } from './schema/judge.ts';
export type { Violation } from './schema/violation.ts';
export { CdiError, type ErrorCode, type Position } from './text/error.ts';
