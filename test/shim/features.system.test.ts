// What the shim says to `features`: the real runtime's answer, with the annotations that ask for devices among the unsafe.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { SHIM } from '../support/run-shim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const OURS = ['cdi.k8s.io/', 'optional.cdi.k8s.io/', 'cdi.k8s.', 'optional.cdi.k8s.'];
const KEY = 'potentiallyUnsafeConfigAnnotations';

interface Ran {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program, by another one where its words come first. */
function start(words: readonly string[], settings: string): Ran {
  const file = join(mkdtempSync(join(folder, 'run-')), 'settings.yaml');
  writeFileSync(file, settings, { mode: 0o644 });
  const [program = '', ...args] = words;
  const { status, signal, stdout, stderr } = spawnSync(program, args, {
    env: { PATH: process.env['PATH'], CDI_RUNTIME_CONFIG: file },
    encoding: 'latin1',
    maxBuffer: 1 << 24,
    timeout: 60_000,
  });
  return { status, signal, stdout, stderr };
}

for (const name of ['runc', 'crun']) {
  const runtime = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin']
    .map((path) => join(path, name))
    .find(existsSync);
  const link = join(folder, `cdi-${name}`);
  symlinkSync(SHIM, link);
  const rows: [title: string, settings: string, added: string[], globals?: string[]][] = [
    ['by default', '', OURS],
    ['with options before it', '', OURS, ['--root', join(folder, 'root')]],
    ['with settings that are broken', '}: [\n\u0001', OURS],
    ['with annotations that are on', 'requests: { annotations: { enabled: true } }', OURS],
    [
      'with prefixes of the settings',
      'requests: { annotations: { prefixes: [cdi.k8s.io/, a.example/, gpu/] } }',
      [
        ...['cdi.k8s.io/', 'optional.cdi.k8s.io/', 'a.example/', 'optional.a.example/', 'gpu/', 'optional.gpu/'],
        ...['cdi.k8s.', 'optional.cdi.k8s.', 'a.', 'optional.a.', 'optional.'],
      ],
    ],
    ['with annotations that are off', 'requests: { annotations: { enabled: false } }', []],
    ['without prefixes', 'requests: { annotations: { prefixes: [] } }', []],
  ];
  for (const [title, settings, added, globals = []] of rows)
    test(`${name} features ${title}`, { skip: runtime === undefined && `there is no ${name}` }, () => {
      const direct = start([runtime ?? '', ...globals, 'features'], '');
      const shimmed = start([link, ...globals, 'features'], settings);
      const answer: Record<string, unknown> = JSON.parse(shimmed.stdout);
      const own: Record<string, string[]> = JSON.parse(direct.stdout);
      assert.deepEqual(answer, added.length === 0 ? own : { ...own, [KEY]: [...(own[KEY] ?? []), ...added] });
      assert.deepEqual({ ...shimmed, stdout: '' }, { ...direct, stdout: '' });
      assert.equal(takeOut(shimmed.stdout, added, own[KEY]), direct.stdout);
    });
}

/** The answer without what was added, as text. */
function takeOut(text: string, added: readonly string[], own: readonly string[] | undefined): string {
  if (added.length === 0) return text;
  const gap = '\\s*';
  const entries = added.map((key) => `"${key.replaceAll('.', '\\.')}"`).join(`,${gap}`);
  return text.replace(
    new RegExp(own === undefined ? `,${gap}"${KEY}":${gap}\\[${gap}${entries}${gap}\\]` : `,${gap}${entries}`),
    '',
  );
}

/** A runtime that prints what a file holds, and then does as it is told. */
function fakeRuntime(answer: string, then = ''): string {
  const own = mkdtempSync(join(folder, 'fake-'));
  const program = join(own, 'runc');
  writeFileSync(join(own, 'answer'), answer);
  writeFileSync(program, `#!/bin/sh\ncat "${own}/answer"\n${then}\n`);
  chmodSync(program, 0o755);
  return program;
}
const saying = (runtime: string): string =>
  `runtime: ${runtime}\nrequests: { annotations: { prefixes: [a.example/] } }\n`;
const ADDED = '"a.example/","optional.a.example/","a.","optional.a."';

const answers: [title: string, own: string, want: string][] = [
  ['one that is compact', '{"a":1}', `{"a":1,"${KEY}":[${ADDED}]}`],
  ['one with blanks', '{ "a" : 1 }\n', `{ "a" : 1, "${KEY}": [${ADDED}] }\n`],
  ['a list in the midst', `{"${KEY}":["x."],"b":{}}`, `{"${KEY}":["x.",${ADDED}],"b":{}}`],
  [
    'a list with some of them',
    `{"${KEY}":["a.", "optional.a."]}`,
    `{"${KEY}":["a.", "optional.a.","a.example/","optional.a.example/"]}`,
  ],
  ['a list with all of them', `{"${KEY}":[${ADDED}]}`, `{"${KEY}":[${ADDED}]}`],
  ['an empty list', `{"b":1,"${KEY}":[]}`, `{"b":1,"${KEY}":[${ADDED}]}`],
  ['null for a list', `{"${KEY}":null,"b":1}`, `{"${KEY}":[${ADDED}],"b":1}`],
  ['lists within lists', `{"${KEY}":[["a."],{"b":["a."]}]}`, `{"${KEY}":[["a."],{"b":["a."]},${ADDED}]}`],
  ['the key elsewhere', `{"b":{"${KEY}":["x"]}}`, `{"b":{"${KEY}":["x"]},"${KEY}":[${ADDED}]}`],
  ...[
    '',
    '{}',
    'no JSON',
    '[1]',
    '"text"',
    '{"a":1',
    '{"a":1} more',
    `{"${KEY}":"x"}`,
    `{"${KEY}":[],"${KEY}":[]}`,
    '{"a":"\u00ff"}',
    `{"a":"${'x'.repeat(1 << 20)}"}`,
    `{"a":"${'x'.repeat(3 << 20)}"}`,
    `{\n${' '.repeat(1 << 16)}"a":1}`,
  ].map((own): [string, string, string] => [
    `what we cannot add to: ${JSON.stringify(own).slice(0, 40)}, ${own.length}`,
    own,
    own,
  ]),
];
for (const [title, own, want] of answers)
  test(`an answer of a runtime: ${title}`, () => {
    const runtime = fakeRuntime(Buffer.from(own, 'latin1').toString('latin1'));
    writeFileSync(join(runtime, '../answer'), Buffer.from(own, 'latin1'));
    const got = start([SHIM, 'features'], saying(runtime));
    assert.deepEqual({ ...got, stdout: '' }, { status: 0, signal: null, stdout: '', stderr: '' });
    assert.ok(got.stdout === want, `${got.stdout.slice(0, 300)} (${got.stdout.length})`);
  });

const ends: [title: string, then: string, want: Partial<Ran>][] = [
  ['a status', 'echo oh >&2; exit 3', { status: 3, stderr: 'oh\n' }],
  ['a status of its own', 'exit 255', { status: 255 }],
  ['a signal', 'kill -TERM $$', { status: null, signal: 'SIGTERM' }],
  ['a signal that cannot be caught', 'kill -KILL $$', { status: null, signal: 'SIGKILL' }],
];
for (const [title, then, want] of ends)
  test(`a runtime that ends by ${title} is given as it is`, () => {
    const got = start([SHIM, 'features'], saying(fakeRuntime('{"a":1}', then)));
    assert.deepEqual(got, { status: 0, signal: null, stdout: '{"a":1}', stderr: '', ...want });
  });

const WANT = `{"a":1,"${KEY}":[${ADDED}]}`;
const launches: [title: string, words: string[], want: Partial<Ran>][] = [
  ['SIGCHLD is ignored', ['env', '--ignore-signal=CHLD', SHIM, 'features'], {}],
  ['the stack is small', ['sh', '-c', 'ulimit -s 256; exec "$0" features', SHIM], {}],
  ['standard input is closed', ['sh', '-c', 'exec "$0" features <&-', SHIM], {}],
  ['standard error is closed', ['sh', '-c', 'exec "$0" features 2>&-', SHIM], {}],
  ['standard output is closed', ['sh', '-c', 'exec "$0" features >&-', SHIM], { stdout: '' }],
  [
    'the disk is full',
    ['sh', '-c', 'exec "$0" features >/dev/full', SHIM],
    { status: 1, stdout: '', stderr: 'cannot write what the real runtime answers: ENOSPC\n' },
  ],
];
for (const [title, words, want] of launches)
  test(`features where ${title}`, () => {
    // cat would complain of a closed output
    const got = start(words, saying(fakeRuntime('{"a":1}', 'exit 0')));
    const stderr = title === 'standard output is closed' ? got.stderr : '';
    assert.deepEqual(got, { status: 0, signal: null, stdout: WANT, stderr, ...want });
  });

test('the runtime sees the same environment, ignored signals and descriptors as without us', () => {
  const probe = 'cat /proc/self/status | grep -E "^Sig(Ign|Blk)"; ls /proc/self/fd | wc -l; env | sort | grep -v ^_=';
  const runtime = fakeRuntime('', probe);
  const by = (program: string): readonly string[] => [
    'env',
    '--ignore-signal=CHLD,PIPE,USR1',
    'A=b',
    program,
    'features',
  ];
  const direct = start(by(runtime), saying(runtime));
  const clean = ({ stdout }: Ran): string => stdout.replace(/run-\w+/, 'run');
  assert.equal(clean(start(by(SHIM), saying(runtime))), clean(direct));
});

test('the runtime does not outlive the shim', async () => {
  const own = mkdtempSync(join(folder, 'killed-'));
  const runtime = fakeRuntime('', `echo $$ >"${own}/pid.new"; mv "${own}/pid.new" "${own}/pid"; exec sleep 1000`);
  mkdirSync(join(own, 'cwd'));
  writeFileSync(join(own, 'settings'), saying(runtime), { mode: 0o644 });
  const shim = spawn(SHIM, ['features'], {
    env: { ...process.env, CDI_RUNTIME_CONFIG: join(own, 'settings') },
    stdio: 'ignore',
  });
  while (!existsSync(join(own, 'pid'))) await pause(5);
  const pid = readFileSync(join(own, 'pid'), 'utf8').trim();
  const ended = once(shim, 'exit');
  shim.kill('SIGTERM');
  assert.deepEqual(await ended, [null, 'SIGTERM']);
  while (existsSync(`/proc/${pid}/exe`)) await pause(5);
});

test('only the command itself is answered by us', () => {
  const runtime = fakeRuntime('{"a":1}');
  for (const words of [
    ['features', 'x'],
    ['state', 'features'],
    ['--root', 'features', 'state', 'x'],
    ['features', '--help'],
  ])
    assert.equal(start([SHIM, ...words], saying(runtime)).stdout, '{"a":1}', words.join(' '));
  assert.equal(start([SHIM, '--root', '/x', 'features'], saying(runtime)).stdout, WANT);
});
