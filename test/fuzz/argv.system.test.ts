// Command lines of any form: each grammar answers, and the C half starts the core for each bundle that one finds.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { type Family, readCommandLine, readLog } from '../../src/oci/command-line.ts';
import { probeBinary, program, shim } from '../shim/probe-binary.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { fuzz } from './fuzz.ts';

const FAMILIES: readonly Family[] = ['runc', 'crun', 'youki', 'runsc'];
const COMMANDS: readonly string[] = ['create', 'run', 'restore'];

const LINES =
  'create run restore state --bundle -b -bundle --config -f -c yes ./yes spec.json yes/../yes /nowhere . .. - -- --- ' +
  '--root --log --log-format json --debug --pid-file --preserve-fds 3 --no-pivot --help -h --version -d --detach ' +
  '--systemd-cgroup -v -dq --cgroup-manager --HANG -? --usage true false 0x1_f -1 999999999999 id';
const PIECES = '--bundle= -b= -b --bun --c= -dbf --log= -l yes yes/ /.. = - é \u00a0';
const words = [
  ...LINES.split(' ').map((line) => `${line}\n`),
  ...PIECES.split(' '),
  ...['\n', '\n\n', '\n-', ' ', '\t', '\0'],
  Buffer.of(0xff, 10),
];

/** A line for each word. What is no UTF-8 becomes U+FFFD: Node can give a process no other bytes. */
function argvOf(input: Buffer): string[] {
  return input.toString('utf8').replaceAll('\0', '').split('\n').slice(0, -1);
}

function checkAnswers(argv: readonly string[]): void {
  for (const family of FAMILIES) {
    const call = readCommandLine(family, argv);
    const log = readLog(family, argv);
    if (log !== undefined) assert.ok(log.file !== '' && ['text', 'json'].includes(log.format));
    if (call === undefined) continue;
    const { command, config, id, logFile, logFormat } = call;
    assert.ok(COMMANDS.includes(command) && argv.includes(command) && argv.includes(id), JSON.stringify(call));
    assert.ok(config === '' || config.endsWith('config.json') || argv.some((word) => word.endsWith(config)), config);
    assert.deepEqual(log, logFile === undefined ? undefined : { file: logFile, format: logFormat });
  }
}

test('each grammar answers any command line', (t) => {
  const check = (inputs: readonly Buffer[]): void => {
    for (const input of inputs) checkAnswers(argvOf(input));
  };
  fuzz(t, { name: 'argv', executions: 10_000, batch: 500, words, check });
});

test('the C half of the shim starts the core for each bundle that a grammar finds', (t) => {
  const folder = temporaryFolder();
  const settings = join(folder, 'settings.yaml');
  const asking = '{"annotations": {"cdi.k8s.io/x": "vendor.com/class=x"}}';
  writeFileSync(settings, `runtime: ${program('recorder')}\n`, { mode: 0o644 });
  mkdirSync(join(folder, 'yes'));
  for (const name of ['yes/config.json', 'spec.json']) writeFileSync(join(folder, name), asking);
  const env = { CDI_RUNTIME_CONFIG: settings, PROBE: '[["argv"]]' };
  let finds = 0;
  const check = (inputs: readonly Buffer[]): void => {
    for (const input of inputs) {
      const argv = argvOf(input);
      const calls = FAMILIES.map((family) => readCommandLine(family, argv));
      const wanted = calls.some((call) => call !== undefined && asks(resolve(folder, call.config), asking));
      if (!wanted) continue;
      // the recorder ends with 7, the core with 1
      const { status } = shim(probeBinary(), { args: argv, cwd: folder, env });
      assert.equal(status, 1, JSON.stringify(argv));
      finds++;
    }
  };
  fuzz(t, { name: 'argv', executions: 2000, batch: 100, words, check });
  t.diagnostic(`${finds} of them find a bundle that asks`);
  assert.ok(finds > 100);
});

function asks(path: string, asking: string): boolean {
  return existsSync(path) && statSync(path).isFile() && readFileSync(path, 'utf8') === asking;
}
