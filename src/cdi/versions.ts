// The versions of the CDI specification, and which of them a spec's content needs.
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import type { Fault } from './device-name.ts';
import type { ContainerEdits, Spec } from './spec.ts';

/** The newest version that is understood. Go specs.CurrentVersion. */
export const CURRENT_VERSION = '1.1.0';

/** A released version, and the first thing in a spec that came with it, in words. */
export interface Version {
  readonly version: string;
  readonly feature: (spec: Spec) => string | undefined;
}

/** Newest to oldest; a new version of the specification is a row. */
export const VERSIONS: readonly Version[] = [
  { version: '1.1.0', feature: (spec) => anyEdits(spec, netDevicesOrMonitoring) },
  { version: '1.0.0', feature: nothing },
  { version: '0.8.0', feature: nothing },
  { version: '0.7.0', feature: (spec) => anyEdits(spec, rdtOrGids) },
  { version: '0.6.0', feature: annotationOrDottedClass },
  { version: '0.5.0', feature: (spec) => digitFirst(spec) ?? anyEdits(spec, hostPath) },
  { version: '0.4.0', feature: (spec) => anyEdits(spec, mountType) },
  // Older versions are known, but their specs are refused.
  { version: '0.3.0', feature: () => 'any spec' },
  { version: '0.2.0', feature: nothing },
  { version: '0.1.0', feature: nothing },
];

/**
 * The least version that a spec's content needs, whatever its own `cdiVersion` says: `0.3.0` or newer.
 * @see CDI "Released versions"; Go specs.MinimumRequiredVersion
 */
export function minimumRequiredVersion(spec: Spec): string {
  for (const { version, feature } of VERSIONS) if (feature(spec) !== undefined) return version;
  return CURRENT_VERSION;
}

/**
 * Checks that `cdiVersion` is a released version, with or without a `v` before it, and has all that the spec uses.
 * @throws {CdiError} BAD_SPEC
 * @see CDI "Specification version"; Go specs.ValidateVersion
 */
export function validateVersion(spec: Spec): void {
  const fault = versionFault(spec);
  if (fault !== undefined) throw new CdiError('BAD_SPEC', { what: 'accept the version of the spec', ...fault });
}

/** What is wrong with a spec's `cdiVersion`. */
export function versionFault(spec: Spec): Fault | undefined {
  const { cdiVersion } = spec;
  const own = cdiVersion.startsWith('v') ? cdiVersion.slice(1) : cdiVersion;
  if (!VERSIONS.some((known) => known.version === own)) {
    const hint = `use a released one, such as ${CURRENT_VERSION}`;
    return {
      why: cdiVersion === '' ? 'the spec has no cdiVersion' : `cdiVersion ${quote(cdiVersion)} is unknown`,
      hint,
    };
  }
  // Only what came after its own version can be wrong.
  for (const { version, feature } of VERSIONS) {
    if (version === own) return undefined;
    const used = feature(spec);
    if (used === undefined) continue;
    return {
      why: `cdiVersion ${quote(cdiVersion)} is too low: ${used} needs ${version}`,
      hint: `raise it to ${version}`,
    };
  }
  return undefined;
}

function nothing(): undefined {
  return undefined;
}

function anyEdits(spec: Spec, feature: (edits: ContainerEdits) => string | undefined): string | undefined {
  let used = spec.containerEdits && feature(spec.containerEdits);
  for (const device of spec.devices) used ??= feature(device.containerEdits);
  return used;
}

function netDevicesOrMonitoring(edits: ContainerEdits): string | undefined {
  if (edits.netDevices !== undefined && edits.netDevices.length > 0) return 'a network device';
  // An empty list of schemata counts, enableMonitoring: false does not.
  if (edits.intelRdt?.schemata !== undefined) return 'intelRdt with schemata';
  return edits.intelRdt?.enableMonitoring ? 'intelRdt with enableMonitoring' : undefined;
}

function rdtOrGids(edits: ContainerEdits): string | undefined {
  if (edits.intelRdt !== undefined) return 'intelRdt';
  return edits.additionalGids !== undefined && edits.additionalGids.length > 0 ? 'an additional group' : undefined;
}

function annotationOrDottedClass(spec: Spec): string | undefined {
  for (const { annotations } of [spec, ...spec.devices]) {
    if (annotations !== undefined && Object.keys(annotations).length > 0) return 'an annotation';
  }
  // Whatever follows the first slash counts as the class, more slashes included.
  const slash = spec.kind.indexOf('/');
  return slash >= 0 && spec.kind.indexOf('.', slash) > 0 ? 'a class with a dot' : undefined;
}

function digitFirst(spec: Spec): string | undefined {
  for (const { name } of spec.devices) if (name >= '0' && name < ':') return 'a device name that starts with a digit';
  return undefined;
}

function hostPath(edits: ContainerEdits): string | undefined {
  for (const node of edits.deviceNodes ?? []) if (node.hostPath) return 'a device node with a hostPath';
  return undefined;
}

function mountType(edits: ContainerEdits): string | undefined {
  for (const mount of edits.mounts ?? []) if (mount.type) return 'a mount with a type';
  return undefined;
}
