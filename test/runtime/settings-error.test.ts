// Settings that are broken or not to be trusted stop a container that may ask for devices, and nothing else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PathInfo } from '../../src/host/host.ts';
import { intercept } from '../../src/runtime/intercept.ts';
import { SETTINGS_DIRECTORY } from '../../src/settings/combine.ts';
import { findSettings, SETTINGS_FILE } from '../../src/settings/load.ts';
import { CdiError } from '../../src/text/error.ts';
import { type MemoryEntry, type MemoryHost, memoryHost } from '../host/memory-host.ts';
import { ASKING, SILENT } from '../support/small-host.ts';
import { spec } from '../support/specs.ts';

interface Broken {
  readonly title: string;
  readonly files: Readonly<Record<string, MemoryEntry>>;
  readonly owners?: Readonly<Record<string, Partial<PathInfo>>>;
  readonly message: string;
}

const broken: readonly Broken[] = [
  {
    title: 'no YAML',
    files: { [SETTINGS_FILE]: 'family: runc\nspecDirs: [\n' },
    message: `BAD_SETTINGS: cannot read settings "${SETTINGS_FILE}": line 3, column 1: a value is missing`,
  },
  {
    title: 'an unknown key in a drop-in',
    files: { [`${SETTINGS_DIRECTORY}/a.yaml`]: 'audit: { enable: true }' },
    message: `BAD_SETTINGS: cannot read settings "${SETTINGS_DIRECTORY}/a.yaml": line 1, column 10: field "enable" is unknown; did you mean "enabled"?`,
  },
  {
    title: 'unreadable',
    files: { [SETTINGS_FILE]: { errno: 'EIO' } },
    message: `CANNOT_READ: cannot read settings "${SETTINGS_FILE}": it cannot be read (EIO)`,
  },
  {
    title: 'written by others',
    files: { [SETTINGS_FILE]: 'audit: { enabled: false }' },
    owners: { [SETTINGS_FILE]: { mode: 0o666 } },
    message: `UNTRUSTED: cannot read settings "${SETTINGS_FILE}": it can be written by everybody (mode 0666); let only root, or the user who starts containers, write to it`,
  },
];

const CONFIG = '/bundle/config.json';
const AUDIT = '/var/log/cdi-runtime/audit.jsonl';

function machine({ files, owners = {} }: Broken, config: string): MemoryHost {
  const specs = { '/etc/cdi/vendor.yaml': spec('vendor.com/gpu', 'gpu0'), '/var/log/x': '' };
  return memoryHost({ ...specs, ...files, [CONFIG]: config }, { owners });
}

/** What comes of a command line; undefined where the runtime may be started. */
function outcome(host: MemoryHost, argv: readonly string[]): string | undefined {
  try {
    intercept(
      { ...host, settings: () => findSettings(host) },
      { argv, runtime: '/usr/bin/runc', runtimeProblem: '' },
      () => {},
    );
    return undefined;
  } catch (error) {
    if (error instanceof CdiError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

for (const { title, message, ...rest } of broken) {
  for (const command of ['create', 'run', 'restore']) {
    const argv = [command, '--bundle', '/bundle', 'id'];

    test(`${command} that asks fails with settings that are ${title}`, () => {
      const host = machine({ title, message, ...rest }, ASKING);
      assert.equal(outcome(host, argv), message);
      assert.equal(host.entry(CONFIG), ASKING);
      // Where settings do not say where the audit is, it is where it is without any.
      const { outcome: recorded, error } = JSON.parse(String(host.entry(AUDIT)));
      assert.deepEqual([recorded, `${error.code}: ${error.message}`], ['refused', message]);
    });

    test(`${command} that may ask fails with settings that are ${title}`, () => {
      // With other settings this one would not ask.
      const kubernetes = '"annotations":{"io.kubernetes.cri.container-type":"container"}';
      const host = machine({ title, message, ...rest }, `{"process":{"env":["CDI_DEVICES=x"]},${kubernetes}}`);
      assert.equal(outcome(host, argv), message);
    });

    test(`${command} that does not ask works with settings that are ${title}`, () => {
      for (const config of [
        SILENT,
        '{"annotations":{"cdi.other/x":"vendor.com/gpu=gpu0"}}',
        '{"process":{"args":["echo","CDI_DEVICES=\\u0041\\/"],"env":["CDI_DEVICES="]}}',
        `{"process":{"env":["A=CDI_DEVICES"],"Env":[]},"x":${'['.repeat(300)}${']'.repeat(300)}} behind`,
      ]) {
        const host = machine({ title, message, ...rest }, config);
        assert.equal(outcome(host, argv), undefined);
        assert.deepEqual([host.entry(CONFIG), host.entry(AUDIT)], [config, undefined]);
      }
    });
  }

  test(`other commands work with settings that are ${title}`, () => {
    for (const argv of [
      ['state', 'id'],
      ['start', 'id'],
      ['kill', 'create', '9'],
      ['delete', '--force', 'run'],
      ['exec', 'id', 'restore', '--bundle', '/bundle'],
      ['--version'],
    ]) {
      assert.equal(outcome(machine({ title, message, ...rest }, ASKING), argv), undefined);
    }
  });
}
