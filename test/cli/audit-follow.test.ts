// cdictl audit --follow: what comes while it runs, whatever happens to the file; and an end at the first signal.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');
const LONGEST_MS = 60_000;

const line = (id: string): string => `{"time":"2026-01-01T00:00:00.000Z","outcome":"injected","id":"${id}"}\n`;

class Follower {
  readonly child: ChildProcess;
  #text = '';

  constructor(context: TestContext, ...words: readonly string[]) {
    this.child = spawn(process.execPath, [MAIN, 'audit', '--quiet', '--follow', ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child.stdout?.on('data', (chunk) => {
      this.#text += chunk;
    });
    context.after(() => {
      this.child.kill('SIGKILL');
    });
  }

  /** Waits until these are the ids of all that was printed. */
  async shows(...ids: readonly string[]): Promise<void> {
    const signal = AbortSignal.timeout(LONGEST_MS);
    while (this.#ids().length < ids.length) {
      assert.ok(this.child.stdout);
      await once(this.child.stdout, 'data', { signal });
    }
    assert.deepEqual(this.#ids(), ids);
  }

  #ids(): string[] {
    const whole = this.#text.slice(0, this.#text.lastIndexOf('\n') + 1);
    return [...whole.matchAll(/"id":"([^"]*)"/g)].map(([, id = '']) => id);
  }
}

let count = 0;
function path(): string {
  const log = join(folder, `log-${count++}`);
  mkdirSync(log);
  return join(log, 'audit.jsonl');
}

test('lines are shown as they come, each once', async (context) => {
  const file = path();
  writeFileSync(file, line('a') + line('b'));
  const follower = new Follower(context, '--file', file, '-o', 'json');
  await follower.shows('a', 'b');
  appendFileSync(file, line('c'));
  await follower.shows('a', 'b', 'c');
  appendFileSync(file, line('d').slice(0, 20));
  appendFileSync(file, line('d').slice(20) + line('e'));
  await follower.shows('a', 'b', 'c', 'd', 'e');
});

test('only the last of what is there is shown, and then what is wanted', async (context) => {
  const file = path();
  writeFileSync(file, line('a') + line('x1') + line('x2'));
  const follower = new Follower(context, '--file', file, '-o', 'json', '-n', '1', '-c', 'x');
  await follower.shows('x2');
  appendFileSync(file, line('b') + line('x3') + line('x4'));
  await follower.shows('x2', 'x3', 'x4');
});

test('a file that is put aside, cut, removed or put in another’s place is followed on', async (context) => {
  const file = path();
  writeFileSync(file, line('a'));
  const follower = new Follower(context, '--file', file, '-o', 'json');
  await follower.shows('a');
  renameSync(file, `${file}.1`);
  appendFileSync(`${file}.1`, line('b'));
  appendFileSync(file, line('c-which-is-longer'));
  await follower.shows('a', 'b', 'c-which-is-longer');
  truncateSync(file);
  appendFileSync(file, line('d'));
  await follower.shows('a', 'b', 'c-which-is-longer', 'd');
  rmSync(file);
  appendFileSync(file, line('f'));
  await follower.shows('a', 'b', 'c-which-is-longer', 'd', 'f');
  writeFileSync(`${file}.new`, line('g'));
  renameSync(`${file}.new`, file);
  await follower.shows('a', 'b', 'c-which-is-longer', 'd', 'f', 'g');
});

test('an audit whose folder is not there yet is waited for', async (context) => {
  const file = join(folder, 'later/and/later/audit.jsonl');
  const follower = new Follower(context, '--file', file, '-o', 'json');
  mkdirSync(join(folder, 'later'));
  mkdirSync(join(folder, 'later/and/later'), { recursive: true });
  appendFileSync(file, line('a'));
  await follower.shows('a');
  rmSync(join(folder, 'later'), { recursive: true });
  mkdirSync(join(folder, 'later/and/later'), { recursive: true });
  appendFileSync(file, line('b'));
  await follower.shows('a', 'b');
});

test('a table has one head', async (context) => {
  const file = path();
  writeFileSync(file, line('a'));
  const follower = new Follower(context, '--file', file);
  let text = '';
  follower.child.stdout?.on('data', (chunk) => {
    text += chunk;
  });
  const signal = AbortSignal.timeout(LONGEST_MS);
  const lines = async (wanted: number): Promise<void> => {
    while (text.split('\n').length <= wanted) {
      assert.ok(follower.child.stdout);
      await once(follower.child.stdout, 'data', { signal });
    }
  };
  await lines(2);
  appendFileSync(file, line('b'));
  await lines(3);
  assert.equal(text.match(/^TIME /gm)?.length, 1);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test(`it ends at ${signal}`, async (context) => {
    const file = path();
    writeFileSync(file, line('a'));
    const follower = new Follower(context, '--file', file, '-o', 'json');
    await follower.shows('a');
    const ended = once(follower.child, 'exit', { signal: AbortSignal.timeout(LONGEST_MS) });
    follower.child.kill(signal);
    assert.deepEqual(await ended, [null, signal]);
  });

test('it ends when no one reads any more', async (context) => {
  const file = path();
  writeFileSync(file, line('a'));
  const follower = new Follower(context, '--file', file, '-o', 'json');
  await follower.shows('a');
  const ended = once(follower.child, 'exit', { signal: AbortSignal.timeout(LONGEST_MS) });
  follower.child.stdout?.destroy();
  appendFileSync(file, line('b'));
  appendFileSync(file, line('c'));
  const [status] = await ended;
  assert.equal(status, 0);
});

test('what came of a run is shown with its intent, or after it', async (context) => {
  const file = path();
  const said = (id: string, outcome: string): string =>
    `{"time":"2026-01-01T00:00:00.000Z","record":"${id}","outcome":"${outcome}","id":"${id}-${outcome}"}\n`;
  writeFileSync(file, said('a', 'intended') + said('a', 'injected'));
  const follower = new Follower(context, '--file', file, '-o', 'json');
  await follower.shows('a-intended');
  appendFileSync(file, said('b', 'intended'));
  await follower.shows('a-intended', 'b-intended');
  appendFileSync(file, said('b', 'injected') + said('c', 'refused'));
  await follower.shows('a-intended', 'b-intended', 'b-intended', 'c-refused');
});
