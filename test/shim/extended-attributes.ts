// Extended attributes of files, for which Node has no calls.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { program } from './probe-binary.ts';

/** By name, values in hexadecimal; empty where the file system has none. */
export function attributesOf(file: string): Record<string, string> {
  const { stdout } = spawnSync(program('attributes'), [file], { encoding: 'utf8' });
  return Object.fromEntries(stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split(' ')])));
}

/** Sets attributes, values in hexadecimal. @returns whether the file system and the user can have them */
export function setAttributes(file: string, attributes: Readonly<Record<string, string>>): boolean {
  const { status, stderr } = spawnSync(program('attributes'), [file, ...Object.entries(attributes).flat()], {
    encoding: 'utf8',
  });
  assert.ok(status === 0 || /not (supported|permitted)/i.test(stderr), stderr);
  return status === 0;
}
