// The shim's short answer about a path is the long one of Trust, or none.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createNodeHost } from '../../src/host/node.ts';
import { Trust } from '../../src/host/trust.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { asRoot, pipe } from './contract-bench.ts';
import { operateShim } from './port-binary.ts';

const OTHER = 12345;
const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

function put(name: string, mode: number, owner = 0): void {
  writeFileSync(at(name), '');
  chmodSync(at(name), mode);
  chownSync(at(name), owner, owner);
}

function make(name: string, mode: number, owner = 0): void {
  mkdirSync(at(name));
  chmodSync(at(name), mode);
  for (const own of [0, OTHER]) put(`${name}/of-${own}`, 0o644, own);
  chownSync(at(name), owner, owner);
}

function layOut(): readonly string[] {
  chmodSync(folder, 0o755);
  make('ours', 0o755);
  make('sticky', 0o1777);
  make('open', 0o777);
  make('of-a-group', 0o775);
  make('of-another', 0o755, OTHER);
  put('open-file', 0o666);
  pipe(folder);
  const links = { link: 'ours', 'link-to-file': 'ours/of-0', gone: 'nothing', loop: 'loop' };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, at(name));
  const folders = ['ours', 'sticky', 'open', 'of-a-group', 'of-another', 'link'];
  const inThem = folders.flatMap((name) => [name, `${name}/of-0`, `${name}/of-${OTHER}`, `${name}/missing`]);
  const names = [...inThem, 'open-file', 'pipe', 'link-to-file', 'gone', 'loop', 'open-file/below'];
  const odd = ['ours/', 'ours//of-0', 'ours/./of-0', 'ours/../ours/of-0', 'ours/of-0/', 'ours/.', 'ours/..'];
  const plain = [...names.map(at), ...odd.map((name) => `${folder}/${name}`)];
  return [...plain, '/', '//', '', '/etc', '/dev/null', `/${'x'.repeat(5000)}`];
}

test('what has a clear way has nothing else that could be said of it', asRoot, () => {
  const paths = layOut();
  const host = createNodeHost();
  const answers = operateShim(
    folder,
    paths.map((path) => ['clearWay', path]),
  );
  const clear = paths.filter((path, i) => {
    const end = answers[i];
    if (end === null) return false;
    const trail = new Trust(host).trail(path);
    assert.deepEqual(trail, { end, place: path, spellings: [path], problem: undefined, choice: undefined }, path);
    return true;
  });
  const wanted = ['ours', 'ours/of-0', 'sticky', 'sticky/of-0', 'pipe'].map(at);
  assert.deepEqual(clear, [...wanted, '/etc', '/dev/null']);
});
