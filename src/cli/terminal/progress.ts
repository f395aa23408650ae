// One line on a terminal while something takes long; nothing where stderr is no terminal.
import type { Context } from '../command.ts';
import type { Terminal } from './terminal.ts';

type Watched = Pick<Context, 'stderr' | 'quiet' | 'host'>;

const FIRST_MS = 500;
const EACH_MS = 100;

/** Columns of the line that a terminal shows now, of whichever work: what is within other work wipes that one's. */
const shown = new WeakMap<Terminal, number>();

/**
 * Begins to tell of long work; what is short is not told of.
 *
 * @returns a function that takes how far the work is; called without it, the line is wiped
 */
export function showProgress({ stderr, quiet, host }: Watched, what: string): (state?: string) => void {
  if (quiet || !stderr.isTerminal) return () => {};
  let next = host.now() + FIRST_MS;
  const wipe = (): void => {
    const columns = shown.get(stderr) ?? 0;
    if (columns > 0) stderr.write(`\r${' '.repeat(columns)}\r`);
    shown.delete(stderr);
  };
  return (state) => {
    if (state === undefined) return wipe();
    const now = host.now();
    if (now < next) return;
    next = now + EACH_MS;
    wipe();
    const line = `${what}: ${state}`.slice(0, stderr.width - 1);
    shown.set(stderr, line.length);
    stderr.write(line);
  };
}

/** Works on one after the other, and tells at which it is. */
export function mapWithProgress<T, R>(
  context: Watched,
  what: string,
  items: readonly T[],
  work: (item: T) => R,
): readonly R[] {
  const tell = showProgress(context, what);
  try {
    return items.map((item, index) => {
      tell(`${index + 1} of ${items.length}`);
      return work(item);
    });
  } finally {
    tell();
  }
}
