// Whatever stops a create is on record, and a document that was edited for nothing is put back.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { noTracing } from '../faults/disturb-stories.ts';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { assertConforms } from '../support/published-schemas.ts';
import { type Outcome, runShim } from '../support/run-shim.ts';
import { ASKING, type SmallHost, smallHost } from '../support/small-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const runtime = compile('fake-runc', folder);
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/** A mount makes the core look at those of the document. */
const SPEC = `cdiVersion: 0.3.0
kind: vendor.com/gpu
devices:
  - name: gpu0
    containerEdits: { mounts: [{ hostPath: /, containerPath: /host }] }
`;

interface Stopped extends Outcome {
  readonly host: SmallHost;
  /** of the record's lines, each with its error */
  readonly lines: readonly { readonly outcome: string; readonly code?: string; readonly message?: string }[];
}

/** A create whose settings have a `limits` or name a runtime that is none. */
function stopped(settings: string, prefix: readonly string[] = [], config = ASKING): Stopped {
  const root = mkdtempSync(join(folder, 'run-'));
  const audit = join(root, 'audit.jsonl');
  const host = smallHost(root, { runtime, config, settings: `audit: { path: ${audit} }\n` });
  if (settings.includes('runtime:'))
    writeFileSync(host.settings, readFileSync(host.settings, 'utf8').replace(/^runtime:.*\n/m, ''));
  writeFileSync(host.settings, readFileSync(host.settings, 'utf8') + settings.replaceAll('ROOT', root));
  writeFileSync(join(root, 'no-program'), 'nothing', { mode: 0o755 });
  writeFileSync(join(root, 'no-interpreter'), '#!/none/such\n', { mode: 0o755 });
  writeFileSync(join(host.cdi, 'vendor.yaml'), SPEC);
  const args = ['create', '--bundle', host.bundle, 'id'];
  const outcome = runShim({
    folder: root,
    args,
    settings: host.settings,
    prefix: prefix.map((word) => word.replaceAll('ROOT', root)),
    env: { PATH },
  });
  const text = existsSync(audit) ? readFileSync(audit, 'utf8') : '';
  assert.match(text, /^$|\n$/);
  const read = text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  for (const line of read) assertConforms('audit.schema.json', line);
  assert.equal(new Set(read.map(({ record }) => record)).size, read.length === 0 ? 0 : 1);
  return { ...outcome, host, lines: read.map(({ outcome: said, error }) => ({ outcome: said, ...error })) };
}

const failing = (...words: string[]): string[] => ['strace', '-f', '-o', 'ROOT/trace', '--seccomp-bpf', ...words];
/** strace does not count its own start of the shim. */
const refusing = (errno: string): string[] =>
  failing('-e', 'trace=execve', '-e', `inject=execve:error=${errno}:when=1`);

for (const [title, settings, prefix, errno] of [
  ['is no program', 'runtime: ROOT/no-program\n', [], 'ENOEXEC'],
  ['has an interpreter that is missing', 'runtime: ROOT/no-interpreter\n', [], 'ENOENT'],
  ['the kernel does not permit', '', refusing('EPERM'), 'EPERM'],
  ['is too large', '', refusing('E2BIG'), 'E2BIG'],
] as const)
  for (const cramped of [false, true])
    test(`a runtime that ${title} leaves the old document and a failure on record${cramped ? ', without descriptors' : ''}`, {
      skip: prefix.length > 0 && (noTracing || cramped),
    }, () => {
      const few = cramped ? ['/bin/sh', '-c', 'ulimit -n 5; exec "$@"', 'sh'] : [];
      const { status, stderr, lines, host, record } = stopped(settings, [...few, ...prefix]);
      assert.deepEqual([status, record], [1, undefined]);
      assert.match(
        stderr,
        new RegExp(`^cannot start the real runtime "[^"]+": ${errno}; its old configuration is back\n$`),
      );
      assert.equal(readFileSync(host.config, 'utf8'), ASKING);
      assert.deepEqual(lines, [
        { outcome: 'intended' },
        { outcome: 'injected' },
        { outcome: 'failed', code: 'NO_RUNTIME', message: stderr.trimEnd() },
      ]);
    });

test('what belonged to the file is put back with it', () => {
  const { status, host } = stopped('runtime: ROOT/no-program\n', [
    '/bin/sh',
    '-c',
    'chmod 4640 host-*/bundle/config.json; exec "$@"',
    'sh',
  ]);
  assert.equal(status, 1);
  assert.equal(readFileSync(host.config, 'utf8'), ASKING);
  assert.equal(statSync(host.config).mode & 0o7777, 0o4640);
});

const large = (mounts: number): string => {
  const list = Array.from({ length: mounts }, (_, n) => ({
    destination: `/m${n}`,
    type: 'bind',
    source: '/',
    options: ['ro'],
  }));
  return JSON.stringify({ process: { env: ['CDI_DEVICES=vendor.com/gpu=gpu0'] }, mounts: list });
};

for (const [title, settings, config, message] of [
  [
    'memory',
    'limits: { memory: 8MiB }\n',
    large(60_000),
    /ran out of memory \(8 MiB, limits\.memory of the settings\)/,
  ],
  [
    'time',
    'limits: { time: 100ms, memory: 1GiB }\n',
    large(100_000),
    /more than 100 ms of the processor \(limits\.time of the settings\)/,
  ],
] as const)
  test(`a create that is stopped for want of ${title} is on record, by one line`, () => {
    const { status, stderr, lines, host } = stopped(settings, [], config);
    assert.equal(status, 1);
    assert.match(stderr, message);
    assert.deepEqual(lines, [{ outcome: 'failed', code: 'STOPPED', message: stderr.trimEnd() }]);
    assert.equal(readFileSync(host.config, 'utf8'), config);
  });

