// A core that does not come to an end by itself: the reason in plain words, and never a started runtime.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cutPage } from '../support/run-shim.ts';
import type { Operation } from './fixtures/probe.ts';
import { crash, operate, program, scratch } from './probe-binary.ts';

const folder = scratch();
const record = join(folder, 'record');
writeFileSync(join(folder, 'config.yaml'), `runtime: ${program('recorder')}\n`);
const env = { CDI_RUNTIME_CONFIG: join(folder, 'config.yaml'), RECORD: record };
const smallStack = ['/bin/sh', '-c', 'ulimit -s 256; exec "$@"', 'sh'];

const OWN = 'the core stopped by an error of its own: ';
const stops: [title: string, operation: Operation, reason: string, prefix?: string[]][] = [
  ['an endless loop', ['loop'], 'the core took more than 5000 ms of the processor (limits.time of the settings)'],
  ['hoarding small texts', ['hoard'], 'the core ran out of memory (64 MiB, limits.memory of the settings)'],
  ['a text that doubles', ['double'], `${OWN}InternalError: string too long`],
  ['a text that fills the memory', ['fill'], 'the core ran out of memory (64 MiB, limits.memory of the settings)'],
  ['calls without end', ['nest', 0], 'the core ran out of stack'],
  ['calls without end on a small stack', ['nest', 0], 'the core ran out of stack', smallStack],
  ['an error of its own', ['complain', 'the "answer"'], `${OWN}TypeError: the "answer"`],
  ['an error with control characters', ['complain', 'a\n\u001b[1mb\\'], `${OWN}TypeError: a??[1mb\\`],
  ['a long error', ['complain', 'ä'.repeat(500)], `${OWN}TypeError: ${'ä'.repeat(144)}`],
  ['an error with half a pair', ['complain', '\ud800'], `${OWN}TypeError: \ufffd`],
  ['a file that was never read', ['size', 99], `${OWN}RangeError: the host has nothing of this number`],
];
for (const [title, operation, reason, prefix = []] of stops)
  test(`the core is stopped and the reason told: ${title}`, () => {
    const log = join(folder, `${title}.json`);
    const announce: Operation = ['onCrash', log, '{"msg":"cannot start the container: ', '"}\n'];
    const { stderr, stdout, status } = crash(folder, [announce, operation], { env, prefix });
    assert.equal(stderr, `cannot start the container: ${reason}\n`);
    assert.equal(stdout, '');
    assert.equal(status, 1);
    assert.equal(cutPage(JSON.parse(readFileSync(log, 'utf8')).msg), `cannot start the container: ${reason}`);
    assert.equal(existsSync(record), false);
  });

test('without a log the reason is told on stderr alone', () => {
  const { stderr } = crash(
    folder,
    [
      ['onCrash', '', 'a', 'b'],
      ['complain', 'x'],
    ],
    { env },
  );
  assert.equal(stderr, `cannot start the container: ${OWN}TypeError: x\n`);
});

test('a log that cannot be written does not hide the reason', () => {
  const { stderr, status } = crash(
    folder,
    [
      ['onCrash', join(folder, 'none/log'), 'a', 'b'],
      ['complain', 'x'],
    ],
    { env },
  );
  assert.equal(stderr, `cannot start the container: ${OWN}TypeError: x\n`);
  assert.equal(status, 1);
});

test('what the core said before it stopped is the failure', () => {
  const { stderr, status } = crash(
    folder,
    [
      ['fail', 'the cause'],
      ['fail', 'second'],
      ['complain', 'x'],
    ],
    { env },
  );
  assert.equal(stderr, 'the cause\n');
  assert.equal(status, 1);
});

test('memory that was freed is used again', () => {
  assert.ok(Number(operate(folder, [['churn', 2000]])[0]) > 200_000_000);
});

test('YAML and JSON bombs end in a reason, not in the machine', () => {
  const file = join(folder, 'bomb');
  writeFileSync(file, `[${'{a: b},'.repeat(2_000_000)}]`);
  const yaml = crash(
    folder,
    [
      ['readFile', file, 1 << 28],
      ['parseYaml', '$0'],
    ],
    { env },
  );
  assert.equal(yaml.stderr, '[0,["it has more than 100000 values for each 64 MiB of limits.memory",0,0]]\n');
  writeFileSync(file, `[${'0,'.repeat(4_000_000)}0]`);
  const json = crash(
    folder,
    [
      ['readFile', file, 1 << 28],
      ['parseJson', '$0'],
    ],
    { env },
  );
  assert.equal(
    json.stderr,
    'cannot start the container: the core ran out of memory (64 MiB, limits.memory of the settings)\n',
  );
  const read = crash(
    folder,
    [0, 1, 2, 3, 4, 5, 6, 7, 8].map((): Operation => ['readFile', file, 1 << 28]),
    { env },
  );
  assert.equal(
    read.stderr,
    'cannot start the container: the core ran out of memory (64 MiB, limits.memory of the settings)\n',
  );
});

test('a runtime that the kernel refuses after all is told in the log too', () => {
  const own = join(folder, 'refused');
  mkdirSync(own);
  writeFileSync(join(own, 'no-program'), 'nothing', { mode: 0o755 });
  writeFileSync(join(own, 'config.yaml'), `runtime: ${own}/no-program\n`);
  const log = join(own, 'log');
  const { stderr } = crash(own, [['onCrash', log, '<', '>']], {
    env: { CDI_RUNTIME_CONFIG: join(own, 'config.yaml'), PROBE_LEAVES: '1' },
  });
  assert.equal(stderr, `cannot start the real runtime "${own}/no-program": ENOEXEC\n`);
  assert.equal(
    readFileSync(log, 'utf8'),
    `<the real runtime \\"${own}/no-program\\" was refused by the kernel (ENOEXEC) (cdictl errors NO_RUNTIME)>`,
  );
});

test('a closed stderr is not written to, nor what took its place', () => {
  const file = join(folder, 'precious.json');
  writeFileSync(file, '{}');
  const closed = ['/bin/sh', '-c', 'exec 0<&- 1>&- 2>&-; exec "$@"', 'sh'];
  const { status } = crash(
    folder,
    [
      ['holdFile', file, 99],
      ['holdFile', file, 99],
      ['complain', 'x'],
    ],
    { env, prefix: closed },
  );
  assert.equal(status, 1);
  assert.equal(readFileSync(file, 'utf8'), '{}');
});

test('a stderr that no one reads does not end the shim by a signal', () => {
  const broken = ['/bin/bash', '-c', 'trap - PIPE; "$@" 2> >(exec 0<&-; :) ; exit $?', 'bash'];
  const slow = ['/bin/bash', '-c', 'exec 3> >(exit 0); sleep 0.2; exec "$@" 2>&3', 'bash'];
  for (const prefix of [broken, slow]) assert.equal(crash(folder, [['complain', 'x']], { env, prefix }).status, 1);
});
