// An index of specs that somebody has tampered with: it is not believed, and made anew where it is ours to make.
import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { spec } from '../support/specs.ts';
import { IndexedSpecs, LEAST_FILES, untilOld, WANTED } from './indexed-specs.ts';
import { noMounts } from './mounted-bundle.ts';

const HEAD = 80;
const ENTRY = 48;
/** Where its words are that say whose it is, and how large. */
const AT = { format: 0, sum: 8, device: 16, directory: 24, count: 64, size: 72 } as const;
const OTHER = 12345;

const specs = noMounts === false ? new IndexedSpecs() : undefined;
const host = specs?.make('host', ['low', 'high']);
/** An index as it is kept. */
let kept = Buffer.alloc(0);
let name = '';

if (specs !== undefined && host !== undefined) {
  specs.fill(host, LEAST_FILES);
  // What is missing is looked for without an index; but who would miss a spec of which there is an older one?
  const [low = ''] = host.directories;
  writeFileSync(join(low, 'low.yaml'), spec('vendor.com/gpu', 'wanted').replace('D=wanted', 'D=low'));
  untilOld([host]);
  specs.demandWanted(host);
  [name = ''] = specs.listIndexes();
  kept = readFileSync(join(specs.folder, name));
}

/** As an index has it (shim/spec-index.c), so that only who looks at the file itself can know better. */
function seal(table: Buffer): Buffer {
  let sum = table.readBigUInt64LE(AT.format);
  for (let at = AT.device; at < table.length; at += 8) {
    const place = BigInt.asUintN(64, BigInt(at / 8) * 0x9e3779b97f4a7c15n);
    sum = BigInt.asUintN(64, sum + (table.readBigUInt64LE(at) ^ place) * 0xff51afd7ed558ccdn);
  }
  table.writeBigUInt64LE(sum, AT.sum);
  return table;
}

/** An index that says of each file that no kind is in it. */
function makeLie(): Buffer {
  const table = Buffer.from(kept);
  for (let i = 1; i <= LEAST_FILES; i++) table.writeBigUInt64LE(0n, HEAD + i * ENTRY - 8);
  return seal(table);
}

/** In place of the names. */
function fill(table: Buffer, end?: number): Buffer {
  table.subarray(HEAD + LEAST_FILES * ENTRY, end).fill('x');
  return table;
}

/** As long as it says. */
function resize(table: Buffer): Buffer {
  table.writeBigUInt64LE(BigInt(table.length), AT.size);
  return table;
}

function change(table: Buffer, at: number): Buffer {
  table.writeUInt8(table.readUInt8(at) ^ 1, at);
  return table;
}

interface Case {
  readonly title: string;
  /** puts something in the place of an index, or of its folder */
  readonly tamper: (file: string, folder: string) => void;
  /** whether it stays as it is, not being ours */
  readonly stays?: true;
}

const put =
  (make: () => Buffer, mode = 0o600) =>
  (file: string): void =>
    writeFileSync(file, make(), { mode });

const cases: readonly Case[] = [
  {
    title: 'of another owner',
    tamper: (file) => {
      put(makeLie)(file);
      chownSync(file, OTHER, OTHER);
    },
  },
  { title: 'that others may read', tamper: put(makeLie, 0o644) },
  {
    title: 'that others may write',
    tamper: (file) => {
      put(makeLie)(file);
      chmodSync(file, 0o622);
    },
  },
  {
    title: 'by a link',
    tamper: (file, folder) => {
      put(makeLie)(`${folder}-lie`);
      symlinkSync('../cdi-runtime-lie', file);
    },
  },
  {
    title: 'with another name as well',
    tamper: (file, folder) => {
      put(makeLie)(file);
      linkSync(file, `${folder}-other`);
    },
  },
  { title: 'that is a folder', tamper: (file) => mkdirSync(file), stays: true },
  { title: 'that is empty', tamper: put(() => Buffer.alloc(0)) },
  { title: 'that ends within its head', tamper: put(() => makeLie().subarray(0, HEAD - 1)) },
  { title: 'that ends within an entry', tamper: put(() => makeLie().subarray(0, -1)) },
  { title: 'that ends between entries', tamper: put(() => seal(resize(makeLie().subarray(0, HEAD + ENTRY)))) },
  { title: 'of which the end is missing', tamper: put(() => seal(makeLie().subarray(0, -8))) },
  { title: 'whose last name does not end', tamper: put(() => seal(fill(makeLie()))) },
  { title: 'with bytes behind its end', tamper: put(() => Buffer.concat([makeLie(), Buffer.alloc(ENTRY)])) },
  {
    title: 'of which nearly all is a hole',
    tamper: (file) => {
      put(makeLie)(file);
      truncateSync(file, 2 ** 40);
    },
  },
  { title: 'of another build', tamper: put(() => seal(change(makeLie(), AT.format))) },
  { title: 'of another device', tamper: put(() => seal(change(makeLie(), AT.device))) },
  { title: 'of another directory', tamper: put(() => seal(change(makeLie(), AT.directory))) },
  { title: 'with a count beyond all bounds', tamper: put(() => seal(change(makeLie(), AT.count + 6))) },
  { title: 'with another size', tamper: put(() => seal(change(makeLie(), AT.size))) },
  ...[AT.directory + 16, HEAD, HEAD + 8, HEAD + ENTRY - 1].map((at) => ({
    title: `in which a bit was turned, at ${at}`,
    tamper: put(() => change(makeLie(), at)),
  })),
  {
    title: 'of random bytes',
    tamper: put(() => Buffer.from(Array.from({ length: kept.length }, (_, i) => (i * i * 31 + 7) % 256))),
  },
  { title: 'in a folder that others may enter', tamper: (_, folder) => chmodSync(folder, 0o711), stays: true },
  { title: 'in a folder of another owner', tamper: (_, folder) => chownSync(folder, OTHER, OTHER), stays: true },
  {
    title: 'in a folder by a link',
    tamper: (_, folder) => {
      renameSync(folder, `${folder}-moved`);
      symlinkSync(`cdi-runtime-moved`, folder);
    },
    stays: true,
  },
];

for (const { title, tamper, stays } of cases)
  test(`an index is not believed ${title}`, { skip: noMounts }, () => {
    assert.ok(specs !== undefined && host !== undefined);
    const { folder } = specs;
    for (const end of ['', '-lie', '-other', '-moved']) rmSync(`${folder}${end}`, { recursive: true, force: true });
    mkdirSync(folder, { mode: 0o700 });
    const file = join(folder, name);
    if (stays === true) put(makeLie)(file);
    if (title === 'that is a folder') rmSync(file);
    tamper(file, folder);
    specs.demandWanted(host);
    if (stays === true) return;
    assert.deepEqual(readFileSync(file), kept);
  });

test('whoever may lie in it is root: such a lie hides a spec, but no device', { skip: noMounts }, () => {
  assert.ok(specs !== undefined && host !== undefined);
  rmSync(specs.folder, { recursive: true, force: true });
  mkdirSync(specs.folder, { mode: 0o700 });
  put(makeLie)(join(specs.folder, name));
  assert.match(specs.create(host, [WANTED]).config, /"D=low"/);
  assert.match(specs.create(host, ['vendor7.com/gpu=d']).config, /"D=d"/);
  for (const table of [fill(makeLie(), -1), change(makeLie(), AT.count)]) {
    put(() => seal(table))(join(specs.folder, name));
    assert.match(specs.create(host, [WANTED]).config, /"D=low"|A=1/);
  }
});
