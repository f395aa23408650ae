// The demo's ways to say that it cannot begin, its way to fail, and what the README shows of it.
import { deepEqual, equal, match, ok, rejects, throws } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { demandDevices, demandPrivateMounts, demandProgram, demandRoot, Refusal } from '../../scripts/demo/host.ts';
import { demoBlock } from '../../scripts/demo/readme.ts';
import { Interrupted, Stage, Unmet } from '../../scripts/demo/stage.ts';
import { STEPS } from '../../scripts/demo/steps.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'cdi-demo-test-'));
after(() => rmSync(folder, { recursive: true }));

/** A folder that holds just these programs. */
function programs(name: string, scripts: Readonly<Record<string, string>>): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [program, script] of Object.entries(scripts)) {
    writeFileSync(join(path, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return path;
}

test('demandRoot() says in one sentence what anyone but root can do', () => {
  demandRoot(0);
  throws(() => demandRoot(1000), {
    message: 'cannot run the demo as uid 1000: it starts containers; run it as root, say by sudo npm run demo',
  });
});

test('demandProgram() finds a program and names a missing one', () => {
  const path = programs('one-program', { crun: '' });
  equal(demandProgram('crun', `:relative:${path}`, ''), join(path, 'crun'));
  throws(() => demandProgram('busybox', path, 'run npm run packages demo'), {
    message: 'cannot run the demo: busybox is missing; run npm run packages demo',
  });
});

test('demandDevices() takes two devices that open, and no plain file', () => {
  const { path } = demandDevices(['/dev/missing', '/etc/passwd', '/dev/null', '/dev/zero'])[0];
  equal(path, '/dev/null');
  deepEqual(demandDevices(['/dev/null', '/dev/zero'])[1], { path: '/dev/zero', type: 'c', major: 1, minor: 5 });
  throws(() => demandDevices(['/dev/null', '/dev/missing']), Refusal);
});

test('demandPrivateMounts() says why a private mount namespace is not possible', () => {
  const before = process.env['PATH'];
  process.env['PATH'] = programs('no-unshare', { unshare: 'echo "unshare: failed (EPERM)" >&2; exit 1' });
  try {
    throws(() => demandPrivateMounts(), {
      message: /^cannot run the demo: crun refuses [^\n]* \(unshare: failed \(EPERM\)\)/,
    });
  } finally {
    process.env['PATH'] = before;
  }
});

const refusals: [title: string, scripts: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv, why: string][] = [
  ['no dpkg-query', {}, {}, 'there is no dpkg-query to ask for them; install what Debian calls so'],
  [
    'NO_INSTALL',
    { 'dpkg-query': '' },
    { NO_INSTALL: '1' },
    'NO_INSTALL forbids to install them; run as root: apt-get install --no-install-recommends crun busybox-static',
  ],
];
if (process.getuid?.() === 0) {
  refusals.push(['no apt-get', { 'dpkg-query': '' }, {}, 'there is no apt-get; install what Debian calls so']);
}
for (const [title, scripts, env, why] of refusals)
  test(`packages of the demo that are missing are named in one sentence: ${title}`, () => {
    const path = programs(title, scripts);
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts/packages.ts'), 'demo'], {
      encoding: 'utf8',
      env: { PATH: path, ...env },
    });
    equal(stderr, `cannot go on without the packages crun, busybox-static: ${why}\n`);
    equal(status, 1);
  });

test('Stage shows a command, what it printed on either stream, and how it ended', async () => {
  const shown: string[] = [];
  const stage = new Stage(folder, (text) => shown.push(text));
  stage.export('GREETING', 'hello');
  const outcome = await stage.run('echo $GREETING; echo oh >&2; exit 3');
  deepEqual(outcome, { status: 3, output: 'hello\noh\n' });
  const want = ['$ export GREETING=hello', '$ echo $GREETING; echo oh >&2; exit 3', 'hello\noh', '[exit status 3]'];
  deepEqual(shown, want);
  equal(stage.transcript, `${want.join('\n')}\n`);
});

test('Stage fails with the step, the expectation and what was seen', () => {
  const stage = new Stage(folder, () => {});
  stage.step('1. First');
  stage.expect('a thing', true, '');
  equal(stage.checks, 1);
  const fail = (): void => stage.expect('a device', false, 'no such thing\n');
  throws(fail, Unmet);
  throws(fail, { message: 'in step "1. First": a device was expected, and this was seen:\nno such thing' });
  equal(stage.checks, 1);
});

test('Stage ends after the command that runs when somebody interrupts it', async () => {
  const stage = new Stage(folder, () => {});
  const running = stage.run('echo done >finished');
  stage.interrupt('it was ended by SIGINT');
  await rejects(running, Interrupted);
  equal(readFileSync(join(folder, 'finished'), 'utf8'), 'done\n');
  await rejects(stage.run('echo again >finished'), Interrupted);
  equal(readFileSync(join(folder, 'finished'), 'utf8'), 'done\n');
});

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const shown = demoBlock(readme) ?? '';

test("the README shows the demo's last steps and its success", () => {
  let from = -1;
  for (const [heading] of STEPS.slice(4)) {
    const at = shown.indexOf(`\n${heading}\n${'-'.repeat(heading.length)}\n`, from);
    ok(at >= 0, `step "${heading}" is missing or not in its place: run node scripts/demo.ts --readme`);
    from = at + 1;
  }
  equal([...shown.matchAll(/^-+$/gm)].length, 2);
  match(shown, /^\+.*"devices": \[\{"path":"\/dev\/fuse",/m);
  match(shown, /^[1-9]\d* expectations were met, and nothing is left behind\.$/m);
  ok(!/cdi-demo-/.test(shown), 'the name of a temporary folder is not stable');
});

test('the README links only to files that are there', () => {
  const links = [...readme.matchAll(/\]\((?!https:)([^)#]+)/g)].map((found) => found[1] ?? '');
  ok(links.length > 0);
  for (const link of links) ok(readFileSync(join(ROOT, link)).length > 0, link);
});
