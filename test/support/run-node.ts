// A create in this process: the same core as the shim's, over Node's host.
import { createNodeHost } from '../../src/host/node.ts';
import { writeOneLine } from '../../src/runtime/failure-line.ts';
import { intercept } from '../../src/runtime/intercept.ts';
import { findSettings } from '../../src/settings/load.ts';
import { CdiError } from '../../src/text/error.ts';

/** @returns the line that the shim would print; undefined when the runtime may be started */
export function createInNode(args: readonly string[], runtime: string, settings: string): string | undefined {
  const before = process.env['CDI_RUNTIME_CONFIG'];
  process.env['CDI_RUNTIME_CONFIG'] = settings;
  try {
    const host = createNodeHost();
    intercept({ ...host, settings: () => findSettings(host) }, { argv: args, runtime, runtimeProblem: '' }, () => {});
    return undefined;
  } catch (error) {
    if (error instanceof CdiError) return writeOneLine(error.message);
    throw error;
  } finally {
    if (before === undefined) delete process.env['CDI_RUNTIME_CONFIG'];
    else process.env['CDI_RUNTIME_CONFIG'] = before;
  }
}
