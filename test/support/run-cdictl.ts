// A command line of cdictl in this process, over this machine.

import { run } from '../../src/cli/run.ts';
import { createCollectingTerminal } from '../../src/cli/terminal/terminal.ts';
import { createNodeHost } from '../../src/host/node.ts';

export interface CdictlOutcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param width columns of the terminal; without a bound by default, as in a pipe */
export async function runCdictl(words: readonly string[], width = Number.POSITIVE_INFINITY): Promise<CdictlOutcome> {
  const [stdout, stderr] = [createCollectingTerminal(width), createCollectingTerminal(width)];
  const status = await run(words, { host: createNodeHost(), stdout, stderr, version: '0' });
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}
