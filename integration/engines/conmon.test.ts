// The shim under conmon as CRI-O calls it, since no package of CRI-O itself can be had.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { shows } from '../support/behaviours.ts';
import { type BundleOptions, makeBundle } from '../support/bundle.ts';
import { must, without } from '../support/command.ts';
import { type Conmon, criOAnnotations, setConmon } from '../support/conmon.ts';
import { until } from '../support/daemon.ts';
import { explain, listHolders } from '../support/holders.ts';
import { ANNOTATION, DEVICE, OPEN_OWN_NODE, PROBE, type Stage, setStage, UNKNOWN } from '../support/stage.ts';

/** By default a pod's author would ask for devices here that no administrator allowed. */
const ON = 'requests: { annotations: { enabled: true } }\n';

for (const runtime of ['runc', 'crun'])
  describe(`conmon as CRI-O, ${runtime}`, { skip: without('conmon', runtime) }, () => {
    let stage: Stage;
    let engine: Conmon;
    before(() => {
      stage = setStage();
      engine = setConmon(stage, join(stage.folder, 'cri-o'), stage.shim(`cdi-${runtime}`));
      stage.settings(ON);
    });
    after(() => {
      for (const id of engine?.runtime('list', '--quiet').stdout.trim().split('\n') ?? [])
        if (id !== '') engine.runtime('delete', '--force', id);
      stage?.takeDown();
    });

    const asking = (
      device: string,
      type: 'container' | 'sandbox' = 'container',
    ): Pick<BundleOptions, 'annotations'> => ({
      annotations: criOAnnotations(type, { [ANNOTATION]: device }),
    });
    const quiet = { annotations: criOAnnotations('container', {}) };
    const sh = (script: string): Pick<BundleOptions, 'args'> => ({ args: ['sh', '-c', script] });
    const configOf = (bundle: string): string => readFileSync(join(bundle, 'config.json'), 'utf8');

    /** Creates and starts a container. */
    const begin = async (id: string, options: BundleOptions): Promise<void> => {
      const { pid, message } = await engine.create(id, makeBundle(stage, id, options), options.terminal);
      assert.ok(pid > 0, message);
      const started = engine.runtime('start', id);
      assert.equal(started.status, 0, started.stderr);
    };
    /** A container's whole life: what it printed, and its exit status. */
    const live = async (id: string, options: BundleOptions): Promise<readonly [string, number]> => {
      await begin(id, options);
      const status = await engine.ended(id);
      assert.equal(engine.runtime('delete', '--force', id).status, 0);
      return [engine.printed(id), status];
    };
    const withSettings = async (text: string, body: () => Promise<void>): Promise<void> => {
      stage.settings(text);
      try {
        await body();
      } finally {
        stage.settings(ON);
      }
    };

    shows(
      ['annotation', 'device', 'edits', 'hook'],
      'a device asked for by annotation is there, where that is on',
      async () => {
        assert.deepEqual(await live('probe', { ...sh(PROBE), ...asking(DEVICE) }), [stage.probed, 0]);
        assert.equal(stage.hookRuns(), 1);
      },
    );

    shows(['annotation', 'env'], 'by default neither a pod’s annotations nor its variables get anything', () =>
      withSettings('', async () => {
        const options = { ...sh('ls /dev | grep -c cdi-probe'), env: [`CDI_DEVICES=${DEVICE}`], ...asking(DEVICE) };
        const before = configOf(makeBundle(stage, 'default', options));
        assert.deepEqual(await live('default', options), ['0\n', 1]);
        assert.equal(configOf(join(stage.folder, 'bundles/default')), before);
        assert.equal(stage.hookRuns(), 0);
      }),
    );

    shows(['annotation', 'refusal'], 'what the kubelet asks for no policy is about, what a pod’s author does is', () =>
      withSettings('policy: { preset: locked }\nrequests: { annotations: { enabled: true } }\n', async () => {
        const given = { ...sh(PROBE), annotations: criOAnnotations('container', {}, { [ANNOTATION]: DEVICE }) };
        assert.deepEqual(await live('given', given), [stage.probed, 0]);
        const own = makeBundle(stage, 'own', { ...sh(PROBE), ...asking(DEVICE) });
        assert.match(
          (await engine.create('own', own)).message ?? '',
          /policy\.preset locked of the settings denies it/,
        );
        assert.equal(lastRecord(), 'refused by policy.preset locked');
        assert.equal(stage.hookRuns(), 1);
      }),
    );

    shows(['env'], 'a device asked for by a variable is there, where that is on', () =>
      withSettings('requests: { env: { enabled: true } }\n', async () => {
        const options = { ...sh(PROBE), env: [`CDI_DEVICES=${DEVICE}`], ...quiet };
        assert.deepEqual(await live('env', options), [stage.probed, 0]);
        assert.equal(stage.hookRuns(), 1);
      }),
    );

    shows(['sandbox'], 'a sandbox is untouched, also where annotations are on', async () => {
      const options = { ...sh('ls /dev | grep -c cdi-probe'), ...asking(DEVICE, 'sandbox') };
      const before = configOf(makeBundle(stage, 'sandbox', options));
      assert.deepEqual(await live('sandbox', options), ['0\n', 1]);
      assert.equal(configOf(join(stage.folder, 'bundles/sandbox')), before);
      assert.equal(stage.hookRuns(), 0);
    });

    const TEAM_A = { 'io.kubernetes.cri-o.SandboxName': 'k8s_pod_team-a_1234_0' };
    const ONLY_TEAM_A = `${ON}policy: { default: deny, rules: [{ namespace: team-a, action: allow }] }\n`;
    const forged = (type: 'container' | 'sandbox', made: Record<string, string>): BundleOptions => ({
      ...sh('ls /dev | grep -c cdi-probe'),
      annotations: { ...criOAnnotations(type, { [ANNOTATION]: DEVICE }), ...made },
    });
    const made: readonly [title: string, type: 'container' | 'sandbox', made: Record<string, string>, told: string][] =
      [
        [
          'a pod’s author who calls its sandbox a container of another pod',
          'sandbox',
          { ...TEAM_A, 'io.kubernetes.cri-o.ContainerType': 'container' },
          'ignored by sandbox',
        ],
        [
          'a checkpoint image that calls its container a sandbox',
          'container',
          { 'io.kubernetes.cri-o.ContainerType': 'sandbox' },
          'ignored by sandbox',
        ],
      ];
    for (const [index, [title, type, annotations, told]] of made.entries())
      shows(['sandbox', 'refusal'], `${title} gets nothing, and is on record`, async () => {
        const id = `forged${index}`;
        const options = forged(type, annotations);
        const before = configOf(makeBundle(stage, id, options));
        assert.deepEqual(await live(id, options), ['0\n', 1]);
        assert.equal(configOf(join(stage.folder, 'bundles', id)), before);
        assert.equal(lastRecord(), told);
        await withSettings(ONLY_TEAM_A, async () => {
          const { pid, message = '' } = await engine.create(id, makeBundle(stage, id, options));
          assert.ok(pid < 0);
          assert.match(message, /policy\.default of the settings denies it/);
          assert.equal(lastRecord(), 'refused by policy.default');
        });
        assert.equal(stage.hookRuns(), 0);
      });

    shows(
      ['annotation', 'refusal'],
      'a checkpoint image gets nothing by the name of another pod, nor where it may',
      () =>
        withSettings(ONLY_TEAM_A, async () => {
          const { pid } = await engine.create('named', makeBundle(stage, 'named', forged('container', TEAM_A)));
          assert.ok(pid < 0);
          assert.equal(lastRecord(), 'refused by policy.default');
          const names = {
            'io.kubernetes.pod.namespace': 'team-a',
            'io.kubernetes.cri-o.Name': 'k8s_main_pod_team-a_1234_0',
          };
          const bundle = makeBundle(stage, 'restored', forged('container', { ...TEAM_A, ...names }));
          const before = configOf(bundle);
          const restored = engine.runtime('restore', '--bundle', bundle, '--image-path', stage.folder, 'restored');
          assert.notEqual(restored.status, 0, 'there is no checkpoint');
          assert.equal(configOf(bundle), before);
          assert.equal(lastRecord(), 'ignored by checkpoint');
        }),
    );

    const lastRecord = (): string => {
      const line = readFileSync(join(stage.folder, 'audit.jsonl'), 'utf8').trim().split('\n').at(-1) ?? '';
      const { outcome, requests } = JSON.parse(line);
      return `${outcome} by ${requests[0].rule}`;
    };

    shows(['cgroup'], 'the cgroup denies the device without a request, and allows it with one', async () => {
      assert.deepEqual(await live('denied', { ...sh(OPEN_OWN_NODE), ...quiet }), [stage.denied, 0]);
      assert.deepEqual(await live('allowed', { ...sh(OPEN_OWN_NODE), ...asking(DEVICE) }), [stage.allowed, 0]);
      stage.hookRuns();
    });

    shows(['untouched'], 'a container without a request is as it is without the shim', async () => {
      const options = { ...sh('env; ls /dev; cat /proc/mounts; id; ulimit -a'), ...quiet };
      const [printed] = await live('same', options);
      const program = must('sh', ['-c', `command -v ${runtime}`]).trim();
      const bare = setConmon(stage, join(stage.folder, 'bare'), program);
      assert.equal((await bare.create('same-bare', makeBundle(stage, 'same', options))).message, undefined);
      bare.runtime('start', 'same-bare');
      assert.equal(await bare.ended('same-bare'), 0);
      assert.equal(printed, bare.printed('same-bare'));
      bare.runtime('delete', '--force', 'same-bare');
    });

    shows(['status'], 'the exit status is the container’s', async () => {
      assert.equal((await live('status', { ...sh('exit 7'), ...quiet }))[1], 7);
      assert.equal((await live('status-device', { ...sh('exit 7'), ...asking(DEVICE) }))[1], 7);
      stage.hookRuns();
    });

    shows(['refusal'], 'a refusal reaches CRI-O by the runtime’s standard error, and leaves nothing', async () => {
      const bundle = makeBundle(stage, 'refused', { args: ['true'], ...asking(UNKNOWN) });
      const before = configOf(bundle);
      const { pid, message } = await engine.create('refused', bundle);
      assert.ok(pid < 0);
      // CRI-O puts these words before what conmon reports.
      assert.equal(`container create failed: ${message}`, stage.refusal('cri-o'));
      assert.equal(configOf(bundle), before);
      assert.ok(!existsSync(join(bundle, 'pidfile')));
      engine.runtime('delete', '--force', 'refused');
    });

    shows(['holders'], 'a container is known by its pod', async () => {
      await begin('holder', { args: ['sleep', '1000'], ...asking(DEVICE) });
      assert.deepEqual(listHolders(), [`${DEVICE} cri:default/pod/main shim`]);
      assert.match(
        explain('cri:holder').stdout,
        /has all of 1 device already[\s\S]*create of container holder: injected/,
      );
      engine.runtime('kill', 'holder', 'KILL');
      assert.equal(await engine.ended('holder'), 137);
      assert.deepEqual(listHolders(), []);
      engine.runtime('delete', 'holder');
      assert.equal(stage.hookRuns(), 1);
    });

    shows(
      ['restart', 'exec', 'kill', 'delete'],
      'a container and its device live on when the engine goes',
      async () => {
        await begin('life', { args: ['sleep', '1000'], ...asking(DEVICE) });
        // Nothing ties conmon to whoever called it: it is no child of theirs, and the pipes are closed.
        assert.notEqual(parentOf(engine.monitor('life')), process.pid);
        const inside = engine.runtime('exec', 'life', 'sh', '-c', PROBE);
        assert.equal(inside.stdout, stage.probed, inside.stderr);
        assert.equal(JSON.parse(engine.runtime('state', 'life').stdout).status, 'running');
        assert.equal(engine.runtime('kill', 'life', 'KILL').status, 0);
        assert.equal(await engine.ended('life'), 137);
        assert.equal(engine.runtime('delete', 'life').status, 0);
        assert.equal(stage.hookRuns(), 1);
      },
    );

    shows(['tty'], 'a container with a terminal has its device', async () => {
      const options = { ...sh(`${PROBE}; test -t 0 && echo terminal`), ...asking(DEVICE), terminal: true };
      const [printed, status] = await live('tty', options);
      assert.deepEqual([printed.replaceAll('\r', ''), status], [`${stage.probed}terminal\n`, 0]);
      assert.equal(stage.hookRuns(), 1);
    });

    shows(['many'], '50 containers that start at once all have their device', async () => {
      const ids = Array.from({ length: 50 }, (_, number) => `many${number}`);
      const all = await Promise.all(ids.map((id) => live(id, { ...sh(PROBE), ...asking(DEVICE) })));
      for (const outcome of all) assert.deepEqual(outcome, [stage.probed, 0]);
      assert.equal(stage.hookRuns(), 50);
    });

    shows(['delete'], 'nothing is left', async () => {
      assert.equal(engine.runtime('list', '--quiet').stdout.trim(), '');
      await until(() => !existsSync(`/proc/${engine.monitor('life')}`), 'conmon ends');
    });
  });

function parentOf(pid: number): number {
  return Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
