// cdictl audit: which records are shown, how, and what is broken in the file.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { runAsOrdinaryUser } from '../support/ordinary-user.ts';
import { assertConforms } from '../support/published-schemas.ts';
import { type CdictlOutcome, runCdictl } from '../support/run-cdictl.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

interface Said {
  readonly id: string;
  readonly time?: string;
  readonly outcome?: string;
  readonly devices?: readonly string[];
  readonly ignored?: readonly string[];
  readonly more?: object;
}

let count = 0;

/** A line as the shim writes it. */
function line({
  id,
  time = '2026-01-01T00:00:00.000Z',
  outcome = 'injected',
  devices = ['a.com/x=1'],
  ignored = [],
  more,
}: Said): string {
  const isGranted = outcome === 'intended' || outcome === 'injected' || outcome === 'already';
  const digest = 'ab'.repeat(32);
  const request = (device: string, action: string): object => {
    return { device, source: 'env', key: 'CDI_DEVICES', action, rule: 'policy.default' };
  };
  const record = {
    time,
    record: String(count++).padStart(16, '0'),
    outcome,
    command: 'create',
    id,
    bundle: '/b',
    requests: [
      ...devices.map((device) => request(device, 'allow')),
      ...ignored.map((device) => request(device, 'ignore')),
    ],
    devices: isGranted ? devices.map((name) => ({ name, spec: '/etc/cdi/x.yaml', line: 3, digest })) : [],
    config: { before: digest, after: digest },
    ...more,
  };
  assertConforms('audit.schema.json', record);
  return `${JSON.stringify(record)}\n`;
}

function file(...texts: readonly string[]): string {
  const path = join(folder, `audit-${count++}.jsonl`);
  writeFileSync(path, texts.join(''));
  return path;
}

const audit = (...words: readonly string[]): Promise<CdictlOutcome> => runCdictl(['audit', ...words]);

/** The ids of the records that are shown, and what is said besides. */
async function ids(...words: readonly string[]): Promise<readonly string[]> {
  const { stdout, stderr } = await audit('--output', 'json', ...words);
  const shown = stdout
    .split('\n')
    .slice(0, -1)
    .map((text) => JSON.parse(text).id);
  return stderr === '' ? shown : [...shown, stderr.trimEnd()];
}

const LONG = '0123456789abcdef'.repeat(4);
const refused = {
  code: 'DENIED',
  message: 'cannot inject device "b.com/y=2": policy.rules[0] of the settings denies it',
};
const ALL = file(
  line({
    id: LONG,
    devices: ['a.com/x=1', 'a.com/x=2'],
    ignored: ['b.com/y=1'],
    more: { namespace: 'team', pod: 'web' },
  }),
  line({
    id: 'two',
    time: '2026-01-02T00:00:00.000Z',
    outcome: 'refused',
    devices: ['b.com/y=2'],
    more: { error: refused, engine: 'podman' },
  }),
  line({
    id: 'three',
    time: '2026-01-03T12:00:00.500Z',
    outcome: 'already',
    devices: ['a.com/x=3'],
    more: { warnings: ['one', 'two'] },
  }),
);

test('the table says why what was asked for does not count', async () => {
  const off = (rule: string, reason: string): object => ({
    ...{ device: 'a.com/x=1', source: 'env', key: 'A', action: 'off', rule, reason },
  });
  const requests = [
    off('requests.env.enabled', 'this source is off'),
    off('requests.precedence', 'b\x1b'),
    off('', 'b\x1b'),
  ];
  const { stdout } = await audit(
    '--file',
    file(line({ id: 'one', outcome: 'ignored', devices: [], more: { requests } })),
  );
  const [, row = ''] = stdout.split('\n');
  assert.match(row, / ignored +one +a\.com\/x=1 a\.com\/x=1 a\.com\/x=1 +3 off \(this source is off; b\\x1b\)$/);
});

test('people get a table', async () => {
  const { status, stdout, stderr } = await audit('--file', ALL);
  assert.deepEqual([status, stderr], [0, '']);
  assert.deepEqual(
    stdout.split('\n').map((text) => text.split(/ {2,}/)),
    [
      ['TIME', 'OUTCOME', 'CONTAINER', 'OF', 'DEVICES', 'REMARKS'],
      ['2026-01-01T00:00:00.000Z', 'injected', '0123456789ab', 'team/web', 'a.com/x=1 a.com/x=2', '1 ignored'],
      ['2026-01-02T00:00:00.000Z', 'refused', 'two', 'podman', 'b.com/y=2', refused.message],
      ['2026-01-03T12:00:00.500Z', 'already', 'three', 'a.com/x=3', '2 warnings'],
      [''],
    ],
  );
});

