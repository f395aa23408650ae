// The units and the rules: systemd and udev themselves judge them, and they say the same thing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { GENERATORS } from '../../src/generate/generators.ts';
import { privateHost } from '../docs/private-host.ts';
import { debianProgram } from '../support/debian-program.ts';

const DEPLOY = resolve(import.meta.dirname, '../../deploy');
const SERVICE = join(DEPLOY, 'systemd/cdi-runtime-generate.service');
const TIMER = join(DEPLOY, 'systemd/cdi-runtime-generate.timer');
const RULES = join(DEPLOY, 'udev/90-cdi-runtime.rules');

const systemd = debianProgram('systemd', 'usr/bin/systemd-analyze');
const udev = debianProgram('udev', 'usr/bin/udevadm');
/** Units of systemd itself, after which ours are ordered. */
const systemdEnv =
  systemd.root === undefined ? {} : { SYSTEMD_UNIT_PATH: `${join(systemd.root, 'usr/lib/systemd/system')}:` };

const host = privateHost();
test('systemd has nothing to say against the units', { skip: host.skip || systemd.skip }, () => {
  const [program = '', ...inside] = [...host.inside, 'sh', '-c'];
  const verify = `${host.setUp}\n${systemd.path} verify --man=no ${SERVICE} ${TIMER}`;
  const { status, stdout, stderr } = spawnSync(program, [...inside, verify], {
    encoding: 'utf8',
    env: { ...systemd.env, ...systemdEnv },
  });
  assert.deepEqual([status, stdout, stderr], [0, '', '']);
});

test('what the service may do is little', { skip: systemd.skip }, () => {
  const { stdout } = spawnSync(systemd.path, ['security', '--offline=true', SERVICE], {
    encoding: 'utf8',
    env: systemd.env,
  });
  const [, exposure = '10'] = /Overall exposure level for .*: (\d+\.\d)/.exec(stdout) ?? [];
  assert.ok(Number(exposure) < 6, stdout);
});

test('udev has nothing to say against the rules', { skip: udev.skip }, () => {
  const { status, stdout } = spawnSync(udev.path, ['verify', RULES], { encoding: 'utf8', env: udev.env });
  assert.equal(status, 0, stdout);
  assert.match(stdout, /Success: 1\n/);
});

/** The value of a key of a unit. */
function unitValue(path: string, key: string): string {
  return new RegExp(`^${key}=(.*)$`, 'm').exec(readFileSync(path, 'utf8'))?.[1] ?? '';
}

test('the service comes before every engine', () => {
  const before = unitValue(SERVICE, 'Before').split(' ');
  for (const unit of ['docker.service', 'containerd.service', 'crio.service', 'podman.socket'])
    assert.ok(before.includes(unit));
  assert.equal(unitValue(SERVICE, 'ExecStart'), 'cdictl generate all --quiet');
});

test('a rule starts the timer, whose service has its name', () => {
  assert.match(
    readFileSync(RULES, 'utf8'),
    /^RUN\+="\/usr\/bin\/systemctl --no-block restart cdi-runtime-generate.timer"$/m,
  );
  assert.ok(unitValue(TIMER, 'OnActiveSec').length > 0);
});

/** Which subsystem of the kernel each kind of spec is about; loop devices come and go with files, not with hardware. */
const SUBSYSTEMS: Readonly<Record<string, string | undefined>> = {
  fuse: 'misc',
  kvm: 'misc',
  'net-tun': 'misc',
  dri: 'drm',
  snd: 'sound',
  v4l2: 'video4linux',
  tty: 'tty',
  usb: 'usb',
  loop: undefined,
  accel: 'accel',
  kfd: 'kfd',
  rdma: 'infiniband_verbs',
  vfio: 'vfio',
  input: 'input',
  hidraw: 'hidraw',
  gpio: 'gpio',
  i2c: 'i2c-dev',
  spi: 'spidev',
  tpm: 'tpmrm',
  nvme: 'nvme-generic',
  watchdog: 'watchdog',
};
test('the rules are about every kind of device that cdictl generates specs for', () => {
  assert.deepEqual(GENERATORS.map(({ id }) => id).sort(), Object.keys(SUBSYSTEMS).sort());
  const rules = readFileSync(RULES, 'utf8');
  for (const subsystem of Object.values(SUBSYSTEMS)) {
    if (subsystem !== undefined) assert.match(rules, new RegExp(`^SUBSYSTEM=="${subsystem}"`, 'm'));
  }
});
