// Tells the machine's own user ids from those of a user namespace.

/** Whether the text of `/proc/self/uid_map` maps every id onto itself. See user_namespaces(7). */
export function isIdentityMap(text: string): boolean {
  return text.trim().split(/\s+/).join(' ') === '0 0 4294967295';
}
