// The one line of the settings that must be readable in a file that is otherwise broken.

const LINE = /^runtime:[ \t]+(?:([A-Za-z0-9_./+-]+)|'([^'\\"]*)'|"([^'\\"]*)")(?:[ \t]+#.*|[ \t]*)$/;

/**
 * The value of `runtime:` at top level, written on one line plainly or in quotes; of several the last. The
 * shim's C half does the same by hand (shim/settings-runtime.c), and a test compares the two.
 */
export function readRuntimeLine(text: string): string | undefined {
  let value: string | undefined;
  let begun = false;
  for (const line of text.split('\n')) {
    const bare = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (bare.startsWith('...') || (begun && bare.startsWith('---'))) break;
    const found = LINE.exec(bare);
    if (found !== null) value = found[1] ?? found[2] ?? found[3];
    const trimmed = bare.trim();
    begun ||= trimmed !== '' && !trimmed.startsWith('#') && !bare.startsWith('%');
  }
  return value;
}
