// Folders of an ordinary user, whose engine is rootless (XDG Base Directory Specification).
import type { Host } from './host.ts';

/** Whether this process is an ordinary user's, or of one who is root in a user namespace alone. */
export function isOrdinaryUser(host: Host): boolean {
  return host.ids().uid !== 0 || host.inUserNamespace();
}

/** `$XDG_CONFIG_HOME`, or else `$HOME/.config`. */
export function findConfigHome(host: Host): string | undefined {
  return findUserFolder(host, host.environment('XDG_CONFIG_HOME'), '.config');
}

/** The folder that a variable gave, or else one below the home; only absolute paths count. */
export function findUserFolder(host: Host, given: string | undefined, below: string): string | undefined {
  if (given?.startsWith('/')) return given;
  const home = host.environment('HOME');
  return home?.startsWith('/') ? `${home}/${below}` : undefined;
}
