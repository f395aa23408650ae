// No file of the project names a path of the machine that it was written on.
import { deepEqual } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NOT_OURS = ['.git', 'node_modules', 'dist', 'build'];

/** Where folders that belong to no one lie: such a parent of the checkout says nothing of this machine. */
const ORDINARY = ['/', '/app', '/code', '/home', '/mnt', '/opt', '/repo', '/root', '/src', '/srv', '/tmp', '/usr/src'];

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.includes(entry.name) ? [] : filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

test('no file names a path of this machine', () => {
  const here = ROOT.replace(/\/$/, '');
  const telling = [here, dirname(here), homedir()].filter((path) => !ORDINARY.includes(path));
  const found = filesBelow('.').filter((path) => {
    const text = readFileSync(join(ROOT, path), 'latin1');
    return telling.some((folder) => names(text, folder));
  });
  deepEqual(found, []);
});

/** Whether a text has the folder as the beginning of a path, not as a part of a longer one. */
function names(text: string, folder: string): boolean {
  for (let at = text.indexOf(folder); at !== -1; at = text.indexOf(folder, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + folder.length] ?? ' ';
    if (!/[\w.~-]/.test(before) && /[^\w.-]/.test(after)) return true;
  }
  return false;
}
