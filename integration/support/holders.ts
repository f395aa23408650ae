// What cdictl says of the containers of an engine: which of them holds a device, and what one comes to.
import { resolve } from 'node:path';
import { must, type Outcome, run } from './command.ts';
import type { Caller } from './podman.ts';

const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');
const ROOT: Caller = { prefix: [], folder: '/', env: process.env };

interface Holding {
  readonly device: string;
  readonly holder: string;
  readonly by: string;
  readonly stale: readonly string[];
}

/** `device holder by`, and what is stale of it. */
export function listHolders({ prefix, env }: Caller = ROOT): readonly string[] {
  const [program = '', ...args] = [...prefix, process.execPath, MAIN, 'ps', '--output', 'json'];
  const told: { readonly holdings: readonly Holding[] } = JSON.parse(must(program, args, { env }));
  return told.holdings.map(({ device, holder, by, stale }) => [`${device} ${holder} ${by}`, ...stale].join(': '));
}

/** @param handle of a container, as ps names it */
export function explain(handle: string): Outcome {
  return run(process.execPath, [MAIN, 'explain', handle]);
}
