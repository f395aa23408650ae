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

/** What each image's config says. */
const IMAGES: readonly { readonly name: string; readonly config: object }[] = [
  { name: IMAGE, config: { Env: ['PATH=/bin'], Cmd: ['/bin/sh'] } },
  { name: PAUSE_IMAGE, config: { Env: ['PATH=/bin'], Entrypoint: ['/bin/sh', '-c', PAUSE] } },
  { name: ASKING_IMAGE, config: { Env: ['PATH=/bin', 'CDI_DEVICES=test.example/device=probe'], Cmd: ['/bin/sh'] } },
];

/** The same bytes from the same files: their digests are names. */
const TAR = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];

/** What a blob is called by those who point to it. */
interface Blob {
  readonly digest: string;
  readonly size: number;
}

/** Makes `images.tar` in a folder, and a root file system for bundles beside it. */
export function makeImages(folder: string): { readonly tar: string; readonly rootfs: string } {
  const rootfs = join(folder, 'rootfs');
  makeRoot(rootfs);
  const layerFile = join(folder, 'layer.tar');
  must('tar', [...TAR, '-C', rootfs, '-cf', layerFile, '.']);
  const layout = join(folder, 'layout');
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  const layer = putBlob(layout, readFileSync(layerFile));
  const images = IMAGES.map(({ name, config }) => ({ name, ...putImage(layout, layer, config) }));
  const put = (name: string, value: object): void => writeFileSync(join(layout, name), JSON.stringify(value));
  put('oci-layout', { imageLayoutVersion: '1.0.0' });
  const manifests = images.map(({ name, manifest }) => ({
    mediaType: mediaType('manifest.v1+json'),
    ...manifest,
    annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name },
  }));
  put('index.json', { schemaVersion: 2, manifests });
  const forDocker = images.map(({ name, config }) => ({
    Config: blobPath(config),
    RepoTags: [name],
    Layers: [blobPath(layer)],
  }));
  put('manifest.json', forDocker);
  const tar = join(folder, 'images.tar');
  must('tar', [...TAR, '-C', layout, '-cf', tar, 'oci-layout', 'index.json', 'manifest.json', 'blobs']);
  return { tar, rootfs };
}

function putImage(layout: string, layer: Blob, own: object): { readonly config: Blob; readonly manifest: Blob } {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  // The layer is not compressed: its digest is the one of what is in it.
  const rootfs = { type: 'layers', diff_ids: [layer.digest] };
  const config = putBlob(layout, JSON.stringify({ architecture, os: 'linux', config: own, rootfs }));
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaType('manifest.v1+json'),
    config: { mediaType: mediaType('config.v1+json'), ...config },
    layers: [{ mediaType: mediaType('layer.v1.tar'), ...layer }],
  };
  return { config, manifest: putBlob(layout, JSON.stringify(manifest)) };
}

function putBlob(layout: string, content: Buffer | string): Blob {
  const bytes = Buffer.from(content);
  const blob = { digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, size: bytes.length };
  writeFileSync(join(layout, blobPath(blob)), bytes);
  return blob;
}

function blobPath({ digest }: Blob): string {
  return join('blobs', digest.replace(':', '/'));
}

function mediaType(name: string): string {
  return `application/vnd.oci.image.${name}`;
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
