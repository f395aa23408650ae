// Entry of cdictl.
import { readFileSync } from 'node:fs';
import { nodeHost } from '../host/node.ts';
import { run } from './run.ts';
import { terminalOf } from './terminal.ts';

/** Beside the bundle in the package, and beside the sources when they run as they are. */
function version(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8'));
      if (name === 'cdi-runtime') return String(version);
    } catch {
      // the other place, then
    }
  }
  return 'unknown';
}

// Where messages cannot be written, nobody is left to be told.
const stderr = terminalOf(2, process.env, () => process.exit(1));
const stdout = terminalOf(1, process.env, (errno) => {
  // A reader that has seen enough, such as head, ends the output, and that is no failure.
  if (errno === 'EPIPE') process.exit(0);
  stderr.write(`cdictl: cannot write standard output: it was refused (${errno})\n`);
  process.exit(1);
});
void run(process.argv.slice(2), { host: nodeHost(), stdout, stderr, version: version() }).then((status) => {
  process.exitCode = status;
});
