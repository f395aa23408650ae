// The default runtime that comes back when ours goes out of a file that is not ours alone.
import type { NewTexts, Wiring } from './engine.ts';
import { findRealRuntime } from './pinned-link.ts';

/**
 * What the file said before, where that is known and still there; else the runtime that runs the binary behind our
 * link; undefined where the engine chooses by itself.
 *
 * @param builtIn the engine's own runtime, which no file need name
 */
export function findFormerDefault(
  { runtimes, defaultRuntime }: Wiring,
  file: string,
  originals: NewTexts,
  builtIn: string,
  readDefault: (original: string) => string | undefined,
): string | undefined {
  const original = originals.get(file);
  const others = runtimes.filter(({ ours }) => !ours);
  if (originals.has(file)) {
    const before = original === undefined ? undefined : readDefault(original);
    return before === builtIn || others.some(({ name }) => name === before) ? before : undefined;
  }
  const [real] = defaultRuntime.candidates;
  return others.find(({ name, path }) => (path === undefined ? name : findRealRuntime(path)) === real)?.name;
}
