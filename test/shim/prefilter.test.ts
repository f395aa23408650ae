// Which command lines and files start the engine: yes may be wrong, no never.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { probeBinary, program, scratch, shim } from './probe-binary.ts';

const folder = scratch();
writeFileSync(join(folder, 'config.yaml'), `runtime: ${program('recorder')}\n`);
const env = { CDI_RUNTIME_CONFIG: join(folder, 'config.yaml'), PROBE: '[["argv"]]' };
let folders = 0;

function bundle(config: string | undefined, name = `bundle-${folders++}`): string {
  mkdirSync(join(folder, name), { recursive: true });
  if (config !== undefined) writeFileSync(join(folder, name, 'config.json'), config);
  return name;
}

/** Whether the core was started: the recorder ends with 7, the probe with 1. */
function started(args: readonly string[], cwd = folder): boolean {
  const { status, stderr } = shim(probeBinary(), { args, cwd, env });
  assert.ok(status === 7 || status === 1, `${status} ${stderr}`);
  return status === 1;
}

const asking = '{"annotations": {"cdi.k8s.io/x": "vendor.com/class=x"}}';
const yes = bundle(asking, 'yes');
bundle(asking, 'yes,no');
bundle(asking, '=yes');
bundle(asking, '-yes');
const no = bundle('{"annotations": {"cdi": "k8s.io", "CDI_DEVIC": "CDI_device"}}', 'no');
writeFileSync(join(folder, 'spec.json'), asking);

const lines: [title: string, args: string, starts: boolean][] = [
  ['containerd', '--root /r --log L --log-format json create --bundle yes --pid-file p id', true],
  ['containerd, nothing asked', '--root /r --log L --log-format json create --bundle no --pid-file p id', false],
  ['another command', 'delete --bundle yes id', false],
  ['run', 'run -b yes id', true],
  ['restore', 'restore --detach -no-subreaper --bundle yes id', true],
  ['a container called create', 'kill -b yes create', true],
  ['the word inside another', 'recreate -b yes id', false],
  ['one dash', 'create -bundle yes id', true],
  ['an equals sign', 'create --bundle=yes id', true],
  ['one dash, an equals sign', 'create -bundle=yes id', true],
  ['a short option with an equals sign', 'create -b=yes id', true],
  ['a glued value', 'create -byes id', true],
  ['a glued value behind a flag', 'run -dbyes id', true],
  ['a cluster', 'run -db yes id', true],
  ['a glued value that begins with the equals sign', 'create -b==yes id', true],
  ['an abbreviation', 'create --bun yes id', true],
  ['an abbreviation with an equals sign', 'create --bu=yes id', true],
  ['behind the operand', 'create id --bundle yes', true],
  ['a value that runc moves to the end', 'create yes -b', true],
  ['a value that runc moves behind a flag', 'create yes -b --no-pivot', true],
  ['a value like an option', 'create -b -yes id', true],
  ["crun's file", 'create --config spec.json id', true],
  ["crun's file, abbreviated", 'create --conf=spec.json id', true],
  ["crun's file, short", 'create -f spec.json id', true],
  ["crun's file, glued", 'run -dfspec.json id', true],
  ['a file where only a folder can be', 'create --bundle spec.json id', false],
  ['a missing bundle', 'create --bundle nowhere id', false],
  ['a value that runsc cleans', 'create --bundle nowhere/../no id', true],
  ['a value that ends in two dots', 'create --bundle no/.. id', true],
  ['no option at all', 'create id', false],
  ['the id of a bundle', 'create yes', false],
];
for (const [title, args, starts] of lines)
  test(`a command line ${starts ? 'starts' : 'does not start'} the core: ${title}`, () => {
    assert.equal(started(args.split(' ')), starts);
  });

test('a value with white space around it starts the core', () => {
  assert.equal(started(['create', '--bundle', `${no} `, 'id']), true);
  assert.equal(started(['create', '--bundle', `${no}\u00a0`, 'id']), true);
  assert.equal(started(['create', '--bundle', '', 'id']), false);
});

test('more than 256 words start the core', () => {
  const words = Array.from({ length: 253 }, () => 'x');
  assert.equal(started(['create', '--bundle', ...words]), false);
  assert.equal(started(['create', '--bundle', ...words, 'x']), true);
});

test('a value beyond the longest path starts the core', () => {
  assert.equal(started(['create', '--bundle', 'x'.repeat(5000)]), true);
});

test("the current folder's file counts", () => {
  assert.equal(started(['create', 'id'], join(folder, yes)), true);
  assert.equal(started(['create', 'id'], join(folder, no)), false);
});

