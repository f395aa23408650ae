// What a release makes of the tables: pages of the manual, and settings with their defaults.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listSettings, writeExampleSettings } from '../../scripts/release/example-settings.ts';
import { writeCommandsPage, writeSettingsPage, writeShimPage } from '../../scripts/release/man.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';
import { memoryHost } from '../host/memory-host.ts';

const EDITION = { version: '1.2.3', day: '2026-01-02' };

test('the page of cdictl has every command with its options, and none that is hidden', () => {
  const page = writeCommandsPage(COMMANDS, EDITION);
  assert.match(page, /^\.TH CDICTL 1 2026-01-02 "cdi-runtime 1\.2\.3"\n/);
  for (const { name, hidden, options = [] } of COMMANDS) {
    assert.equal(page.includes(`.SS "cdictl ${name.replaceAll('-', '\\-')}`), hidden !== true, name);
    for (const option of options) assert.ok(page.includes(`\\-\\-${option.name.replaceAll('-', '\\-')}`), option.name);
  }
});

test('no line of a page is a request by chance, and no dash may become a hyphen', () => {
  const about = '.a line that begins with a dot and has a \\ and a -';
  const page = writeSettingsPage(about, EDITION);
  assert.ok(page.includes('\n\\&.a line that begins with a dot and has a \\e and a \\-\n'));
  for (const text of [page, writeCommandsPage(COMMANDS, EDITION), writeShimPage(EDITION)])
    for (const line of text.split('\n'))
      assert.match(line, /^(?:\.(?:TH|SH|SS|TP|PP|B|I|BR|EX|EE|br|ad|nh)\b|\.\\"|[^.']|$)/);
});

test('the page of the settings has every key, and the page of the shim says who tells its version', () => {
  const page = writeSettingsPage('', EDITION);
  for (const { path } of listSettings()) assert.ok(page.includes(`\n.B ${path}\n`), path);
  assert.match(writeShimPage(EDITION), /told by\n\.BR "cdictl \\-\\-version"/);
});

test('the example without its comment signs is a settings file that changes nothing', () => {
  const text = writeExampleSettings();
  assert.match(text, /^(?:#.*\n)+$/);
  const host = memoryHost({ '/etc/cdi-runtime/config.yaml': text.replace(/^#/gm, '') });
  const { settings, files } = loadSettings(host);
  assert.equal(files.length, 1);
  assert.deepEqual(settings, DEFAULT_SETTINGS);
});
