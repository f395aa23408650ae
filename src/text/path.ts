// Paths as text: what can be said of them without looking at the file system.

/**
 * Shortens a path by its letters alone, as Go's `filepath.Clean` does on Linux: repeated slashes, `.` and
 * `name/..` go, and an empty path becomes `.`. Links are not seen, so the result may name another file.
 * @example cleanPath('/a//b/../c/.') // '/a/c'
 */
export function cleanPath(path: string): string {
  const rooted = path.startsWith('/');
  // Most are short already.
  if (rooted && !path.includes('/.') && !path.includes('//') && !path.endsWith('/')) return path;
  const kept: string[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') kept.push(name);
    else if (kept.length > 0 && kept[kept.length - 1] !== '..') kept.pop();
    else if (!rooted) kept.push(name);
  }
  const names = kept.join('/');
  if (rooted) return `/${names}`;
  return names === '' ? '.' : names;
}
