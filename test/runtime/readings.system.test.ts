// What real runtimes make of odd documents, and that a container has the device exactly if its runtime reads the request.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SHIM } from '../support/run-shim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const rootfs = join(folder, 'rootfs');
const cdi = join(folder, 'cdi');
mkdirSync(join(rootfs, 'bin'), { recursive: true });
mkdirSync(cdi);
if (existsSync('/usr/bin/busybox')) copyFileSync('/usr/bin/busybox', join(rootfs, 'bin/busybox'));
writeFileSync(
  join(cdi, 'vendor.yaml'),
  'cdiVersion: 0.6.0\nkind: vendor.com/gpu\ndevices:\n  - { name: gpu0, containerEdits: { env: [GPU=gpu0] } }\n',
);

const RUNTIMES = { runc: '/usr/sbin/runc', crun: '/usr/bin/crun' };
type Name = keyof typeof RUNTIMES;
/** crun takes no host with both versions of cgroups, such as a build machine's. */
const ALONE = 'umount -R -l /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup; exec "$@"';
const PREFIX: Record<Name, readonly string[]> = { runc: [], crun: ['unshare', '-m', 'sh', '-c', ALONE, 'sh'] };
const OPTIONS: Record<Name, readonly string[]> = { runc: [], crun: ['--cgroup-manager=disabled'] };

const SCRIPT = 'echo $CDI_DEVICES,$GPU,$A';
const MOUNTS = ['proc:/proc', 'tmpfs:/dev']
  .map((one) => one.split(':'))
  .map(([type, destination]) => `{"destination":"${destination}","type":"${type}","source":"${type}"}`);
const NAMESPACES = ['pid', 'mount', 'ipc'].map((type) => `{"type":"${type}"}`);

/** A whole document, with these members of `process` and of the root besides. */
function write(inProcess: string, inRoot = '', behind = ''): Buffer {
  const args = `["/bin/busybox","sh","-c","${SCRIPT}"]`;
  const process = `"process":{"user":{"uid":0,"gid":0},"args":${args},"cwd":"/"${inProcess}}`;
  const rest = `"root":{"path":"${rootfs}"},"mounts":[${MOUNTS}],"linux":{"namespaces":[${NAMESPACES}]}`;
  return Buffer.from(`{"ociVersion":"1.0.2",${process},${rest}${inRoot}}${behind}`, 'latin1');
}

let count = 0;
/** Runs a container by the shim, or without it; what it says, or undefined where it was refused. */
function run(name: Name, program: string, config: Buffer): { said: string | undefined; stderr: string } {
  const id = `readings-${process.pid}-${count++}`;
  const bundle = join(folder, id);
  mkdirSync(bundle);
  writeFileSync(join(bundle, 'config.json'), config);
  const settings = join(folder, `${name}.yaml`);
  writeFileSync(settings, `runtime: ${RUNTIMES[name]}\nspecDirs: [${cdi}]\naudit: { enabled: false }\n`, {
    mode: 0o644,
  });
  const words = [
    ...PREFIX[name],
    program,
    ...OPTIONS[name],
    '--root',
    join(folder, 'state'),
    'run',
    '--bundle',
    bundle,
    id,
  ];
  const [tool = '', ...args] = words;
  const { status, stdout, stderr } = spawnSync(tool, args, {
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: String(process.env['PATH']), CDI_RUNTIME_CONFIG: settings },
  });
  return { said: status === 0 ? stdout.trimEnd() : undefined, stderr };
}

const names: readonly Name[] = ['runc', 'crun'];
const skip = (name: Name): string | false => {
  if (process.getuid?.() !== 0) return 'a container needs root';
  const { said, stderr } = run(name, RUNTIMES[name], write(',"env":["A=1"]'));
  return said === ',,1' ? false : `${name} runs no container here: ${stderr}`;
};

const ASK = '"CDI_DEVICES=vendor.com/gpu=gpu0"';
const D = 'vendor.com/gpu=gpu0';
const deep = (levels: number): string => `,"x":${'['.repeat(levels)}${']'.repeat(levels)}`;
/** What a container says of its variables in each runtime by itself; undefined: the runtime refuses the document. */
const documents: readonly (readonly [
  title: string,
  config: Buffer,
  runc: string | undefined,
  crun: string | undefined,
])[] = [
  ['env twice, the first asks', write(`,"env":[${ASK}],"env":["A=1"]`), ',,1', `${D},,`],
  ['env twice, the last asks', write(`,"env":["A=1"],"env":[${ASK}]`), `${D},,`, ',,1'],
  ['Env beside env', write(`,"env":["A=1"],"Env":[${ASK}]`), `${D},,`, ',,1'],
  ['Env alone', write(`,"Env":[${ASK}]`), `${D},,`, ',,'],
  ['env and null', write(`,"env":[${ASK}],"env":null`), ',,', `${D},,`],
  ['null and env', write(`,"env":null,"env":[${ASK}]`), `${D},,`, ',,'],
  ['process twice', write(',"env":["A=1"]', `,"process":{"env":[${ASK}]}`), `${D},,`, ',,1'],
  ['process with a long s', write(',"env":["A=1"]', ',"proce\\u017fs":{"env":["A=2"]}'), ',,2', ',,1'],
  ['a name with a NUL', write(`,"env\\u0000":[${ASK}]`), ',,', `${D},,`],
  ['members twice', write(`,"env":[${ASK}]`, ',"x":1,"x":2,"annotations":{"a":"1","a":"2"}'), `${D},,`, `${D},,`],
  ['201 levels', write(`,"env":[${ASK}]`, deep(201)), `${D},,`, `${D},,`],
  ['20,000 levels', write(`,"env":[${ASK}]`, deep(20_000)), undefined, `${D},,`],
  ['Latin-1', write(`,"env":[${ASK}]`, ',"x":"\xe9"'), `${D},,`, undefined],
  ['text behind', write(`,"env":[${ASK}]`, '', ' behind'), `${D},,`, undefined],
  ['a NUL behind', write(`,"env":[${ASK}]`, '', '\0x'), `${D},,`, `${D},,`],
  ['comments', write(`/* " */,"env":[${ASK}]`, '// "\n'), undefined, `${D},,`],
  ['vertical tabs', write(`,\v"env":[${ASK}]`, '\f'), undefined, `${D},,`],
  ['a text with a NUL in its name', write(',"env":["A=1"]', ',"annotations":{"a\\u0000":"b"}'), ',,1', ',,1'],
  ['env of another type', write(`,"env":${ASK}`), undefined, ',,'],
  ['annotations of another type', write(',"env":["A=1"]', ',"annotations":[]'), undefined, ',,1'],
  ['a comma too many', write(`,"env":[${ASK}],`), undefined, undefined],
  ['single quotes', write(`,"env":[${ASK}]`, ",'x':1"), undefined, undefined],
  ['a byte order mark', Buffer.concat([Buffer.from('\ufeff'), write(`,"env":[${ASK}]`)]), undefined, undefined],
];

for (const name of names) {
  const reason = skip(name);
  for (const [title, config, ofRunc, ofCrun] of documents)
    test(`${name} gets what it asks for by its own reading: ${title}`, { skip: reason }, () => {
      const alone = name === 'runc' ? ofRunc : ofCrun;
      assert.equal(run(name, RUNTIMES[name], config).said, alone);
      // A container has the device if its variables ask for it, and everything else as without us.
      assert.equal(run(name, SHIM, config).said, alone?.replace(`${D},`, `${D},gpu0`));
    });
}
