// Comments in specs that hide findings of lint.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertConforms } from '../support/published-schemas.ts';
import { runCdictl } from '../support/run-cdictl.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

/** A spec with a counted name, and a mode that is decimal by mistake, in lines 5 and 8. */
function makeSpec(head = '', aboveName = '', behindMode = ''): string {
  return `${head}---
cdiVersion: 0.3.0
kind: vendor.com/gpu
devices:
${aboveName}- name: gpu0
  containerEdits:
    deviceNodes:
    - { path: /dev/gpu0, fileMode: 666 }${behindMode}
`;
}

interface Outcome {
  readonly found: readonly string[];
  readonly ignored: readonly string[];
  readonly messages: readonly string[];
}

async function lint(text: string, ...options: string[]): Promise<Outcome> {
  const path = join(folder, 'a.yaml');
  writeFileSync(path, text);
  const { stdout, stderr } = await runCdictl(['lint', '--no-host', path, '-o', 'json', ...options]);
  assert.equal(stderr, '');
  const data = JSON.parse(stdout);
  assertConforms('cdictl/lint.schema.json', data);
  type Found = { readonly rule: string; readonly line: number; readonly reason?: string; readonly message: string };
  const write = ({ rule, line, reason }: Found): string => [rule, line, reason].filter(Boolean).join(' ');
  return {
    found: data.findings.map(write),
    ignored: data.ignored.map(write),
    messages: data.findings.map(({ message }: Found) => message),
  };
}

const HIDES: readonly (readonly [title: string, text: string, ignored: readonly string[], found: readonly string[]])[] =
  [
    ['nothing without a comment', makeSpec(), [], ['unstable-name 5', 'odd-file-mode 8']],
    [
      'the next line',
      makeSpec('', '# cdictl-ignore unstable-name: one card, ever\n'),
      ['unstable-name 6 one card, ever'],
      ['odd-file-mode 9'],
    ],
    [
      'the next line that is more than a comment',
      makeSpec('', '  #cdictl-ignore unstable-name : x: y \n\n# more\n'),
      ['unstable-name 8 x: y'],
      ['odd-file-mode 11'],
    ],
    [
      'its own line',
      makeSpec('', '', ' # cdictl-ignore odd-file-mode: meant so'),
      ['odd-file-mode 8 meant so'],
      ['unstable-name 5'],
    ],
    [
      'the whole file',
      makeSpec('# cdictl-ignore-file odd-file-mode: old\n# cdictl-ignore-file unstable-name: old\n'),
      ['unstable-name 7 old', 'odd-file-mode 10 old'],
      [],
    ],
    [
      'nothing where the line is another',
      makeSpec('# cdictl-ignore odd-file-mode: far away\n'),
      [],
      ['ignore-comment 1', 'unstable-name 6', 'odd-file-mode 9'],
    ],
    [
      'nothing without a reason',
      makeSpec('', '# cdictl-ignore unstable-name:\n'),
      [],
      ['ignore-comment 5', 'unstable-name 6', 'odd-file-mode 9'],
    ],
    [
      'nothing where it is text',
      makeSpec('', '', '\n  annotations: { a: "b # cdictl-ignore-file unstable-name: no" }').replace('0.3.0', '0.6.0'),
      [],
      ['unstable-name 5', 'odd-file-mode 8'],
    ],
    [
      'nothing where it is a block of text',
      `${makeSpec().replace('0.3.0', '0.6.0')}  annotations:\n    a: |\n      # cdictl-ignore-file unstable-name: no\n`,
      [],
      ['unstable-name 5', 'odd-file-mode 8'],
    ],
    [
      'nothing by a longer word',
      makeSpec('# cdictl-ignored unstable-name: no\n'),
      [],
      ['unstable-name 6', 'odd-file-mode 9'],
    ],
  ];

for (const [title, text, ignored, found] of HIDES)
  test(`a comment hides ${title}`, async () => {
    const outcome = await lint(text);
    assert.deepEqual([outcome.ignored, outcome.found], [ignored, found]);
  });

test('what is wrong with a comment is said', async () => {
  const { messages } = await lint(
    makeSpec('# cdictl-ignore odd-file-mode: x\n# cdictl-ignore unstable-name\n# cdictl-ignore-file conflits: y\n'),
    '--rule=ignore-comment',
    '--rule=odd-file-mode',
  );
  assert.deepEqual(messages.slice(0, 3), [
    'odd-file-mode finds nothing in line 4',
    'it has no reason, and hides nothing of unstable-name',
    'there is no rule "conflits"',
  ]);
});

test('a comment about a rule that could find nothing here is not idle', async () => {
  const comments = ['unstable-name', 'stale-node', 'target-refuses'].map((rule) => `# cdictl-ignore-file ${rule}: x\n`);
  const idle = async (...options: string[]): Promise<readonly string[]> =>
    (await lint(makeSpec(comments.join('')), '--rule=ignore-comment', ...options)).messages;
  assert.deepEqual(await idle('--rule=stale-node', '--rule=target-refuses'), []);
  assert.deepEqual(await idle('--rule=target-refuses', '--target=podman@5.0'), [
    'target-refuses finds nothing in this file',
  ]);
});

test('people are told how many are ignored, and the status does not count them', async () => {
  const path = join(folder, 'b.yaml');
  writeFileSync(path, makeSpec('', '', ' # cdictl-ignore odd-file-mode: meant so'));
  const { status, stdout } = await runCdictl(['lint', '--no-host', path]);
  assert.equal(status, 0);
  assert.match(stdout, /\n0 errors, 0 warnings, 1 info in 1 spec; 1 ignored\n$/);
});
