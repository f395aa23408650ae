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
export type { Device as ParsedDevice, Spec as ParsedSpec } from './cdi/spec.ts';
export {
  generateNameForSpec,
  generateNameForTransientSpec,
  generateSpecName,
  generateTransientSpecName,
} from './cdi/spec-names.ts';
export type { SpecSource } from './cdi/validate.ts';
export { CURRENT_VERSION } from './cdi/versions.ts';
export { type DeviceType, NO_PERMISSIONS } from './edits/device-node.ts';
export type { FieldPath } from './edits/fault.ts';
export {
  CREATE_CONTAINER_HOOK,
  CREATE_RUNTIME_HOOK,
  HOOK_NAMES,
  type HookName,
  POSTSTART_HOOK,
  POSTSTOP_HOOK,
  PRESTART_HOOK,
  START_CONTAINER_HOOK,
} from './edits/hook-names.ts';
export type { Integer } from './edits/integer.ts';
export type { IntelRdt } from './edits/intel-rdt.ts';
export type { Version } from './edits/kind.ts';
export type { ContainerEdits as ParsedEdits } from './edits/kinds.ts';
export type { Mount } from './edits/mount.ts';
export type { NetDevice } from './edits/net-device.ts';
export {
  activeSchema,
  defaultSchema,
  readAndValidate,
  setSchema,
  validateData,
  validateFile,
  validateType,
} from './library/active-schema.ts';
export {
  applyEdits,
  type Edited,
  joinEdits,
  parseEdits,
  validateDevice,
  validateEdits,
} from './library/container-edits.ts';
export { configure, getErrors, getRegistry, injectDevices, refresh } from './library/default-registry.ts';
export type { LoadedDevice, LoadedSpec } from './library/loaded-spec.ts';
export { Registry, type RegistryDeviceDB, type RegistryOptions, type RegistrySpecDB } from './library/registry.ts';
export type { RegistryView } from './library/registry-view.ts';
export {
  BUILTIN_SCHEMA_NAME,
  DEFAULT_EXTERNAL_SCHEMA,
  loadSchema,
  NONE_SCHEMA_NAME,
  Schema,
  type SchemaChoice,
} from './library/schema.ts';
export { minimumRequiredVersion, newSpec, parseSpec, readSpec, validateSpec, validateVersion } from './library/spec.ts';
export { DEFAULT_DYNAMIC_DIR, DEFAULT_SPEC_DIRS, DEFAULT_STATIC_DIR } from './library/spec-dirs.ts';
export { type SpecValidator, setSpecValidator } from './library/spec-validator.ts';
export type { ContainerEdits, Device, DeviceNode, Hook, Spec } from './library/typed-spec.ts';
export { UnresolvedDevicesError } from './library/unresolved-devices-error.ts';
export { UnresolvedDeviceError, type UnresolvedReason } from './registry/unresolved-device-error.ts';
export { SchemaError } from './schema/judge.ts';
export type { Violation } from './schema/violation.ts';
export { CdiError, type ErrorCode, type Position } from './text/error.ts';