const texts: [title: string, text: string, starts: boolean][] = [
  ['a key', '{"annotations": {"cdi.k8s.io/": 0}}', true],
  ['an optional key', '{"annotations": {"optional.cdi.k8s.io/x": 0}}', true],
  ['a variable', '{"process": {"env": ["CDI_DEVICES=x"]}}', true],
  ['an optional variable', '{"process": {"env": ["CDI_DEVICES_OPTIONAL=x"]}}', true],
  ['a key elsewhere', '{"cdi.k8s.io/": 0}', false],
  ['a variable elsewhere', '["CDI_DEVICES=x"]', false],
  ['invalid JSON', 'cdi.k8s.io', false],
  ['bytes after a NUL', '\0\0{"annotations": {"cdi.k8s.io/": 0}}', false],
  ['other letters', '{"annotations": {"CDI.K8S.IO": "", "cdi_devices": "", "cdi.k8s_io": "", "CDI_DEVIC": ""}}', false],
  ['an empty file', '', false],
  ...[
    '\\u0063di.k8s.io/',
    'cdi.\\u006B8s.io/',
    'cdi.k\\u0038s.io/',
    'cdi\\u002ek8s.io/',
    'cdi.k8s.io\\u002F',
    '\\u006fptional.cdi.k8s.io/',
    'cdi.k8s.io\\/',
  ].map((key): [string, string, boolean] => [`an escape in ${key}`, `{"annotations": {"${key}": ""}}`, true]),
  ['an escaped letter of a variable', '{"process": {"env": ["CDI\\u005fDEVICES\\u003d\\u0000"]}}', true],
  ['a letter behind an escaped backslash', '{"annotations": {"\\\\\\u0063di.k8s.io/": ""}}', false],
  ['escapes of nothing', '{"annotations": {"\\u0063\\u004b\\u0038\\u002e\\u002F\\u005f\\u002d\\/": "\\u0063"}}', false],
  ['harmless escapes', '["\\u003c\\u003e\\u0026\\u2028\\u0000\\n\\"\\\\"]', false],
  ['an escape that is cut', '["\\u006', false],
];
for (const [title, text, starts] of texts)
  test(`a file ${starts ? 'starts' : 'does not start'} the core: ${title}`, () => {
    assert.equal(started(['create', '-b', bundle(text)]), starts);
  });

test('a marker or an escape is seen wherever blocks meet', () => {
  const own = bundle('');
  for (let shift = 0; shift < 14; shift++)
    for (const word of ['cdi.k8s.io/', 'optional.cdi.k8s.io/', '\\u0063di.k8s.io/', 'cdi.k8s.io\\/', 'cdi.k8s.i./'])
      for (const blocks of [1, 2]) {
        const before = '{"annotations":{"';
        bundle(`${' '.repeat(blocks * 65536 - shift - before.length)}${before}${word}":""}}`, own);
        assert.equal(started(['create', '-b', own]), word !== 'cdi.k8s.i./', `${word} ${shift}`);
      }
});

test('a file of 50 MB is read to its end', () => {
  const own = bundle('');
  const file = openSync(join(folder, own, 'config.json'), 'w');
  ftruncateSync(file, 50 << 20);
  assert.equal(started(['create', '-b', own]), false);
  const blanks = Buffer.alloc(1 << 20, ' ');
  for (let at = 0; at < 50; at++) writeSync(file, blanks, 0, blanks.length, at << 20);
  writeSync(file, '{"annotations":{"cdi.k8s.io/x":""}}', (50 << 20) - 5);
  closeSync(file);
  assert.equal(started(['create', '-b', own]), true);
});

test('a file of 1 TiB with holes is searched where it has bytes', () => {
  const own = bundle('{}');
  const size = 2 ** 40;
  const file = openSync(join(folder, own, 'config.json'), 'r+');
  ftruncateSync(file, size);
  assert.equal(started(['create', '-b', own]), false);
  writeSync(file, '{}', size / 2);
  assert.equal(started(['create', '-b', own]), false);
  // No runtime reads past a hole.
  writeSync(file, '{"annotations":{"cdi.k8s.io/x":""}}', size - 36);
  assert.equal(started(['create', '-b', own]), false);
  writeSync(file, '{"annotations":{"cdi.k8s.io/x":""', 0);
  closeSync(file);
  assert.equal(started(['create', '-b', own]), true);
});

test('what is no regular file is left to the runtime', () => {
  const fifo = bundle(undefined);
  spawnSync('mkfifo', [join(folder, fifo, 'config.json')]);
  const nested = bundle(undefined);
  mkdirSync(join(folder, nested, 'config.json'));
  assert.equal(started(['create', '-b', fifo]), false);
  assert.equal(started(['create', '-b', nested]), false);
  assert.equal(started(['create', '-f', '/dev/zero']), false);
});
