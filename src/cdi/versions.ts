// The versions of the CDI specification, and which of them a spec's content needs.
import type { Need } from '../edits/kind.ts';
import { type ContainerEdits, isRecord, KINDS, type KindName, listItems } from '../edits/kinds.ts';
import { CdiError } from '../text/error.ts';
import type { JsonValue } from '../text/json.ts';
import { quote } from '../text/quote.ts';
import type { Fault } from './device-name.ts';
import type { Spec } from './spec.ts';

/** The newest version that is understood. Go specs.CurrentVersion. */
export const CURRENT_VERSION = '1.1.0';

/** A released version, and the first thing in a spec that came with it, in words; what came with edits, their kinds say. */
export interface Version {
  readonly version: Need['version'] | '0.1.0' | '0.2.0';
  readonly feature?: (spec: Spec) => string | undefined;
  /** whether, of all devices, only the edits of the last one count: Go's loop looks at that one again and again */
  readonly seesLastDevice?: boolean;
}

/** Newest to oldest; a new version of the specification is a row. */
export const VERSIONS: readonly Version[] = [
  { version: '1.1.0' },
  { version: '1.0.0' },
  { version: '0.8.0' },
  { version: '0.7.0' },
  { version: '0.6.0', feature: findAnnotationOrDottedClass },
  { version: '0.5.0', feature: findDigitFirst, seesLastDevice: true },
  { version: '0.4.0', seesLastDevice: true },
  // Older versions are known, but their specs are refused.
  { version: '0.3.0', feature: () => 'any spec' },
  { version: '0.2.0' },
  { version: '0.1.0' },
];

/**
 * The least version that a spec's content needs, whatever its own `cdiVersion` says: `0.3.0` or newer.
 * @see CDI "Released versions"; Go specs.MinimumRequiredVersion
 */
export function findLeastVersion(spec: Spec): string {
  return findNewestUse(spec, '0.2.0')?.version ?? CURRENT_VERSION;
}

/**
 * Checks that `cdiVersion` is a released version, with or without a `v` before it, and has all that the spec uses.
 * @throws {CdiError} BAD_SPEC
 * @see CDI "Specification version"; Go specs.ValidateVersion
 */
export function validateVersion(spec: Spec): void {
  const fault = findVersionFault(spec);
  if (fault !== undefined) throw new CdiError('BAD_SPEC', { what: 'accept the version of the spec', ...fault });
}

/** What is wrong with a spec's `cdiVersion`. */
export function findVersionFault(spec: Spec): Fault | undefined {
  const { cdiVersion } = spec;
  const own = cdiVersion.startsWith('v') ? cdiVersion.slice(1) : cdiVersion;
  if (!VERSIONS.some((known) => known.version === own)) {
    const why = cdiVersion === '' ? 'the spec has no cdiVersion' : `cdiVersion ${quote(cdiVersion)} is unknown`;
    return { why, hint: `use a released one, such as ${CURRENT_VERSION}` };
  }
  // Only what came after its own version can be wrong.
  const use = findNewestUse(spec, own);
  if (use === undefined) return undefined;
  const why = `cdiVersion ${quote(cdiVersion)} is too low: ${use.words} needs ${use.version}`;
  return { why, hint: `raise it to ${use.version}` };
}

interface KindNeed {
  readonly kind: KindName;
  readonly need: Need;
}

type NeedsByVersion = { [version: string]: KindNeed[] };

/** What of edits came with each version. */
const NEEDS = listNeeds();

function listNeeds(): NeedsByVersion {
  const known: NeedsByVersion = {};
  for (const { name, needs } of KINDS) {
    for (const need of needs) {
      const list = known[need.version] ?? [];
      known[need.version] = list;
      list.push({ kind: name, need });
    }
  }
  return known;
}

interface Use {
  readonly version: string;
  readonly words: string;
}

// On the way of every container: by index, as the shim's engine takes several times as long to walk a list otherwise.
/** The first thing in a spec that came with the newest version after `own`. */
function findNewestUse(spec: Spec, own: string): Use | undefined {
  for (let i = 0; i < VERSIONS.length; i += 1) {
    const row = VERSIONS[i];
    if (row === undefined || row.version === own) break;
    const needs = NEEDS[row.version];
    let words = row.feature?.(spec);
    if (needs !== undefined) {
      words ??= spec.containerEdits && findUseInEdits(spec.containerEdits, needs);
      const devices = row.seesLastDevice ? spec.devices.slice(-1) : spec.devices;
      for (const device of devices) words ??= findUseInEdits(device.containerEdits, needs);
    }
    if (words !== undefined) return { version: row.version, words };
  }
  return undefined;
}

function findUseInEdits(edits: ContainerEdits, needs: readonly KindNeed[]): string | undefined {
  for (let i = 0; i < needs.length; i += 1) {
    const one = needs[i];
    if (one === undefined || edits[one.kind] === undefined) continue;
    const { field, words } = one.need;
    for (const item of listItems(edits, one.kind)) if (field === undefined || hasField(item, field)) return words;
  }
  return undefined;
}

/** A false and an empty text say nothing, an empty list does. */
function hasField(item: JsonValue, field: string): boolean {
  return isRecord(item) && Boolean(item[field]);
}

function findAnnotationOrDottedClass(spec: Spec): string | undefined {
  for (const { annotations } of [spec, ...spec.devices]) {
    if (annotations !== undefined && Object.keys(annotations).length > 0) return 'an annotation';
  }
  // Whatever follows the first slash counts as the class, more slashes included.
  const slash = spec.kind.indexOf('/');
  return slash >= 0 && spec.kind.indexOf('.', slash) > 0 ? 'a class with a dot' : undefined;
}

function findDigitFirst(spec: Spec): string | undefined {
  for (const { name } of spec.devices) if (name >= '0' && name < ':') return 'a device name that starts with a digit';
  return undefined;
}
