// GPUs in containers: the host's own where it has one, and everywhere a stand-in, for all but the driver itself.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeBundle } from '../support/bundle.ts';
import { must, type Outcome, run, without } from '../support/command.ts';
import { listHolders } from '../support/holders.ts';
import { ANNOTATION, type Stage, setStage } from '../support/stage.ts';
import {
  type Driver,
  findDriver,
  LIBRARIES,
  makeStandIn,
  nameUpdated,
  PROGRAM,
  scriptUpdate,
  withoutDriver,
  writeDriverSpec,
} from './driver.ts';

const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');
const USERLAND = 'test.example/userland=libc';
const CUDA = 'libcuda.so.1';
const CONTAINER = 'cdi-gpu';

const DRIVERS: readonly (readonly [name: string, skip: string | false, find: (stage: Stage) => Driver])[] = [
  ['gpu', withoutDriver, findDriver],
  ['stand-in', false, makeStandIn],
];

for (const [name, skip, find] of DRIVERS) {
  for (const runtime of ['crun', 'runc']) {
    describe(`${name} ${runtime}`, { skip: skip || without(runtime, 'cc', 'ldd') }, () => {
      let stage: Stage;
      let driver: Driver;
      let spec: string;
      before(() => {
        stage = setStage();
        driver = find(stage);
        spec = writeDriverSpec(stage, driver);
      });
      after(() => {
        run(runtime, ['delete', '--force', CONTAINER], { env: stage.env });
        stage.takeDown();
      });

      const bundleOf = (args: readonly string[], ...devices: readonly string[]): string => {
        const names = [USERLAND, ...devices.map((device) => `${driver.kind}=${device}`)];
        return makeBundle(stage, CONTAINER, { args, annotations: { [ANNOTATION]: names.join(',') } });
      };
      const commandOf = (bundle: string): readonly string[] => {
        return [stage.shim(`cdi-${runtime}`), 'run', '--bundle', bundle, CONTAINER];
      };
      const call = ([program = '', ...args]: readonly string[]): Outcome => run(program, args, { env: stage.env });
      const count = (...devices: readonly string[]): Outcome => call(commandOf(bundleOf([PROGRAM], ...devices)));
      /** As it is after an update of the driver, of which the host knows nothing. */
      const updated = (command: readonly string[]): Outcome => {
        const at = mkdtempSync(join(stage.folder, 'update-'));
        const words = ['--mount', '--propagation', 'private', 'sh', '-euc', scriptUpdate(driver), 'sh', at, ...command];
        return run('unshare', words, { env: stage.env });
      };

      test('libcuda finds as many devices as the host has', () => {
        assert.ok(driver.devices.length > 0 && driver.libraries.some(({ name: soname }) => soname === CUDA));
        assert.deepEqual(count('all'), { status: 0, stdout: `devices=${driver.devices.length}\n`, stderr: '' });
      });

      test('one device of several is one', () => {
        for (const number of driver.devices.keys()) {
          assert.deepEqual(count(String(number)), { status: 0, stdout: 'devices=1\n', stderr: '' });
        }
      });

      test('without a request there is no libcuda', () => {
        assert.deepEqual(count(), { status: 2, stdout: 'no libcuda\n', stderr: '' });
      });

      test('libcuda without a device finds none', () => {
        const hostPath = driver.libraries.find(({ name: soname }) => soname === CUDA)?.file;
        assert.ok(hostPath !== undefined);
        const mount = { hostPath, containerPath: `${LIBRARIES}/${CUDA}`, type: 'bind', options: ['ro', 'bind'] };
        const only = { env: [`LD_LIBRARY_PATH=${LIBRARIES}`], mounts: [mount] };
        const text = {
          cdiVersion: '0.6.0',
          kind: 'test.example/lib',
          devices: [{ name: 'only', containerEdits: only }],
        };
        writeFileSync(join(stage.specs, 'lib.json'), JSON.stringify(text));
        const annotations = { [ANNOTATION]: `${USERLAND},test.example/lib=only` };
        const { status, stdout } = call(commandOf(makeBundle(stage, CONTAINER, { args: [PROGRAM], annotations })));
        assert.equal(status, 4, stdout);
        assert.match(stdout, /^error=\d+\n$/);
      });

      test('ps names the holder', () => {
        const bundle = bundleOf(['sleep', '1000'], '0');
        const [program = '', , ...words] = commandOf(bundle);
        // what outlives its command must not hold the pipes of the test
        const line = ['-c', `exec "$@" >${bundle}/said 2>&1`, 'sh', program, 'create', ...words];
        must('sh', line, { env: stage.env });
        try {
          const held = listHolders().filter((row) => row.startsWith(`${driver.kind}=`));
          assert.deepEqual(held, [`${driver.kind}=0 oci:${CONTAINER} shim`]);
        } finally {
          must(runtime, ['delete', '--force', CONTAINER], { env: stage.env });
        }
        assert.deepEqual(
          listHolders().filter((row) => row.startsWith(`${driver.kind}=`)),
          [],
        );
      });

      test('after an update of the driver the shim refuses, and explain says so beforehand', () => {
        stage.settings('stale: fail\n');
        try {
          const bundle = bundleOf([PROGRAM], '0');
          const document = readFileSync(join(bundle, 'config.json'), 'utf8');
          const told = updated([process.execPath, MAIN, 'explain', '--bundle', bundle]);
          const refused = updated(commandOf(bundle));
          assert.deepEqual([told.status, refused.status, refused.stdout], [1, 1, '']);
          assert.match(refused.stderr, /\/lib[\w-]+\.so\.[\d.]+" of spec ".*gpu\.json": .*: the host does not have it/);
          const [, sentence = ''] = /^(.*) \(cdictl errors STALE_DEVICE\)\n$/.exec(refused.stderr) ?? [];
          assert.ok(sentence !== '' && told.stdout.includes(sentence), `${told.stdout}\n${refused.stderr}`);
          assert.equal(readFileSync(join(bundle, 'config.json'), 'utf8'), document);
        } finally {
          stage.settings('');
        }
      });

      test('by default, too, no container starts without its libraries, and explain says so', () => {
        const bundle = bundleOf([PROGRAM], '0');
        const told = updated([process.execPath, MAIN, 'explain', '--bundle', bundle]);
        const { status, stdout } = updated(commandOf(bundle));
        assert.equal(told.status, 1, told.stdout);
        assert.match(told.stdout, /the host does not have it/);
        assert.notEqual(status, 0);
        assert.equal(stdout, '');
      });

      test('with a spec of the new driver it has its devices again', () => {
        const before = readFileSync(spec, 'utf8');
        const renewed = driver.libraries.reduce((text, { file }) => text.replaceAll(file, nameUpdated(file)), before);
        try {
          writeFileSync(spec, renewed);
          const { status, stdout, stderr } = updated(commandOf(bundleOf([PROGRAM], 'all')));
          assert.deepEqual([status, stdout, stderr], [0, `devices=${driver.devices.length}\n`, '']);
          assert.notEqual(count('0').status, 0);
        } finally {
          writeFileSync(spec, before);
        }
      });
    });
  }
}

describe('gpu nvidia-ctk', { skip: withoutDriver || without('nvidia-ctk') }, () => {
  test('what the generator of the vendor writes resolves, and a container would start with it', (context) => {
    const stage = setStage();
    context.after(() => stage.takeDown());
    const specs = join(stage.folder, 'vendor');
    mkdirSync(specs);
    must('nvidia-ctk', ['cdi', 'generate', '--output', join(specs, 'nvidia.yaml')]);
    const words = [MAIN, '--spec-dirs', specs];
    assert.equal(run(process.execPath, [...words, 'explain', 'nvidia.com/gpu=all']).status, 0);
    const { devices } = JSON.parse(must(process.execPath, [...words, 'devices', '-o', 'json']));
    assert.ok(devices.length >= findDriver().devices.length, JSON.stringify(devices));
  });
});
