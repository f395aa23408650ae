// An image without a registry: one tar that is an OCI layout and what `docker load` takes, made from busybox.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from './command.ts';

export const IMAGE = 'localhost/cdi-busybox:latest';
/** The sandbox of pods: waits until it is told to end. */
export const PAUSE_IMAGE = 'localhost/cdi-pause:latest';
/** An image whose author asks for a device. */
export const ASKING_IMAGE = 'localhost/cdi-asking:latest';

const PAUSE = 'trap "exit 0" TERM; while :; do sleep 3600 & wait; done';

/** Of each image: what its config says besides the usual. */
const IMAGES: readonly { readonly name: string; readonly config: object }[] = [
  { name: IMAGE, config: { Cmd: ['/bin/sh'] } },
  { name: PAUSE_IMAGE, config: { Entrypoint: ['/bin/sh', '-c', PAUSE] } },
  { name: ASKING_IMAGE, config: { Cmd: ['/bin/sh'], Env: ['CDI_DEVICES=test.example/device=probe'] } },
];

/** Makes `images.tar` in a folder, and a root file system for bundles beside it. */
export function makeImages(folder: string): { readonly tar: string; readonly rootfs: string } {
  const rootfs = join(folder, 'rootfs');
  makeRoot(rootfs);
  const layout = join(folder, 'layout');
  const blobs = join(layout, 'blobs/sha256');
  mkdirSync(blobs, { recursive: true });
  const put = (bytes: Buffer | string): { digest: string; size: number } => {
    const content = Buffer.from(bytes);
    const digest = createHash('sha256').update(content).digest('hex');
    writeFileSync(join(blobs, digest), content);
    return { digest: `sha256:${digest}`, size: content.length };
  };
  const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  const layerFile = join(folder, 'layer.tar');
  must('tar', [...same, '-C', rootfs, '-cf', layerFile, '.']);
  const layer = put(readFileSync(layerFile));
  const type = (name: string): string => `application/vnd.oci.image.${name}`;
  const manifests = IMAGES.map(({ name, config: own }) => {
    const usual = { Env: ['PATH=/bin'] };
    const merged = {
      ...usual,
      ...own,
      Env: [...usual.Env, ...('Env' in own && Array.isArray(own.Env) ? own.Env : [])],
    };
    const config = put(
      JSON.stringify({
        architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
        os: 'linux',
        config: merged,
        rootfs: { type: 'layers', diff_ids: [layer.digest] },
      }),
    );
    const manifest = put(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: type('manifest.v1+json'),
        config: { mediaType: type('config.v1+json'), ...config },
        layers: [{ mediaType: type('layer.v1.tar'), ...layer }],
      }),
    );
    return { name, config, manifest };
  });
  const path = (digest: string): string => `blobs/sha256/${digest.replace('sha256:', '')}`;
  const annotations = (name: string): object => ({
    'io.containerd.image.name': name,
    'org.opencontainers.image.ref.name': name,
  });
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(
    join(layout, 'index.json'),
    JSON.stringify({
      schemaVersion: 2,
      manifests: manifests.map(({ name, manifest }) => ({
        mediaType: type('manifest.v1+json'),
        ...manifest,
        annotations: annotations(name),
      })),
    }),
  );
  writeFileSync(
    join(layout, 'manifest.json'),
    JSON.stringify(
      manifests.map(({ name, config }) => ({
        Config: path(config.digest),
        RepoTags: [name],
        Layers: [path(layer.digest)],
      })),
    ),
  );
  const tar = join(folder, 'images.tar');
  must('tar', [...same, '-C', layout, '-cf', tar, 'oci-layout', 'index.json', 'manifest.json', 'blobs']);
  return { tar, rootfs };
}

function makeRoot(folder: string): void {
  for (const name of ['bin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'root', 'run'])
    mkdirSync(join(folder, name), { recursive: true });
  copyFileSync('/bin/busybox', join(folder, 'bin/busybox'));
  for (const applet of must('/bin/busybox', ['--list']).split('\n')) {
    if (applet !== '' && applet !== 'busybox') symlinkSync('busybox', join(folder, 'bin', applet));
  }
  writeFileSync(join(folder, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n');
  writeFileSync(join(folder, 'etc/group'), 'root:x:0:\nuser:x:1000:\n');
}