const ENDING = [
  ...['HUP', 'INT', 'QUIT', 'ILL', 'TRAP', 'ABRT', 'BUS', 'FPE', 'USR1', 'SEGV', 'USR2', 'PIPE', 'ALRM', 'TERM'],
  ...['STKFLT', 'XCPU', 'XFSZ', 'VTALRM', 'PROF', 'IO', 'PWR', 'SYS'],
];
for (const signal of ENDING)
  test(`a core that is ended by SIG${signal} is on record, by one line`, { skip: noTracing }, () => {
    const prefix = [
      ...['/bin/sh', '-c', 'ulimit -c 0; "$@"; exit 1', 'sh', 'strace'],
      '-f',
      '-o',
      'ROOT/trace',
      '-e',
      'trace=getdents64',
      '-e',
      `inject=getdents64:signal=${signal}:when=1`,
    ];
    const { record, lines, host } = stopped('', prefix);
    assert.equal(record, undefined);
    assert.equal(readFileSync(host.config, 'utf8'), ASKING);
    assert.deepEqual(
      lines.map(({ outcome, code }) => [outcome, code]),
      [['failed', 'STOPPED']],
    );
    assert.match(String(lines[0]?.message), /^cannot start the container: signal \d+ ended the core$/);
  });

test('a grant is on record with room for few descriptors', () => {
  const { status, stderr, lines } = stopped('', ['/bin/sh', '-c', 'ulimit -S -n 4; exec "$@"', 'sh']);
  assert.equal(status, STARTED, stderr);
  assert.deepEqual(lines, [{ outcome: 'intended' }, { outcome: 'injected' }]);
});

test('a grant is on record where files may not grow as long as the audit, and the runtime is under that limit', () => {
  const root = mkdtempSync(join(folder, 'run-'));
  const audit = join(root, 'audit.jsonl');
  const shell = join(root, 'shell');
  writeFileSync(shell, `#!/bin/sh\nulimit -f > ${root}/limit\n`, { mode: 0o755 });
  const host = smallHost(root, { runtime: shell, config: ASKING, settings: `audit: { path: ${audit} }\n` });
  const before = `${' '.repeat(8191)}\n`;
  writeFileSync(audit, before);
  const args = ['create', '--bundle', host.bundle, 'id'];
  const prefix = ['/bin/sh', '-c', 'ulimit -S -f 4; exec "$@"', 'sh'];
  const { status, stderr } = runShim({ folder: root, args, settings: host.settings, prefix, env: { PATH } });
  assert.equal(status, 0, stderr);
  assert.equal(readFileSync(join(root, 'limit'), 'utf8'), '4\n');
  const lines = readFileSync(audit, 'utf8').slice(before.length).trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).outcome),
    ['intended', 'injected'],
  );
});

test('a document that a limit to files keeps from being replaced is on record', () => {
  const { status, stderr, lines, host } = stopped('', ['/bin/sh', '-c', 'ulimit -S -f 0; exec "$@"', 'sh']);
  assert.equal(status, 1);
  assert.match(stderr, /\(EFBIG\)$/m);
  assert.equal(readFileSync(host.config, 'utf8'), ASKING);
  assert.deepEqual(
    lines.map(({ outcome }) => outcome),
    ['intended', 'failed'],
  );
});

for (const signal of ['KILL', 'SEGV', 'TERM'])
  test(`a core apart that is ended by SIG${signal} is on record, by one line`, { skip: noTracing }, () => {
    const { status, stderr, lines, host } = stopped('', apart('getdents64', signal));
    assert.equal(status, 1, stderr);
    assert.equal(readFileSync(host.config, 'utf8'), ASKING);
    assert.deepEqual(lines, [{ outcome: 'failed', code: 'STOPPED', message: stderr.trimEnd() }]);
  });

test('a core apart that is killed after the rename gives the document back', { skip: noTracing }, () => {
  const { status, stderr, lines, host } = stopped('', apart('renameat', 'KILL'));
  assert.equal(status, 1, stderr);
  assert.equal(readFileSync(host.config, 'utf8'), ASKING);
  assert.deepEqual(
    lines.map(({ outcome }) => outcome),
    ['intended', 'failed'],
  );
  assert.equal(lines[1]?.message, stderr.trimEnd());
});

function apart(call: string, signal: string): string[] {
  const few = ['/bin/sh', '-c', 'ulimit -c 0; ulimit -s 256; exec "$@"', 'sh'];
  return [
    'strace',
    '-f',
    '-o',
    'ROOT/trace',
    '-e',
    `trace=${call}`,
    '-e',
    `inject=${call}:signal=${signal}:when=1`,
    ...few,
  ];
}

test('the bundle is on record by its absolute path, where the runtime is called in it', () => {
  const root = mkdtempSync(join(folder, 'run-'));
  const audit = join(root, 'audit.jsonl');
  const host = smallHost(root, { runtime, config: ASKING, settings: `audit: { path: ${audit} }\n` });
  for (const args of [
    ['create', 'a'],
    ['create', '--bundle', '', 'b'],
    ['create', '--bundle', '.', 'c'],
    ['create', '--bundle', '../bundle', 'd'],
  ]) {
    const { status, stderr } = runShim({ folder: host.bundle, args, settings: host.settings });
    assert.equal(status, STARTED, stderr);
  }
  const bundles = readFileSync(audit, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line).bundle);
  assert.deepEqual([...new Set(bundles)], [host.bundle, `${host.bundle}/../bundle`]);
});
