// The log of what stays running: its lines for a journal, and for a person at a terminal.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLog } from '../../src/cli/terminal/log.ts';
import { createCollectingTerminal } from '../../src/cli/terminal/terminal.ts';
import { memorySpecHost } from '../support/spec-host.ts';

/** What is logged of news and of two troubles. */
function logged(isTerminal: boolean, quiet: boolean): string {
  const stderr = createCollectingTerminal(80, isTerminal);
  const host = { ...memorySpecHost({}), now: () => 0 };
  const log = openLog({ stderr, host, quiet });
  log.info({ directories: ['/a\u202e'] }, 'watching');
  log.warn('odd \u202e\n');
  log.error(new Error('broken'), 'failed');
  return stderr.text();
}

const WATCHING = '{"level":"info","time":"1970-01-01T00:00:00.000Z","directories":["/a\\u202e"],"msg":"watching"}\n';
const ODD = '{"level":"warning","time":"1970-01-01T00:00:00.000Z","msg":"odd \\u202e\\n"}\n';
const FAILED =
  /^\{"level":"error","time":"1970-01-01T00:00:00\.000Z","error":\{"type":"Error","message":"broken".*\},"msg":"failed"\}\n$/;

test('a journal gets a line of JSON for each, which steers no terminal', () => {
  const text = logged(false, false);
  assert.ok(text.startsWith(WATCHING + ODD), text);
  assert.match(text.slice(WATCHING.length + ODD.length), FAILED);
});

test('with --quiet a journal gets what is wrong', () => {
  const text = logged(false, true);
  assert.ok(text.startsWith(ODD), text);
  assert.match(text.slice(ODD.length), FAILED);
});

test('a terminal gets what is wrong as messages', () => {
  for (const quiet of [false, true]) assert.equal(logged(true, quiet), 'cdictl: odd \\u202e\\n\ncdictl: failed\n');
});
