// The npm library: every public name, by hand.
export {
  ANNOTATION_PREFIX,
  annotationKey,
  annotationValue,
  parseAnnotations,
  updateAnnotations,
} from './cdi/annotations.ts';
export {
  isQualifiedName,
  parseDevice,
  parseQualifiedName,
  parseQualifier,
  qualifiedName,
  validateClassName,
  validateDeviceName,
  validateVendorName,
} from './cdi/device-name.ts';
export type * from './cdi/spec.ts';
export { validateEdits, validateSpec } from './cdi/validate.ts';
export { CURRENT_VERSION, minimumRequiredVersion, validateVersion } from './cdi/versions.ts';
export { CdiError, type ErrorCode, type Position } from './text/error.ts';
