// What auto-refresh takes of a process and of the machine: nothing that outlives a query.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { memoryFolder } from '../support/memory-folder.ts';
import { spec } from '../support/specs.ts';

const folder = memoryFolder();
const LIBRARY = new URL('../../src/index.ts', import.meta.url).href;

/** A program around a registry over `cdi` and a directory that is missing. */
function program(name: string, body: string): readonly string[] {
  const cdi = join(folder, name);
  mkdirSync(cdi);
  writeFileSync(join(cdi, 'a.yaml'), spec('a.com/x', '0'));
  const text = `
    import { writeFileSync, watch } from 'node:fs';
    import { getRegistry, Registry } from ${JSON.stringify(LIBRARY)};
    const [cdi, other] = ${JSON.stringify([cdi, spec('b.com/x', '0')])};
    const registry = new Registry({ specDirs: [cdi, cdi + '/missing'], schema: 'none' });
    const seen = [registry.listDevices()];
    ${body}
    console.log(JSON.stringify(seen));
  `;
  return ['--input-type=module', '--eval', text];
}

/** What the program prints when it ends by itself. */
function outputOf(command: string, args: readonly string[]): unknown {
  const { status, signal, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 60_000 });
  assert.deepEqual({ status, signal, stderr }, { status: 0, signal: null, stderr: '' });
  return JSON.parse(stdout);
}

test('a process ends when its work is done, though its registries refresh', () => {
  const body = `
    seen.push(getRegistry({ specDirs: [cdi], schema: 'none' }).listDevices());
    writeFileSync(cdi + '/b.yaml', other);
    seen.push(registry.listDevices(), process.getActiveResourcesInfo());
  `;
  const seen = outputOf(process.execPath, program('end', body));
  assert.deepEqual(seen, [['a.com/x=0'], ['a.com/x=0'], ['a.com/x=0', 'b.com/x=0'], []]);
});

/** A shell line that starts a program where no one can watch anything. */
const WITHOUT_INOTIFY = 'echo 0 > /proc/sys/user/max_inotify_instances && exec "$@"';
const IN_NAMESPACE = ['--user', '--map-root-user', 'sh', '-c', WITHOUT_INOTIFY, 'sh'];

function noNamespace(): string | false {
  const { status } = spawnSync('unshare', [...IN_NAMESPACE, 'true']);
  return status === 0 ? false : 'this machine lets no one limit inotify';
}

test('a change is seen where the limits of inotify are exhausted', { skip: noNamespace() }, () => {
  const body = `
    try { watch(cdi); } catch ({ code }) { seen.push(code); }
    writeFileSync(cdi + '/b.yaml', other);
    seen.push(registry.listDevices());
  `;
  const args = [...IN_NAMESPACE, process.execPath, ...program('exhausted', body)];
  assert.deepEqual(outputOf('unshare', args), [['a.com/x=0'], 'EMFILE', ['a.com/x=0', 'b.com/x=0']]);
});
