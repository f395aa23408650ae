// One spec by itself: read from a file or a text, or made of an object.
import { parseQualifier } from '../cdi/device-name.ts';
import { readSpecTree } from '../cdi/read-spec.ts';
import type { Spec as AnySpec } from '../cdi/spec.ts';
import { validateSpec as checkSpec, type SpecSource } from '../cdi/validate.ts';
import { validateVersion as checkVersion, findLeastVersion as leastVersion } from '../cdi/versions.ts';
import type { Version } from '../edits/kind.ts';
import { createNodeHost } from '../host/node.ts';
import { parseYaml } from '../host/yaml.ts';
import { locateInContent } from '../registry/field-places.ts';
import { loadSpec, readSpecFile, type SpecFile } from '../registry/spec-file.ts';
import { demandText } from '../text/demand-text.ts';
import { CdiError } from '../text/error.ts';
import { cleanPath } from '../text/path.ts';
import { quote } from '../text/quote.ts';
import { activeSchema } from './active-schema.ts';
import { KnownNodes } from './known-nodes.ts';
import { LoadedSpec } from './loaded-spec.ts';
import { judgeSpec } from './spec-validator.ts';
import { demandPath, takeSpec } from './taken.ts';
import { narrowSpec, type Spec } from './typed-spec.ts';

/** Larger spec files are refused, in bytes. */
export const LARGEST_SPEC: number = 64 * 1024 * 1024;

/**
 * Reads a spec file, and checks it by the rules of CDI, the schema in use and the program's validator.
 *
 * @param priority what `LoadedSpec.priority` will be
 * @throws {CdiError} CANNOT_READ, EMPTY_SPEC, and with line and column BAD_SPEC, BAD_DEVICE_NAME, BAD_EDITS
 * @see Go cdi.ReadSpec
 */
export function readSpec(path: string, priority = 0): LoadedSpec {
  demandPath(path, 'load a spec');
  const host = createNodeHost();
  const content = readSpecFile(host, path, LARGEST_SPEC);
  const file = loadSpec(host, content, priority);
  const source = { what: `load spec ${quote(path)}`, path, locate: locateInContent(host, content) };
  judgeSpec(narrowSpec(file.spec), activeSchema(), source);
  return makeLoadedSpec(file);
}

/**
 * Makes a loaded spec of one in memory, checked as `readSpec` does; nothing is written.
 *
 * @param path of the file that it stands for, which need not be there
 * @throws {CdiError} BAD_SPEC, BAD_DEVICE_NAME, BAD_EDITS
 * @see Go cdi.NewSpec of older releases
 */
export function newSpec(spec: AnySpec, path: string, priority = 0): LoadedSpec {
  demandPath(path, 'make a spec');
  const source = { what: `make spec ${quote(path)}`, path };
  const taken: AnySpec = takeSpec(spec, source);
  validateSpec(taken, source);
  judgeSpec(taken, activeSchema(), source);
  return makeLoadedSpec({ path, priority, ...parseQualifier(taken.kind), spec: taken });
}

function makeLoadedSpec(file: SpecFile): LoadedSpec {
  const path = cleanPath(file.path);
  const named = path.endsWith('.yaml') || path.endsWith('.json') ? path : `${path}.yaml`;
  return new LoadedSpec({ ...file, path: named }, new KnownNodes(createNodeHost()));
}

/**
 * Reads a spec from YAML or JSON text, strictly as to its form, without judging its content: `validateSpec` does that.
 *
 * @returns undefined for a text without a document
 * @throws {CdiError} BAD_SPEC with line and column
 * @see Go cdi.ParseSpec
 */
export function parseSpec(text: string): AnySpec | undefined {
  const what = 'parse the spec';
  demandText(text, what);
  const tree = parseYaml(text);
  if ('syntax' in tree) throw new CdiError('BAD_SPEC', { what, at: tree.at, why: tree.syntax });
  return readSpecTree(tree, what, undefined)?.spec;
}

/**
 * Checks a whole spec by the rules of CDI: version, kind, edits, and at least one device, each named once and with
 * edits. A spec that is let through is a `Spec` for the compiler as well.
 *
 * @param source where it is from, for messages
 * @throws {CdiError} BAD_SPEC, BAD_DEVICE_NAME for a device's name, BAD_EDITS; of several faults the first
 * @see CDI "CDI JSON Specification"; Go Spec.validate
 */
export function validateSpec(spec: AnySpec, source: SpecSource = {}): asserts spec is Spec {
  checkSpec(takeSpec(spec, source), source);
}

/**
 * Checks that `cdiVersion` is a released version, with or without a `v` before it, and has all that the spec uses.
 *
 * @throws {CdiError} BAD_SPEC
 * @see CDI "Specification version"; Go specs.ValidateVersion
 */
export function validateVersion(spec: AnySpec): void {
  checkVersion(takeSpec(spec));
}

/**
 * The least version that a spec's content needs, whatever its own `cdiVersion` says: `0.3.0` or newer.
 *
 * @see CDI "Released versions"; Go specs.MinimumRequiredVersion
 */
export function minimumRequiredVersion(spec: AnySpec): Version;
export function minimumRequiredVersion(spec: AnySpec): string {
  return leastVersion(takeSpec(spec));
}
