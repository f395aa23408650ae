// One spec by itself: read from a file or a text.
import { readSpecTree } from '../cdi/read-spec.ts';
import type { Spec } from '../cdi/spec.ts';
import { nodeHost } from '../host/node.ts';
import { loadSpec, readSpecFile, type SpecFile } from '../registry/spec-file.ts';
import { CdiError } from '../text/error.ts';
import { cleanPath } from '../text/path.ts';
import { parseYaml } from '../text/yaml-syntax.ts';

/** Larger spec files are refused. */
const LARGEST = 64 * 1024 * 1024;

/**
 * Reads and checks a spec file.
 *
 * @param priority what `SpecFile.priority` will be
 * @throws {CdiError} CANNOT_READ, EMPTY_SPEC, and with line and column BAD_SPEC, BAD_DEVICE_NAME, BAD_EDITS
 * @see Go cdi.ReadSpec
 */
export function readSpec(path: string, priority = 0): SpecFile {
  const host = nodeHost();
  const file = loadSpec(host, readSpecFile(host, path, LARGEST), priority);
  const clean = cleanPath(path);
  return { ...file, path: clean.endsWith('.yaml') || clean.endsWith('.json') ? clean : `${clean}.yaml` };
}

/**
 * Reads a spec from YAML or JSON text, strictly as to its form, without judging its content.
 *
 * @returns undefined for a text without a document
 * @throws {CdiError} BAD_SPEC with line and column
 * @see Go cdi.ParseSpec
 */
export function parseSpec(text: string): Spec | undefined {
  const what = 'parse the spec';
  const tree = parseYaml(text);
  if ('syntax' in tree) throw new CdiError('BAD_SPEC', { what, at: tree.at, why: tree.syntax });
  return readSpecTree(tree, what, undefined)?.spec;
}
