// The version of an engine, where it is known, against one from which something holds.

/** undefined where the version is not known or is none. @example isAtLeast('1.7.24~ds1', 2, 0) // false */
export function isAtLeast(version: string | undefined, major: number, minor: number): boolean | undefined {
  const match = /^v?(\d+)\.(\d+)/.exec(version ?? '');
  if (match === null) return undefined;
  const [own, ownMinor] = [Number(match[1]), Number(match[2])];
  return own > major || (own === major && ownMinor >= minor);
}
