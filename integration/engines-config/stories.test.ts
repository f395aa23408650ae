// Every story of test/fixtures/engines at the usual paths: the engine of this machine judges the result, and runs with it.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Story, stories } from '../../test/engines/story.ts';
import { must, run, without } from '../support/command.ts';
import { criRuntimes } from './cri-runtimes.ts';
import { bytesOf, type OwnHost, ownHost, ownSystemctl } from './own-host.ts';

const PID = '/run/containerd-stories.pid';
const SOCKET = '/run/containerd/containerd.sock';
const FOLDERS = [
  '/etc/docker',
  '/etc/containerd',
  '/etc/containers/containers.conf',
  '/etc/containers/containers.conf.d',
];

const PROGRAMS: Readonly<Record<string, string>> = {
  docker: 'dockerd',
  containerd: 'containerd',
  crio: 'crio',
  podman: 'podman',
};

/** Why a story is not for this machine; false where it is. */
function reasonToSkip({ engine, config }: Story): string | false {
  const foreign = [...config.texts.keys()].find((path) => !path.startsWith('/etc/'));
  if (foreign !== undefined) return `it has ${dirname(foreign)}, which is the machine's`;
  return without(PROGRAMS[engine.id] ?? '');
}

describe('stories of engines, by cdictl engine', () => {
  let host: OwnHost;
  before(() => {
    host = ownHost();
    const start = `setsid containerd >>${host.folder}/containerd.log 2>&1 </dev/null & pid=$!`;
    ownSystemctl('containerd.service', PID, start, 'ctr version');
    host.cdictl(['install']);
  });
  after(() => {
    run('systemctl', ['stop', 'containerd.service'], { env: host.env });
    for (const folder of FOLDERS) rmSync(folder, { recursive: true, force: true });
    host.takeDown();
  });

  /** Lays the story's files out. */
  function layOut({ config, engine, options }: Story): void {
    for (const folder of FOLDERS) rmSync(folder, { recursive: true, force: true });
    for (const [path, text] of config.texts) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    const base = '/etc/containerd/base.json';
    if ([...config.texts.values()].some((text) => text.includes(base)))
      writeFileSync(base, must('ctr', ['oci', 'spec']));
    // runtimes of vendors are not here, and need not run
    const real = basename(options.path).slice('cdi-'.length);
    const program = join('/usr/local/bin', real);
    if (!['runc', 'crun'].includes(real) && !existsSync(program)) symlinkSync('/bin/true', program);
    for (const { ours, path } of engine.read(config).runtimes) {
      if (ours && path !== undefined && !existsSync(path)) symlinkSync('cdi-runtime', path);
    }
  }

  for (const story of stories()) {
    const { name, engine, config, options } = story;
    test(name, { skip: reasonToSkip(story) }, async (t) => {
      layOut(story);
      const { command, env } = engine.check({ ...config, texts: config.texts });
      const [program = '', ...args] = command;
      const alone = config.texts.size === 0 ? undefined : run(program, args, { env: { ...host.env, ...env } });
      if (alone !== undefined && alone.status !== 0 && !/OVERRIDE/.test(alone.stderr)) {
        t.skip(`${program} of this machine refuses the file without us: ${alone.stderr.trim().split('\n').at(-1)}`);
        return;
      }
      if (engine.id === 'containerd' && isPluginOn(story) && !(await hasCri())) {
        t.skip(`the CRI plugin of this machine does not load with the file without us: ${lastFailure()}`);
        return;
      }
      const wanted = [...config.texts.keys()].map(bytesOf);
      const named = ['--runtime-name', options.runtimeName];
      const more = [
        ...(options.setDefault ? ['--set-default'] : []),
        ...(options.passAnnotations ? ['--pass-annotations'] : []),
      ];
      assert.match(host.cdictl(['engine', 'configure', engine.id, ...named, ...more]).stdout, /^checked: /m);
      if (engine.id === 'containerd') await containerdRuns(story);
      if (engine.id === 'podman') podmanRuns(story);
      host.cdictl(['engine', 'unconfigure', engine.id, ...named]);
      assert.deepEqual([...config.texts.keys()].map(bytesOf), wanted);
    });
  }

  /** Where a story disables the plugin there is no one to ask. */
  function isPluginOn({ config }: Story): boolean {
    return [...config.texts.values()].every((text) => !/^\s*disabled_plugins = \[.*cri/m.test(text));
  }

  async function hasCri(): Promise<boolean> {
    must('systemctl', ['restart', 'containerd.service'], { env: host.env });
    return criRuntimes(SOCKET).then(
      () => true,
      () => false,
    );
  }

  function lastFailure(): string {
    const lines = readFileSync(join(host.folder, 'containerd.log'), 'utf8').split('\n');
    const line = lines.findLast((text) => /failed to load plugin.*cri/.test(text)) ?? '';
    return /error="(.*?)"(?: type|$)/.exec(line)?.[1] ?? line;
  }

  async function containerdRuns(story: Story): Promise<void> {
    if (!isPluginOn(story)) return;
    const { options } = story;
    must('systemctl', ['restart', 'containerd.service'], { env: host.env });
    const { defaultName, runtimes } = await criRuntimes(SOCKET);
    assert.equal(runtimes.get(options.runtimeName)?.binary, options.path);
    assert.equal(defaultName === `${options.runtimeName}-default`, options.setDefault === true);
  }

  function podmanRuns({ options }: Story): void {
    const asked = ['info', '--format', '{{.Host.OCIRuntime.Path}}'];
    const runtime = options.setDefault ? [] : ['--runtime', options.runtimeName];
    assert.equal(must('podman', [...runtime, ...asked], { env: host.env }), `${options.path}\n`);
  }
});
