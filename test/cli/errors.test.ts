// Pages where they are needed: errors by their codes, rules of lint by their names.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RULES } from '../../src/cli/lint/rules.ts';
import { layOutSection, readSections } from '../../src/cli/pages.ts';
import { run } from '../../src/cli/run.ts';
import { createCollectingTerminal } from '../../src/cli/terminal/terminal.ts';
import { createNodeHost } from '../../src/host/node.ts';
import { runCdictl } from '../support/run-cdictl.ts';
import { closedSchema } from './closed-schema.ts';

const SECTIONS = readSections('errors.md');

test('errors lists every code with what it is, whole and at 80 columns', async () => {
  for (const width of [80, 200]) {
    const { status, stdout } = await runCdictl(['errors'], width);
    assert.equal(status, 0);
    for (const line of stdout.split('\n')) assert.ok(line.length <= width, line);
    const text = stdout.replace(/\s+/g, ' ');
    for (const { title, summary } of SECTIONS) assert.ok(text.includes(`${title} ${summary}`), title);
  }
});

test('errors CODE says how it looks and what to do, and takes small letters', async () => {
  const { stdout } = await runCdictl(['errors', 'no_runtime', 'UNTRUSTED'], 80);
  assert.match(stdout, /^NO_RUNTIME\n/);
  assert.match(stdout, /\n {2}cannot [^\n]+: /);
  assert.match(stdout, /\n\nWhat to do: /);
  assert.match(stdout, /\nUNTRUSTED\n/);
  assert.doesNotMatch(stdout, /```|\*\*|`/);
});

test('errors for programs, and a code that there is not', async () => {
  const { stdout } = await runCdictl(['errors', '-ojson']);
  const data = JSON.parse(stdout);
  closedSchema('cdictl/errors.schema.json')(data);
  assert.deepEqual(
    data.errors.map(({ code }: { code: string }) => code),
    SECTIONS.map(({ title }) => title),
  );
  const { status, stderr } = await runCdictl(['errors', 'NO_RUNTIM']);
  assert.deepEqual([status, stderr], [2, 'cdictl: error code "NO_RUNTIM" is unknown; did you mean "NO_RUNTIME"?\n']);
});

test('lint --explain has every rule, and no other', async () => {
  for (const { id, severity, summary } of RULES) {
    const { status, stdout } = await runCdictl(['lint', '--explain', id]);
    assert.equal(status, 0);
    assert.ok(stdout.startsWith(`${id}\n${severity}: ${summary}`), stdout);
  }
  assert.equal((await runCdictl(['lint', '--explain', 'no-rule'])).status, 2);
});

test('a section keeps what is fenced, and loses the marks of Markdown', () => {
  const text = 'One `two` **three**\n[four](five.md#six).\n\n```yaml\na: `b`\n```\n\n- seven\n- eight';
  assert.equal(layOutSection(text, 80), 'One two three four.\n\n  a: `b`\n\n- seven\n- eight\n');
});

test('below an error a person reads where there is more of it; a program does not', async () => {
  const words = ['resolve', 'vendor.example/gpu=0', '--config', '/nonexistent/config.yaml'];
  for (const isTerminal of [true, false]) {
    const [stdout, stderr] = [createCollectingTerminal(), createCollectingTerminal(80, isTerminal)];
    assert.equal(await run(words, { host: createNodeHost(), stdout, stderr, version: '0' }), 1);
    assert.equal(/\nmore: cdictl errors CANNOT_READ\n$/.test(stderr.text()), isTerminal, stderr.text());
  }
});
