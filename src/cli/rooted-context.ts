// What a command works with that looks at a host whose root is mounted somewhere: settings and specs are that host's.
import { loadSettings } from '../settings/load.ts';
import type { Arguments, Context } from './command.ts';
import { readHostRoot } from './files/host-root.ts';
import { createRootedHost } from './files/rooted-host.ts';
import { UsageError } from './usage-error.ts';

/** @throws {UsageError} for settings that are named besides */
export function createRootedContext(
  context: Context,
  given: Arguments,
): { readonly context: Context; readonly root: string } {
  const root = readHostRoot(given);
  if (root === '') return { context, root };
  if (given.flag('config')) throw new UsageError('option --config does not go with --host-root');
  const host = createRootedHost(context.host, root);
  const loaded = loadSettings(host);
  const specDirs = (): readonly string[] => (given.flag('spec-dirs') ? context.specDirs() : loaded.settings.specDirs);
  return { context: { ...context, host, settings: () => loaded, specDirs }, root };
}
