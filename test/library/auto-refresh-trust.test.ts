// What a registry must not keep from an earlier query, though the file's times are as they were.
import assert from 'node:assert/strict';
import fs, { chmodSync, mkdirSync, mkdtempSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { mock, test } from 'node:test';
import { setSchema } from '../../src/library/active-schema.ts';
import { Registry } from '../../src/library/registry.ts';
import { anHourLater, withCoarseTimes } from '../support/clocks.ts';
import { memoryFolder } from '../support/memory-folder.ts';
import { asOrdinaryUser } from '../support/ordinary-user.ts';
import { spec } from '../support/specs.ts';

const folder = memoryFolder();
setSchema('none');
chmodSync(folder, 0o755);

interface Place {
  readonly directory: string;
  readonly file: string;
  readonly registry: Registry;
}

function place(): Place {
  const root = mkdtempSync(join(folder, 'place-'));
  const directory = join(root, 'cdi');
  chmodSync(root, 0o755);
  mkdirSync(directory);
  return { directory, file: join(directory, 'a.yaml'), registry: new Registry({ specDirs: [directory] }) };
}

/** Does something whenever a file has been looked at and is about to be opened. */
function betweenLookAndOpen<T>(change: () => void, restore: () => void, work: () => T): T {
  const open = fs.openSync;
  const method = mock.method(fs, 'openSync', (...args: Parameters<typeof open>) => {
    change();
    try {
      return open(...args);
    } finally {
      restore();
    }
  });
  syncBuiltinESMExports();
  try {
    return work();
  } finally {
    method.mock.restore();
    syncBuiltinESMExports();
  }
}

test('what was read while a link led elsewhere for a moment is not kept', () => {
  const { directory, file, registry } = place();
  for (const name of ['here', 'there']) writeFileSync(join(directory, name), spec('a.com/x', name));
  const link = (target: string): void => {
    symlinkSync(target, `${file}.new`);
    renameSync(`${file}.new`, file);
  };
  link('here');
  anHourLater(() => {
    betweenLookAndOpen(
      () => link('there'),
      () => link('here'),
      () => assert.deepEqual(registry.listDevices(), ['a.com/x=there']),
    );
    assert.deepEqual(registry.listDevices(), ['a.com/x=here']);
  });
});

test('a file that could not be read is read as soon as it can be', { skip: notRoot() }, () => {
  const { file, registry } = place();
  writeFileSync(file, spec('a.com/x', '0'));
  chmodSync(file, 0o600);
  anHourLater(() => {
    assert.deepEqual(
      asOrdinaryUser(() =>
        registry
          .getErrors()
          .get(file)
          ?.map(({ code }) => code),
      ),
      ['CANNOT_READ'],
    );
    assert.deepEqual(registry.listDevices(), ['a.com/x=0']);
    assert.equal(registry.getErrors().size, 0);
  });
});

test('bytes that are no text are told from the sign that stands for them', () => {
  const { file, registry } = place();
  const comment = (bytes: readonly number[]): Buffer =>
    Buffer.concat([Buffer.from(`${spec('a.com/x', '0')}# `), Buffer.from(bytes)]);
  withCoarseTimes(() => {
    writeFileSync(file, comment([0xef, 0xbf, 0xbd]));
    assert.deepEqual(registry.listDevices(), ['a.com/x=0']);
    writeFileSync(file, comment([0xf0, 0x9f, 0x98]));
    assert.deepEqual(registry.listDevices(), []);
  });
});

function notRoot(): string | false {
  return process.geteuid?.() === 0 ? false : 'only root may take the rights of another user for a while';
}
