// Entry of cdictl.
import { readFileSync } from 'node:fs';
import { createNodeHost } from '../host/node.ts';
import { run } from './run.ts';
import { openTerminal } from './terminal/terminal.ts';

/** The package is two folders above, both as it is built and as its sources run. */
function readVersion(): string {
  try {
    return String(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version);
  } catch {
    return 'unknown';
  }
}

// Where messages cannot be written, there is no one to tell.
const stderr = openTerminal(2, process.env, () => process.exit(1));
const stdout = openTerminal(1, process.env, (errno) => {
  // A reader that has seen enough, such as head, ends the output, and that is no failure.
  if (errno === 'EPIPE') process.exit(0);
  stderr.write(`cdictl: cannot write standard output: it was refused (${errno})\n`);
  process.exit(1);
});
void run(process.argv.slice(2), { host: createNodeHost(), stdout, stderr, version: readVersion() }).then((status) => {
  process.exitCode = status;
});
