import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MemoryEntry, memoryHost } from '../../src/host/memory.ts';
import { loadSettings, SETTINGS_FILE, SETTINGS_VARIABLE } from '../../src/settings/load.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';
import { refusal } from '../support/edit-document.ts';

function host(entry: MemoryEntry | undefined, variable?: string): ReturnType<typeof memoryHost> {
  const files = { [SETTINGS_FILE]: 'family: crun', ...(entry === undefined ? {} : { '/c.yaml': entry }) };
  return memoryHost(files, { environment: variable === undefined ? {} : { [SETTINGS_VARIABLE]: variable } });
}

test('loadSettings() reads the fixed file where the variable names none', () => {
  assert.equal(loadSettings(host(undefined)).family, 'crun');
  assert.equal(loadSettings(host('family: youki', '')).family, 'crun');
});

test('loadSettings() reads the file that the variable names, and no other', () => {
  assert.deepEqual(loadSettings(host('runtime: runc', '/c.yaml')), { ...DEFAULT_SETTINGS, runtime: 'runc' });
});

test('loadSettings() has defaults where there is no file', () => {
  assert.deepEqual(loadSettings(memoryHost({})), DEFAULT_SETTINGS);
});

const named = 'CDI_RUNTIME_CONFIG names it';
const refused: [title: string, entry: MemoryEntry | undefined, why: string][] = [
  ['missing', undefined, 'it is missing'],
  ['too large', `#${' '.repeat(1024 * 1024)}`, 'it is larger than 1048576 bytes'],
  ['unreadable', { errno: 'EACCES' }, 'it cannot be read (EACCES)'],
  ['a folder', { directory: true }, 'it cannot be read (EISDIR)'],
];
for (const [title, entry, why] of refused)
  test(`loadSettings() refuses a named file that is ${title}`, () => {
    assert.equal(
      refusal(() => loadSettings(host(entry, '/c.yaml'))),
      `CANNOT_READ: cannot read settings "/c.yaml": ${why}; ${named}`,
    );
  });

test('loadSettings() refuses the fixed file only where it is there', () => {
  const locked = memoryHost({ [SETTINGS_FILE]: { errno: 'EACCES' } });
  const why = 'it cannot be read (EACCES)';
  assert.equal(
    refusal(() => loadSettings(locked)),
    `CANNOT_READ: cannot read settings "${SETTINGS_FILE}": ${why}`,
  );
  assert.match(
    refusal(() => loadSettings(memoryHost({ '/etc/cdi-runtime': 'a file' }))),
    /\(ENOTDIR\)$/,
  );
});
