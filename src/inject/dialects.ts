// How the real runtime reads a document whose members runtimes read differently.
import { type Dialect, Draft } from '../edits/draft.ts';
import { type Host, isFailure } from '../host/host.ts';
import { findKnownFamily } from '../oci/command-line.ts';
import type { Settings } from '../settings/settings.ts';
import type { JsonTree } from '../text/json.ts';

/** Larger than any runtime. */
const LARGEST = 256 << 20;

const ALL: readonly Dialect[] = ['first', 'last', 'merged'];

/**
 * Reads a document as the real runtime does, where that matters and is known.
 *
 * @throws {CdiError} BAD_BUNDLE where it matters and is not known, and as `read`
 */
export function readAsRuntime<T>(
  host: Host,
  tree: JsonTree,
  runtime: string | undefined,
  family: Settings['family'],
  read: (draft: Draft<number>) => T,
): T {
  const draft = new Draft(tree, 0);
  try {
    return read(draft);
  } catch (error) {
    const [dialect, ...others] = error === draft.doubt ? findDialects(host, runtime, family) : [];
    if (dialect === undefined || others.length > 0) throw error;
    return read(new Draft(tree, 0, dialect));
  }
}

/** The dialects that the runtime may have: one where it is known, all where it is not. */
export function findDialects(
  host: Host,
  runtime: string | undefined,
  setFamily: Settings['family'],
): readonly Dialect[] {
  const family = setFamily === 'auto' ? findKnownFamily(runtime ?? '') : setFamily;
  if (family === undefined) return ALL;
  if (family !== 'crun') return [family === 'youki' ? 'last' : 'merged'];
  const program = runtime === undefined ? undefined : host.readFile(runtime, LARGEST);
  const hasWord = (word: string): boolean =>
    program !== undefined && !isFailure(program) && host.mentions(program, [word], '');
  // crun's version names the reader that it was built with, which changed with 1.28.
  if (hasWord('+YAJL')) return ['first'];
  return hasWord('+JSON_C') ? ['last'] : ['first', 'last'];
}
