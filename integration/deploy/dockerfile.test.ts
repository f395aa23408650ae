// The Dockerfile, built by podman and by dockerd on a base of Debian: the programs are those of `npm run build`.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { listFiles } from '../../scripts/release/rootfs.ts';
import { must, without } from '../support/command.ts';
import { Docker } from '../support/docker.ts';
import { onHost, worksOnHost } from '../support/host-below.ts';
import { BUILD_LIMITS, type Podman, setPodman } from '../support/podman.ts';
import { type Stage, setStage } from '../support/stage.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
/** Kept, since it takes a minute. */
const BASE_TAR = join(ROOT, 'build/debian-base.tar');
const BASE = 'localhost/debian-base';
const IMAGE = 'localhost/cdictl-here';
const HAS = ['nodejs', 'npm', 'ca-certificates', 'gcc', 'libc6-dev', 'musl-tools', 'xz-utils'];
const MINUTES = 60_000;

/** The certificates that npm trusts on this machine, where it is told so. */
const CERTIFICATES = process.env['NODE_EXTRA_CA_CERTS'];
const CHANGES = CERTIFICATES === undefined ? [] : ['--change', `ENV NODE_EXTRA_CA_CERTS=${CERTIFICATES}`];
const BUILD = [
  ...['build', '--network', 'host', '--build-arg', `BUILD_BASE=${BASE}`, '--build-arg', `BASE=${BASE}`],
  ...['--tag', IMAGE, ROOT],
];

/** Debian with what a build needs, with this machine's compiler, and with its settings for npm. */
function makeBase(): void {
  if (existsSync(BASE_TAR)) return;
  const compiler = `gcc-${must('gcc', ['-dumpversion']).trim().split('.')[0]}`;
  mkdirSync(join(ROOT, 'build'), { recursive: true });
  const making = `${BASE_TAR}.${process.pid}.tar`;
  const settings = ['/etc/npmrc', CERTIFICATES].filter((path) => path !== undefined && existsSync(path));
  const hooks = [
    ...settings.map((path) => `--customize-hook=upload '${path}' '${path}'`),
    // musl-gcc calls the second
    ...['gcc', 'x86_64-linux-gnu-gcc'].map((name) => `--customize-hook=ln -sf ${compiler} "$1/usr/bin/${name}"`),
  ];
  const has = `--include=${[...HAS, compiler].join()}`;
  const options = ['--quiet', '--variant=minbase', '--skip=output/dev', has, ...hooks];
  must('mmdebstrap', [...options, 'trixie', making], { timeout: 10 * MINUTES });
  renameSync(making, BASE_TAR);
}

/** Looks at all that the image has of this project, in an archive of its files. */
function assertSamePrograms(folder: string, archive: string): void {
  const files = listFiles.cdictl(join(ROOT, 'dist/cdi-runtime')).filter(({ from }) => from !== undefined);
  assert.ok(files.length > 4);
  const paths = files.map(({ path }) => path);
  must('tar', ['-xf', archive, '-C', folder, ...paths]);
  for (const { path, from = '' } of files) {
    assert.ok(readFileSync(join(folder, path)).equals(readFileSync(from)), `${path} is not what npm run build makes`);
  }
  const all = must('tar', ['-tf', archive, 'opt/cdi-runtime'])
    .split('\n')
    .filter((path) => !/(?:^|\/)$/.test(path));
  assert.deepEqual(all.sort(), [...paths, 'opt/cdi-runtime/package.json'].sort());
}

/** What an engine says of an image, as both say it. */
function assertDescribed(inspected: string): void {
  const [{ Config }] = JSON.parse(inspected);
  assert.deepEqual(Config.Entrypoint, ['cdictl', '--host-root', '/host']);
  assert.deepEqual(Config.Cmd, ['--help']);
  assert.equal(Config.Labels['org.opencontainers.image.version'], version);
}

describe('the Dockerfile', { skip: without('mmdebstrap', 'podman', 'conmon', 'crun') }, () => {
  let stage: Stage;
  let podman: Podman;
  before(() => {
    stage = setStage();
    podman = setPodman(stage, 'cdi-crun');
    makeBase();
  });
  after(() => {
    podman?.end();
    stage?.takeDown();
  });

  test('podman builds it, and runs cdictl on the host', () => {
    podman.did('import', '--quiet', ...CHANGES, BASE_TAR, BASE);
    const [program = '', ...words] = podman.words;
    const build = [...words, '--runtime', 'crun', ...BUILD.slice(0, 1), '--pull=never', ...BUILD_LIMITS];
    must(program, [...build, ...BUILD.slice(1)], { env: podman.env, timeout: 10 * MINUTES });
    assertDescribed(podman.did('image', 'inspect', IMAGE));
    const archive = join(stage.folder, 'podman.tar');
    podman.did('export', '--output', archive, podman.did('create', IMAGE).trim());
    const folder = join(stage.folder, 'of-podman');
    mkdirSync(folder);
    assertSamePrograms(folder, archive);
    worksOnHost(folder, (host, ...args) => podman.did('--runtime', 'crun', 'run', ...onHost(host), IMAGE, ...args));
  });

  test('dockerd does', { skip: without('dockerd', 'docker', 'containerd', 'runc') }, async () => {
    const docker = new Docker(stage);
    docker.configure({});
    await docker.start();
    try {
      docker.must('import', ...CHANGES, BASE_TAR, BASE);
      const [program = '', ...words] = docker.commandLine(...BUILD);
      must(program, words, { env: { ...stage.env, DOCKER_BUILDKIT: '0' }, timeout: 10 * MINUTES });
      assertDescribed(docker.must('image', 'inspect', IMAGE));
      const archive = join(stage.folder, 'docker.tar');
      docker.must('export', '--output', archive, docker.must('create', IMAGE).trim());
      const folder = join(stage.folder, 'of-docker');
      mkdirSync(folder);
      assertSamePrograms(folder, archive);
      worksOnHost(folder, (host, ...args) => docker.must('run', ...onHost(host), IMAGE, ...args));
    } finally {
      await docker.stop();
    }
  });
});
