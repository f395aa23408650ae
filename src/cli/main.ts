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

// A reader that has seen enough, such as head, ends the output, and that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
process.exitCode = await run(process.argv.slice(2), {
  host: nodeHost(),
  stdout: terminalOf(process.stdout),
  stderr: terminalOf(process.stderr),
  version: version(),
});
