// The images, as podman and dockerd run them: for both machines in one index, and cdictl works on a host below /host.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildImages } from '../../scripts/release/images.ts';
import { must, without } from '../support/command.ts';
import { Docker } from '../support/docker.ts';
import { onHost, worksOnHost } from '../support/host-below.ts';
import { type Podman, setPodman } from '../support/podman.ts';
import { type Stage, setStage } from '../support/stage.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SHIM = join(ROOT, 'dist/cdi-runtime');
const VERSION = '9.8.7';
const CDICTL = `localhost/cdictl:${VERSION}`;
const SHIM_ALONE = `localhost/cdi-runtime:${VERSION}`;

/** An archive's blob of JSON, by its digest. */
function readBlob(layout: string, digest: string): { [key: string]: unknown } {
  return JSON.parse(readFileSync(join(layout, 'blobs', digest.replace(':', '/')), 'utf8'));
}

interface Descriptor {
  readonly digest: string;
  readonly platform?: { readonly os: string; readonly architecture: string };
}

describe('the images', { skip: without('buildah', 'podman', 'conmon', 'crun') }, () => {
  let stage: Stage;
  let podman: Podman;
  let archives: readonly string[] = [];
  before(async () => {
    stage = setStage();
    podman = setPodman(stage, 'cdi-crun');
    const folder = join(stage.folder, 'images');
    mkdirSync(folder);
    // For the other machine's image the same program will do: no one runs it here.
    const shims = [
      { path: SHIM, architecture: 'amd64' },
      { path: SHIM, architecture: 'arm64' },
    ] as const;
    const made = await buildImages(folder, shims, { version: VERSION, seconds: 1_700_000_000 });
    archives = made.map(({ path }) => path);
    for (const archive of archives) podman.did('load', '--quiet', '--input', archive);
  });
  after(() => {
    podman?.end();
    stage?.takeDown();
  });

  test('each archive has one index with both machines', () => {
    for (const archive of archives) {
      const layout = mkdtempSync(join(stage.folder, 'layout-'));
      must('tar', ['-xf', archive, '-C', layout]);
      const top: { manifests: Descriptor[] } = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8'));
      assert.equal(top.manifests.length, 1);
      const { manifests } = readBlob(layout, top.manifests[0]?.digest ?? '');
      assert.ok(Array.isArray(manifests));
      const machines = manifests.map(({ platform }: Descriptor) => `${platform?.os}/${platform?.architecture}`);
      assert.deepEqual(machines.sort(), ['linux/amd64', 'linux/arm64']);
      rmSync(layout, { recursive: true });
    }
  });

  test('the image of the shim alone has it, with its terms, and nothing else', () => {
    const id = podman.did('create', SHIM_ALONE).trim();
    const archive = join(stage.folder, 'shim.tar');
    podman.did('export', '--output', archive, id);
    podman.did('rm', id);
    const files = must('tar', ['-tf', archive])
      .split('\n')
      .filter((name) => /^(?!(?:dev|etc|proc|run|sys)\/)./.test(name));
    assert.deepEqual(files.sort(), ['LICENSE', 'NOTICE', 'cdi-runtime']);
    must('tar', ['-xf', archive, '-C', stage.folder, 'cdi-runtime']);
    assert.deepEqual(readFileSync(join(stage.folder, 'cdi-runtime')), readFileSync(SHIM));
  });

  test('podman runs cdictl on the host', () => {
    worksOnHost(stage.folder, (host, ...words) =>
      podman.did('--runtime', 'crun', 'run', ...onHost(host), CDICTL, ...words),
    );
  });

  test('dockerd runs cdictl on the host', { skip: without('dockerd', 'docker', 'containerd', 'runc') }, async () => {
    const docker = new Docker(stage);
    docker.configure({});
    await docker.start();
    try {
      for (const archive of archives) docker.must('load', '--quiet', '--input', archive);
      const images = [CDICTL, SHIM_ALONE].flatMap((name) => [name, `${name}-arm64`]);
      const machines = docker.must('image', 'inspect', '--format', '{{.Architecture}}', ...images);
      assert.deepEqual(machines.trim().split('\n'), ['amd64', 'arm64', 'amd64', 'arm64']);
      worksOnHost(stage.folder, (host, ...words) => docker.must('run', ...onHost(host), CDICTL, ...words));
    } finally {
      await docker.stop();
    }
  });
});