test('programs get the lines as they were written', async () => {
  const { stdout } = await audit('--file', ALL, '-o', 'json');
  for (const text of stdout.split('\n').slice(0, -1)) assertConforms('audit.schema.json', JSON.parse(text));
  assert.equal(stdout.length, (await audit('--file', file(stdout), '-o', 'json')).stdout.length);
  const { stdout: yaml } = await audit('--file', ALL, '-o', 'yaml', '-n', '1');
  assert.ok(/^---\ntime: "2026-01-03T12:00:00\.500Z"\nrecord: "[0-9]{16}"\noutcome: already\n/.test(yaml), yaml);
});

const filters: [words: string[], want: string[]][] = [
  [[], [LONG, 'two', 'three']],
  [['--container', 'two'], ['two']],
  [['-c', '01234567'], [LONG]],
  [
    ['-c', 't'],
    ['two', 'three'],
  ],
  [
    ['-c', 'three', '-c', '0'],
    [LONG, 'three'],
  ],
  [['--device', 'a.com/x=2'], [LONG]],
  [
    ['--device', 'a.com/*'],
    [LONG, 'three'],
  ],
  [['--device', '*=1'], [LONG]],
  [
    ['--device', 'b.com/y=?'],
    [LONG, 'two'],
  ],
  [['--device', 'a.com'], []],
  [['--outcome', 'refused'], ['two']],
  [
    ['--outcome', 'refused', '--outcome', 'already'],
    ['two', 'three'],
  ],
  [['--outcome', 'already', '--device', 'b.com/*'], []],
  [
    ['--since', '2026-01-02'],
    ['two', 'three'],
  ],
  [['--since', '2026-01-02T00:00:00.001Z'], ['three']],
  [['--since', '2026-01-03T13:00+01:00'], ['three']],
  [['--since', '2026-01-03 12:00:01Z'], []],
  [['--since', '1s'], []],
  [
    ['--since', '999999999d'],
    [LONG, 'two', 'three'],
  ],
  [
    ['-n', '2'],
    ['two', 'three'],
  ],
  [
    ['--last', '9'],
    [LONG, 'two', 'three'],
  ],
  [['-n', '0'], []],
  [['-n', '1', '--device', 'b.com/*'], ['two']],
];
for (const [words, want] of filters)
  test(`audit ${words.join(' ')}`, async () => assert.deepEqual(await ids('--file', ALL, ...words), want));

test('audit --since takes a duration', async () => {
  const recent = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
  const path = file(line({ id: 'old', time: recent(121) }), line({ id: 'new', time: recent(90) }));
  assert.deepEqual(await ids('--file', path, '--since', '2h'), ['new']);
  assert.deepEqual(await ids('--file', path, '--since', '89m'), []);
});

const wrong: [words: string[], message: RegExp][] = [
  [['--since', 'yesterday'], /option --since is "yesterday", which is no time; write it as 90m, 12h, 7d, 2026-01-31/],
  [['--since', '2026-13-01'], /which is no time/],
  [['--since', '7'], /which is no time/],
  [['--last', 'x'], /option --last is "x", which is no number of records/],
  [['--last', '-1'], /which is no number of records/],
  [['--outcome', 'denied'], /which is none of intended, injected, already, ignored, refused, failed/],
  [['two'], /audit takes no operands, not "two"/],
];
for (const [words, message] of wrong)
  test(`audit refuses ${words.join(' ')}`, async () => {
    const { status, stdout, stderr } = await audit('--file', ALL, ...words);
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, message);
  });

// What is about one run.

const outcome = (text: string, said: string, error?: object): string => {
  const { time, record, command, id, bundle } = JSON.parse(text);
  const written = { time: time.replace('.000Z', '.100Z'), record, outcome: said, command, id, bundle, error };
  assertConforms('audit.schema.json', JSON.parse(JSON.stringify(written)));
  return `${JSON.stringify(written)}\n`;
};
const STOPPED = { code: 'STOPPED', message: 'cannot start the container: the core was cut short' };

/** Outcome, number of devices and message of each record that is shown. */
async function runs(...texts: readonly string[]): Promise<readonly unknown[]> {
  const { stdout } = await audit('-o', 'json', '--file', file(...texts));
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((text) => {
      const record = JSON.parse(text);
      assertConforms('audit.schema.json', record);
      return [record.id, record.outcome, record.devices?.length, record.error?.message];
    });
}

test('an intent and what came of it are one record, and the last word holds', async () => {
  const [a, b, c] = ['a', 'b', 'c'].map((id) => line({ id, outcome: 'intended' }));
  assert.ok(a !== undefined && b !== undefined && c !== undefined);
  assert.deepEqual(await runs(a, outcome(a, 'injected'), b, c, outcome(c, 'injected'), outcome(c, 'failed', STOPPED)), [
    ['a', 'injected', 1, undefined],
    ['b', 'intended', 1, undefined],
    ['c', 'failed', 0, STOPPED.message],
  ]);
});

