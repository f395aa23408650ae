// The version of an engine, where it is known, against one from which something holds.

/** undefined where the version is not known or is none. @example isAtLeast('1.7.24~ds1', 2, 0) // false */
export function isAtLeast(version: string | undefined, major: number, minor: number, patch = 0): boolean | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version ?? '');
  if (match === null) return undefined;
  const [own, ownMinor, ownPatch] = match.slice(1).map((part) => Number(part ?? 0));
  if (own !== major) return Number(own) > major;
  return ownMinor === minor ? Number(ownPatch) >= patch : Number(ownMinor) > minor;
}
