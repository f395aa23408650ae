// A spec file as commands see it that judge it: its text, what it says, where, and all that is wrong with it.
import { readSpecTree, type SpecDocument } from '../../cdi/read-spec.ts';
import type { Spec } from '../../cdi/spec.ts';
import { type FileContent, isMalformed, type SpecHost } from '../../host/host.ts';
import { parseYaml } from '../../host/yaml.ts';
import { CdiError } from '../../text/error.ts';
import { parseJson } from '../../text/json-syntax.ts';
import type { SyntaxFailure, YamlTree } from '../../text/yaml-tree.ts';
import { type SpecFault, sortFaults } from './finding.ts';
import { findFormFaults } from './lenient-reader.ts';
import { findSpecFaults, type LocateField } from './spec-faults.ts';

export interface SpecText {
  /** as messages name it */
  readonly path: string;
  /** absolute; undefined for standard input */
  readonly file: string | undefined;
  readonly text: string;
  readonly tree: YamlTree | SyntaxFailure;
  /** undefined where the text has not the form of a spec */
  readonly spec: Spec | undefined;
  readonly locate: LocateField;
  /** in the order of the file; none: engines take it */
  readonly faults: readonly SpecFault[];
}

export const STDIN = '-';

/** A spec file that was read. */
export function readSpecText(host: SpecHost, file: FileContent, path: string): SpecText {
  return makeSpecText({ path, file: file.path, text: host.text(file), tree: host.parseYaml(file) });
}

/** A spec that came in by standard input. */
export function parseSpecText(text: string): SpecText {
  return makeSpecText({ path: STDIN, file: undefined, text, tree: parseYaml(text) });
}

/** A file that a link out of its directory leads to: whoever may write there has not to see it by our rights. */
export function makeForeignSpec(path: string, file: string): SpecText {
  const why = 'its link leads out of the directory, and is not followed';
  const fault: SpecFault = { by: 'registry', code: 'UNTRUSTED', at: undefined, why, hint: 'name the file itself' };
  const tree = { syntax: why, at: undefined };
  return { path, file, text: '', tree, spec: undefined, locate: () => undefined, faults: [fault] };
}

function makeSpecText(read: Pick<SpecText, 'path' | 'file' | 'text' | 'tree'>): SpecText {
  const formless = (...faults: readonly SpecFault[]): SpecText => ({
    ...read,
    spec: undefined,
    locate: () => undefined,
    faults: sortFaults(faults),
  });
  const { tree } = read;
  const misread = { by: 'syntax', hint: undefined } as const;
  if (isMalformed(tree)) return formless({ ...misread, code: 'BAD_SPEC', at: tree.at, why: tree.syntax });
  let document: SpecDocument | undefined;
  try {
    document = readSpecTree(tree, 'read the spec', undefined);
  } catch (error) {
    if (error instanceof CdiError) return formless(...findFormFaults(tree, error));
    throw error;
  }
  if (document === undefined) {
    return formless({ ...misread, code: 'EMPTY_SPEC', at: undefined, why: 'there is no document in it' });
  }
  const { spec, reader } = document;
  const locate: LocateField = (field) => reader.locate(field);
  return { ...read, spec, locate, faults: findSpecFaults(spec, locate) };
}

/** Engines read a `.json` file as YAML, too; a program that knows JSON alone stops here. */
export function checkJson({ path, text, faults }: SpecText): readonly SpecFault[] {
  if (!path.endsWith('.json') || faults.length > 0) return [];
  const tree = parseJson(text);
  if (!('syntax' in tree)) return [];
  return [{ by: 'syntax', code: 'BAD_SPEC', at: tree.at, why: `it is no JSON: ${tree.syntax}`, hint: undefined }];
}

export function tryReadSpec(text: string): Spec | undefined {
  const tree = parseYaml(text);
  if (isMalformed(tree)) return undefined;
  try {
    return readSpecTree(tree, 'read the spec', undefined)?.spec;
  } catch (error) {
    if (error instanceof CdiError) return undefined;
    throw error;
  }
}