test('runs that write at the same time are told apart', async () => {
  const [a, b] = ['a', 'b'].map((id) => line({ id, outcome: 'intended' }));
  assert.ok(a !== undefined && b !== undefined);
  assert.deepEqual(await runs(a, b, outcome(b, 'failed', STOPPED), outcome(a, 'injected')), [
    ['a', 'injected', 1, undefined],
    ['b', 'failed', 0, STOPPED.message],
  ]);
});

test('an outcome is found behind a thousand other records, and any by itself', async () => {
  const a = line({ id: 'a', outcome: 'intended' });
  const others = Array.from({ length: 3000 }, () => line({ id: 'x' }));
  const near = await runs(a, ...others.slice(0, 900), outcome(a, 'injected'));
  assert.deepEqual([near.length, near[0]], [901, ['a', 'injected', 1, undefined]]);
  const far = await runs(a, ...others, outcome(a, 'failed', STOPPED));
  assert.deepEqual(
    [far.length, far[0], far.at(-1)],
    [3002, ['a', 'intended', 1, undefined], ['a', 'failed', undefined, STOPPED.message]],
  );
});

test('an intent without an outcome is shown as what it is', async () => {
  const path = file(line({ id: 'a', outcome: 'intended' }));
  const { stdout } = await audit('--file', path);
  assert.match(stdout, / intended +a +a\.com\/x=1 +no outcome: it was killed, or is at it\n$/);
  assert.deepEqual(await ids('--file', path, '--outcome', 'intended'), ['a']);
  assert.deepEqual(await ids('--file', path, '--outcome', 'injected'), []);
});

// What is broken.

const BROKEN = (lines: number): string =>
  `cdictl: ${lines} of its lines are broken: what is no record in them is left out`;

const broken: [title: string, texts: string[], want: string[]][] = [
  ['a cut line at the end', [line({ id: 'a' }), line({ id: 'b' }).slice(0, 50)], ['a', BROKEN(1)]],
  ['a line behind one that was cut', [line({ id: 'a' }).slice(0, 50), line({ id: 'b' })], ['b', BROKEN(1)]],
  ['a line behind two that were cut', ['{"ti', line({ id: 'a' }).slice(0, 9), line({ id: 'b' })], ['b', BROKEN(1)]],
  ['a line behind one that lacks its end', [line({ id: 'a' }).trimEnd(), line({ id: 'b' })], ['a', 'b']],
  ['the last line without its end', [line({ id: 'a' }), line({ id: 'b' }).trimEnd()], ['a', 'b']],
  ['a beginning within a text', [line({ id: 'x{"time":"y' })], ['x{"time":"y']],
  [
    'other things',
    ['null\n', '[]\n', '{"id":"a"}\n', '{"time":5}\n', '{"time":"x"}\n', 'x\n', '\u0000\n', line({ id: 'a' })],
    ['a', BROKEN(7)],
  ],
  ['empty lines', ['\n', ' \n', line({ id: 'a' }), '\r\n'], ['a']],
];
for (const [title, texts, want] of broken)
  test(`the audit survives ${title}`, async () => {
    assert.deepEqual(await ids('--file', file(...texts)), want);
    assert.equal((await audit('--file', file(...texts))).status, 0);
    assert.equal((await audit('--quiet', '--file', file(...texts))).stderr, '');
  });

test('a record with members that are of another type is shown as far as it goes', async () => {
  const odd = '{"time":"2026-01-01T00:00:00Z","id":5,"requests":{},"devices":[null,3],"error":"x","warnings":7}\n';
  const { status, stdout } = await audit('--file', file(odd));
  assert.deepEqual([status, stdout.split('\n').length], [0, 3]);
});

test('an empty audit, or none, is fine', async () => {
  for (const path of [file(''), join(folder, 'missing/audit.jsonl')]) {
    const want = { status: 0, stdout: '', stderr: `cdictl: nothing is in the audit "${path}" yet\n` };
    assert.deepEqual(await audit('--file', path), want);
    assert.deepEqual(await audit('--all', '--file', path), want);
    assert.equal((await audit('-q', '--file', path)).stderr, '');
  }
  assert.deepEqual(await ids('--file', ALL, '-c', 'nobody'), []);
});

const asRoot = process.getuid?.() === 0 ? false : 'other users need root';
test('an audit that this user may not read is an error', { skip: asRoot }, async () => {
  const main = join(import.meta.dirname, '../../src/cli/main.ts');
  const [program, ...words] = runAsOrdinaryUser(main, ['audit', '--file', ALL]);
  const { status, stderr } = spawnSync(program, words, { cwd: '/', encoding: 'utf8' });
  assert.equal(status, 1);
  assert.equal(stderr, `cdictl: cannot read the audit "${ALL}": this user may not read it; read it as root\n`);
});

