// cdictl engine verify: an engine's own words where it starts no pod, and what it is asked.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { runCdictl } from '../support/run-cdictl.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { closedSchema } from './closed-schema.ts';

const PROTO = join(import.meta.dirname, '../../integration/engines/fixtures/cri.proto');
const folder = temporaryFolder();

interface Asked {
  readonly method: string;
  readonly request: object;
}

/** An engine that starts pods by the handler `cdi` alone, at the socket of a host of its own. */
async function withEngine(
  config: string,
  use: (root: string, asked: readonly Asked[]) => Promise<void>,
): Promise<void> {
  const root = mkdtempSync(join(folder, 'v-'));
  mkdirSync(join(root, 'run/containerd'), { recursive: true });
  mkdirSync(join(root, 'etc/containerd'), { recursive: true });
  writeFileSync(join(root, 'etc/containerd/config.toml'), config);
  const definition = loadSync(PROTO, { keepCase: true, enums: String })['runtime.v1.RuntimeService'];
  const asked: Asked[] = [];
  const answer =
    (method: string) =>
    ({ request }: ServerUnaryCall<Record<string, object>, object>, reply: sendUnaryData<object>): void => {
      asked.push({ method, request });
      const handler = Object(request)['runtime_handler'];
      if (method !== 'RunPodSandbox' || handler === 'cdi') reply(null, { pod_sandbox_id: 'p1' });
      else reply({ code: status.UNKNOWN, details: `no runtime for "${handler}" is configured` });
    };
  const server = new Server();
  const methods = Object.keys(definition ?? {});
  server.addService(Object(definition), Object.fromEntries(methods.map((method) => [method, answer(method)])));
  const bind = promisify(server.bindAsync.bind(server));
  await bind(`unix:${join(root, 'run/containerd/containerd.sock')}`, ServerCredentials.createInsecure());
  try {
    await use(root, asked);
  } finally {
    server.forceShutdown();
  }
}

test('a pod without a container comes and goes, in the network of the node', async () => {
  await withEngine('version = 2\n', async (root, asked) => {
    const words = ['--host-root', root, 'engine', 'verify', 'containerd'];
    const { status: exit, stdout, stderr } = await runCdictl(words);
    assert.deepEqual([exit, stderr], [0, '']);
    assert.equal(stdout, 'containerd: a pod was started by runtime cdi, and removed\n');
    const [{ request = {} } = {}, ...others] = asked;
    const { config, runtime_handler: handler } = Object(request);
    assert.equal(handler, 'cdi');
    assert.match(config.metadata.name, /^cdi-runtime-verify-/);
    assert.equal(config.metadata.namespace, 'cdi-runtime');
    assert.equal(config.linux.security_context.namespace_options.network, 'NODE');
    assert.equal(config.linux.cgroup_parent ?? '', '');
    const rest = others.map(({ method, request: { ...fields } }) => [method, { ...fields }]);
    assert.deepEqual(rest, [
      ['StopPodSandbox', { pod_sandbox_id: 'p1' }],
      ['RemovePodSandbox', { pod_sandbox_id: 'p1' }],
    ]);
    const { stdout: json } = await runCdictl([...words, '-ojson']);
    closedSchema('cdictl/engine-verify.schema.json')(JSON.parse(json));
  });
});

test('where systemd makes cgroups, the pod is in a slice', async () => {
  const config = 'version = 2\n[plugins.cri.options]\n  SystemdCgroup = true\n';
  await withEngine(config, async (root, asked) => {
    await runCdictl(['--host-root', root, 'engine', 'verify', 'containerd']);
    assert.equal(Object(asked[0]?.request)['config'].linux.cgroup_parent, 'system.slice');
  });
});

test('what the engine says is told', async () => {
  await withEngine('', async (root) => {
    const { status: exit, stderr } = await runCdictl([
      ...['--host-root', root, 'engine', 'verify', 'containerd', '--runtime-name', 'cdj'],
    ]);
    assert.equal(exit, 1);
    assert.equal(
      stderr,
      'cdictl: cannot start a pod by runtime "cdj": containerd at "/run/containerd/containerd.sock" says "no runtime for \\"cdj\\" is configured"; see cdictl engine status containerd\n',
    );
  });
});

test('an engine that is not there, and one that starts no pods', async () => {
  const words = ['engine', 'verify', 'crio', '--socket', join(folder, 'nothing')];
  assert.match((await runCdictl(words)).stderr, /^cdictl: cannot start a pod by runtime "cdi": crio at .* ENOENT/);
  assert.match(
    (await runCdictl(['engine', 'verify', 'docker'])).stderr,
    /^cdictl: docker starts no pods for a kubelet/,
  );
});
