// The real runtime gets the container next: one that others may have written is refused, to those who ask for devices.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { runShim } from '../support/run-shim.ts';
import { ASKING, INJECTED, SILENT, smallHost } from '../support/small-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const FIX = 'let only root write there, or set trust.owner: off';

/** A runtime in a directory of its own, reached by a link. */
function runtimeAt(): { readonly directory: string; readonly file: string; readonly link: string } {
  const place = mkdtempSync(join(folder, 'runtime-'));
  const directory = join(place, 'bin');
  mkdirSync(directory);
  const file = compile('fake-runc', directory);
  const link = join(place, 'link');
  symlinkSync(file, link);
  return { directory, file, link };
}

const cases: [title: string, change: (place: ReturnType<typeof runtimeAt>) => void, why: (file: string) => string][] = [
  [
    'that everybody may write',
    ({ file }) => chmodSync(file, 0o757),
    (file) => `file "${file}" can be written by everybody (mode 0757)`,
  ],
  [
    'in a directory of everybody’s',
    ({ directory }) => chmodSync(directory, 0o777),
    (file) => `directory "${join(file, '..')}" can be written by everybody (mode 0777)`,
  ],
];
for (const [title, change, why] of cases)
  test(`a runtime ${title} gets no container with devices, and every other one`, () => {
    const place = runtimeAt();
    change(place);
    const create = (config: string, settings = ''): [number | null, string, string] => {
      const host = smallHost(folder, { runtime: place.link, config, settings });
      const args = ['create', '--bundle', host.bundle, 'id'];
      const { status, stderr } = runShim({ folder: host.root, args, settings: host.settings });
      return [status, stderr, readFileSync(host.config, 'utf8')];
    };
    const message = `cannot trust the real runtime "${place.link}": ${why(place.file)}; ${FIX}\n`;
    assert.deepEqual(create(ASKING), [1, message, ASKING]);
    assert.deepEqual(create(SILENT), [STARTED, '', SILENT]);
    assert.deepEqual(create(ASKING, 'trust: { owner: off }\n'), [STARTED, '', INJECTED]);
  });

test('a runtime that only root or this user may write is trusted', () => {
  const host = smallHost(folder, { runtime: runtimeAt().link, config: ASKING });
  const args = ['create', '--bundle', host.bundle, 'id'];
  assert.equal(runShim({ folder: host.root, args, settings: host.settings }).status, STARTED);
  assert.equal(readFileSync(host.config, 'utf8'), INJECTED);
});