test('a folder for the audit is an error', async () => {
  const { status, stderr } = await audit('--file', folder);
  assert.deepEqual([status, stderr], [1, `cdictl: cannot read the audit "${folder}": it cannot be read (EISDIR)\n`]);
});

test('the file is the one of the settings', async () => {
  const settings = join(folder, 'settings.yaml');
  writeFileSync(settings, `audit: { path: ${ALL} }\n`, { mode: 0o644 });
  assert.deepEqual(await ids('--config', settings), [LONG, 'two', 'three']);
  writeFileSync(settings, `audit: { path: ${ALL}, enabled: false }\n`, { mode: 0o644 });
  assert.deepEqual(await ids('--config', settings, '-n', '1'), [
    'three',
    'cdictl: the audit is off (audit.enabled of the settings)',
  ]);
});

test('what is in a record does not steer the terminal', async () => {
  const hostile = line({
    id: 'a\u001b[2J\u202e\nb',
    outcome: 'refused',
    more: { error: { code: 'X', message: '\u009b5m' } },
  });
  const { stdout } = await audit('--file', file(hostile));
  assert.ok(stdout.includes('a\\x1b[2J\\u202e\\nb'), JSON.stringify(stdout));
  assert.ok(stdout.includes('\\x9b5m'));
});

test('a table fits the terminal', async () => {
  const { stdout } = await runCdictl(['audit', '--file', ALL], 100);
  assert.ok(
    stdout.split('\n').every((text) => text.length <= 100),
    stdout,
  );
});

test('more records than a table takes at once go on under one head', async () => {
  const path = file();
  const lines = (): string => Array.from({ length: 1000 }, () => line({ id: 'a' })).join('');
  for (let i = 0; i < 11; i++) appendFileSync(path, lines());
  const { stdout } = await audit('--file', path);
  const texts = stdout.split('\n');
  assert.deepEqual([texts.length, texts.filter((text) => text.startsWith('TIME')).length], [11_002, 1]);
});

// Files that were put aside.

test('rotated files come first, packed or not, the oldest at the beginning', async () => {
  const log = join(folder, 'rotated');
  mkdirSync(log);
  const at = (name: string, age: number, content: string | Buffer): void => {
    writeFileSync(join(log, name), content);
    utimesSync(join(log, name), 1000 - age, 1000 - age);
  };
  at('audit.jsonl', 0, line({ id: 'now' }));
  at('audit.jsonl.1', 1, line({ id: 'yesterday' }));
  at('audit.jsonl.2.gz', 2, gzipSync(line({ id: 'before' }) + line({ id: 'cut' }).slice(0, 20)));
  at('audit.jsonl-20260101.gz', 3, gzipSync(line({ id: 'dated' })));
  at('audit.jsonl.bak', 9, line({ id: 'not ours' }));
  at('audit.jsonlx', 9, line({ id: 'not ours' }));
  const path = join(log, 'audit.jsonl');
  assert.deepEqual(await ids('--file', path), ['now']);
  assert.deepEqual(await ids('--file', path, '--all'), ['dated', 'before', 'yesterday', 'now', BROKEN(1)]);
  assert.deepEqual(await ids('--file', path, '--all', '-q', '-n', '2'), ['yesterday', 'now']);
  rmSync(path);
  assert.deepEqual(await ids('--file', path, '--all', '-q', '-n', '2'), ['before', 'yesterday']);
});

test('a rotated file that cannot be read hides no other', async () => {
  const log = join(folder, 'unreadable');
  mkdirSync(log);
  const now = line({ id: 'now' });
  writeFileSync(join(log, 'a.jsonl'), now);
  writeFileSync(join(log, 'a.jsonl.1.gz'), 'no gzip');
  writeFileSync(join(log, 'a.jsonl.2.zst'), 'zstd');
  mkdirSync(join(log, 'a.jsonl.3'));
  symlinkSync('nowhere', join(log, 'a.jsonl.4'));
  const { status, stdout, stderr } = await audit('--file', join(log, 'a.jsonl'), '--all', '-o', 'json');
  assert.equal(status, 1);
  assert.equal(stdout, now);
  assert.match(stderr, /cannot read the audit ".*a\.jsonl\.1\.gz": it is no whole gzip file\n/);
  assert.match(
    stderr,
    /cannot read the audit ".*a\.jsonl\.2\.zst": it is packed in a way that is not gzip; unpack it\n/,
  );
  assert.match(stderr, /cannot read the audit ".*a\.jsonl\.3": it cannot be read \(EISDIR\)\n/);
  assert.equal(stderr.split('\n').length, 4);
});
