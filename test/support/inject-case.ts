// A case of the corpus's inject and random files: the files around it, what is asked, and the answer of the Go reference.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

type FileEntry =
  | string
  | {
      readonly text?: string;
      readonly base64?: string;
      readonly symlink?: string;
      readonly fifo?: string;
      readonly dir?: boolean;
    };

export interface InjectCase {
  readonly id: string;
  readonly needsNonRoot?: boolean;
  readonly dirs?: readonly string[];
  readonly files?: Readonly<Record<string, FileEntry>>;
  readonly input: {
    readonly specDirs: readonly string[];
    readonly devices: readonly string[];
    readonly oci: string | null;
  };
  readonly expect: {
    readonly panic?: boolean;
    readonly error: string | null;
    readonly unresolved: readonly string[];
    readonly oci: string | null;
  };
}

/** In the texts of a case, its folder. */
export const ROOT = /\$\{ROOT\}/g;

/** Puts an entry of a case into the folder that its texts call `${ROOT}`. */
export function writeEntry(path: string, entry: FileEntry, root: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = typeof entry === 'string' ? { text: entry } : entry;
  if (file.symlink !== undefined) symlinkSync(file.symlink.replaceAll(ROOT, root), path);
  else if (file.fifo !== undefined) {
    assert.equal(spawnSync('mkfifo', [path]).status, 0);
    chmodSync(path, Number.parseInt(file.fifo, 8));
  } else if (file.dir === true) mkdirSync(path, { recursive: true });
  else if (file.base64 !== undefined) writeFileSync(path, Buffer.from(file.base64, 'base64'));
  else writeFileSync(path, (file.text ?? '').replaceAll(ROOT, root));
}
