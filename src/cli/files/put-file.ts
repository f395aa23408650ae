// Puts a text in the place of a file of this machine, with the owner, mode and attributes of what was there.
import * as fs from 'node:fs';
import { holdPlace, openIn, type Place, replaceFile } from '../../host/replace-file.ts';
import { copyAttributes } from './copy-attributes.ts';
import { readErrno } from './errno.ts';

/** What a file has that was not there before. */
const NEW_MODE = 0o644;

/**
 * @param path after all links
 * @param mode of a file that was not there before
 * @returns why it may not outlive a power cut, as an errno's name
 * @throws the errors of `node:fs`
 */
export function putFile(path: string, text: string, mode: number = NEW_MODE): string | undefined {
  const place = holdPlace(path);
  let old: number | undefined;
  try {
    old = openIfThere(place);
    return replaceFile(place, text, { mode, old, copyAttributes, sync: true });
  } finally {
    if (old !== undefined) fs.closeSync(old);
    fs.closeSync(place.directory);
  }
}

function openIfThere(place: Place): number | undefined {
  try {
    return openIn(place);
  } catch (error) {
    if (readErrno(error) === 'ENOENT') return undefined;
    throw error;
  }
}
