// Puts a text in the place of a file of /etc: by rename, with the owner and mode of what was there.
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What a file has that was not there before. */
const NEW_MODE = 0o644;

/**
 * Writes the text beside the file and renames it over it.
 *
 * @param path after all links
 * @param mode of a file that was not there before
 * @throws the errors of `node:fs`
 */
export function putFile(path: string, text: string, mode: number = NEW_MODE): void {
  const was = fs.statSync(path, { throwIfNoEntry: false });
  const beside = writeBeside(path, text, was?.mode ?? mode);
  try {
    const own = fs.statSync(beside);
    if (was !== undefined && (own.uid !== was.uid || own.gid !== was.gid)) {
      fs.chownSync(beside, was.uid, was.gid);
      fs.chmodSync(beside, was.mode & 0o7777);
    }
    fs.renameSync(beside, path);
  } catch (error) {
    fs.rmSync(beside, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** Not in a folder of drop-ins: CRI-O takes every file that is in its own, whatever it is called. */
function writeBeside(path: string, text: string, mode: number): string {
  const folder = dirname(path);
  const name = `.${basename(path)}.${randomBytes(6).toString('hex')}`;
  const isDropIns = folder.endsWith('.d') && fs.statSync(dirname(folder)).dev === fs.statSync(folder).dev;
  const beside = join(isDropIns ? dirname(folder) : folder, name);
  const descriptor = fs.openSync(beside, 'wx', 0o600);
  try {
    fs.writeFileSync(descriptor, text);
    fs.fchmodSync(descriptor, mode & 0o7777);
    fs.fsyncSync(descriptor);
  } catch (error) {
    fs.rmSync(beside, { force: true });
    throw error;
  } finally {
    fs.closeSync(descriptor);
  }
  return beside;
}

/** So that the new name outlives a power cut. */
function syncFolder(folder: string): void {
  const descriptor = fs.openSync(folder, fs.constants.O_RDONLY);
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}
