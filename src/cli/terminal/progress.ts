// One line on a terminal while something takes long; nothing where stderr is no terminal.
import type { Context } from '../command.ts';

const FIRST_MS = 500;
const EACH_MS = 100;

/**
 * Begins to tell of long work; what is short is not told of.
 *
 * @returns a function that takes how far the work is; called without it, the line is wiped
 */
export function showProgress(
  { stderr, quiet, host }: Pick<Context, 'stderr' | 'quiet' | 'host'>,
  what: string,
): (state?: string) => void {
  if (quiet || !stderr.isTerminal) return () => {};
  let next = host.now() + FIRST_MS;
  let shown = 0;
  const wipe = (): void => {
    if (shown > 0) stderr.write(`\r${' '.repeat(shown)}\r`);
    shown = 0;
  };
  return (state) => {
    if (state === undefined) return wipe();
    const now = host.now();
    if (now < next) return;
    next = now + EACH_MS;
    wipe();
    const line = `${what}: ${state}`.slice(0, stderr.width - 1);
    shown = line.length;
    stderr.write(line);
  };
}
