// Long work tells how far it is: on a terminal, on one line that is gone when the work is done.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { createCollectingTerminal } from '../../src/cli/terminal/terminal.ts';
import { createNodeHost } from '../../src/host/node.ts';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FILES = 200;
const folder = temporaryFolder();
const [config, specs] = [join(folder, 'config.yaml'), join(folder, 'specs')];
writeFileSync(config, '');
mkdirSync(specs);
for (const directory of [folder, specs]) chmodSync(directory, 0o755);
for (let number = 0; number < FILES; number++)
  writeFileSync(join(specs, `${number}.yaml`), spec(`a.example/c${number}`, '0'));

/** What stderr gets while every look at the clock takes some milliseconds. */
async function stderrOf(step: number, isTerminal: boolean, ...words: string[]): Promise<string> {
  const [stdout, stderr] = [createCollectingTerminal(), createCollectingTerminal(40, isTerminal)];
  let now = 0;
  const host = {
    ...createNodeHost(),
    now: () => {
      now += step;
      return now;
    },
  };
  const line = ['devices', '--config', config, '-d', specs, ...words];
  assert.equal(await run(line, { host, stdout, stderr, version: '0' }), 0);
  assert.equal(
    stdout
      .text()
      .split('\n')
      .filter((row) => row.startsWith('a.example')).length,
    FILES,
  );
  return stderr.text();
}

test('a terminal sees how many files are loaded, ten times a second from the first half on, and then nothing', async () => {
  const shown = (await stderrOf(10, true)).split('\r');
  const lines = shown.filter((line) => line.trim() !== '');
  assert.deepEqual(
    lines,
    Array.from({ length: 16 }, (_, number) => `loading specs: ${50 + 10 * number} files`),
  );
  // Each line is wiped, the last one, too.
  assert.equal(shown.filter((line) => line !== '' && line.trim() === '').length, lines.length);
  assert.equal(shown.at(-1), '');
});

test('nothing is said of what is done soon, where no one looks, and where no one wants it', async () => {
  assert.equal(await stderrOf(2, true), '');
  assert.equal(await stderrOf(1000, false), '');
  assert.equal(await stderrOf(1000, true, '--quiet'), '');
});

test('the line is wiped when the work fails', async () => {
  const settings = join(folder, 'few.yaml');
  writeFileSync(settings, `limits: { specs: ${FILES} }\n`);
  const more = join(folder, 'more');
  mkdirSync(more);
  chmodSync(more, 0o755);
  writeFileSync(join(more, 'a.yaml'), spec('b.example/b', '0'));
  const [stdout, stderr] = [createCollectingTerminal(), createCollectingTerminal(80, true)];
  let now = 0;
  const host = { ...createNodeHost(), now: () => (now += 1000) };
  const words = ['devices', '--config', settings, '-d', `${specs},${more}`];
  assert.equal(await run(words, { host, stdout, stderr, version: '0' }), 1);
  assert.match(stderr.text(), /loading specs: 200 files\r +\rcdictl: cannot scan spec directory /);
});

test('lint tells at which spec it is, and then wipes the line', async () => {
  const [stdout, stderr] = [createCollectingTerminal(), createCollectingTerminal(80, true)];
  let now = 0;
  const host = { ...createNodeHost(), now: () => (now += 1000) };
  await run(['lint', '--config', config, '-d', specs, '--no-host'], { host, stdout, stderr, version: '0' });
  assert.match(stderr.text(), new RegExp(`looking at specs: ${FILES} of ${FILES}\\r +\\r$`));
});

test('doctor tells at which check it is, and snapshot and ps of their parts: a line each, all of them wiped', async () => {
  const told: Readonly<Record<string, readonly string[]>> = {
    doctor: ['checking: specs', 'loading specs: ', 'looking at specs: ', 'checking: audit'],
    snapshot: ['asking: lint', 'planning devices: ', 'keeping paths: ', 'asking: doctor'],
    ps: ['loading specs: '],
  };
  for (const [command, parts] of Object.entries(told)) {
    const [stdout, stderr] = [createCollectingTerminal(), createCollectingTerminal(80, true)];
    let now = 0;
    const host = { ...createNodeHost(), now: () => (now += 1000) };
    await run([command, '--config', config, '-d', specs], { host, stdout, stderr, version: '0' });
    const screens = stderr.text().split('\r');
    for (const part of parts)
      assert.ok(
        screens.some((screen) => screen.startsWith(part)),
        `${command}: ${part} in ${JSON.stringify(screens.slice(0, 40))}`,
      );
    // a line of work within other work stands in its place, not behind it
    const lines = screens.filter((screen) => /^[a-z ]+: /.test(screen) && !screen.startsWith('cdictl: '));
    assert.equal(screens.filter((screen) => screen !== '' && screen.trim() === '').length, lines.length, command);
  }
});
