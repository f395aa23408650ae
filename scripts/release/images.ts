// The images, each for both machines in one archive of OCI and of Docker: the shim alone, and cdictl with the shim and its Node.
// By itself: `node scripts/release/images.ts FOLDER`, which has the shims by the names that a release gives them.
import { createHash } from 'node:crypto';
import { globSync, lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execaSync } from 'execa';
import { readLists } from '../apt-lists.ts';
import { runTool } from '../c-libraries.ts';
import { ROOT } from './edition.ts';
import { CPUS, findShims, type Shim } from './npm-packages.ts';
import { type ImageName, listFiles } from './rootfs.ts';
import type { Part } from './sbom.ts';
import { type Entry, writeTree } from './tree.ts';

const OF_GCC = 'GPL-3.0-or-later WITH GCC-exception-3.1';
/** Debian's packages with what Node needs, and a shell with chroot for the host's own programs; and their licenses. */
const PACKAGES: Readonly<Record<string, string>> = {
  libc6: 'LGPL-2.1-or-later',
  'libgcc-s1': OF_GCC,
  'libstdc++6': OF_GCC,
  'busybox-static': 'GPL-2.0-only',
};
const TAKEN: readonly string[] = [
  'usr/lib/*-linux-gnu/{ld-linux-*,libc.so.6,libdl.so.2,libgcc_s.so.1,libm.so.6,libpthread.so.0,libstdc++.so.6*}',
  'usr/{lib64,lib}/ld-linux-*',
  'usr/bin/busybox',
  'usr/share/doc/*/copyright',
];

export interface Edition {
  readonly version: string;
  /** since 1970: the time of all that is in them */
  readonly seconds: number;
}

interface Image {
  readonly name: ImageName;
  /** of the Dockerfile, which says all but the files */
  readonly stage: string;
  /** what it stands on, for a machine; adds to the parts what that brings */
  listBase(shim: Shim, parts: Part[]): Promise<readonly Entry[]>;
}

/** An archive, and what it has besides the shim and cdictl. */
interface Made {
  readonly path: string;
  readonly parts: readonly Part[];
}

/** Writes `<image>-image-<version>.oci.tar` for both. @returns first that of the shim alone */
export async function buildImages(folder: string, shims: readonly Shim[], edition: Edition): Promise<readonly Made[]> {
  const work = join(folder, 'images.work');
  const images: readonly Image[] = [
    { name: 'cdi-runtime', stage: 'shim', listBase: async () => [] },
    { name: 'cdictl', stage: 'image', listBase: (shim, parts) => listBase(shim, work, parts) },
  ];
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  try {
    const made: Made[] = [];
    for (const image of images) made.push(await buildImage(folder, work, image, shims, edition));
    return made;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function buildImage(
  folder: string,
  work: string,
  { name, stage, listBase }: Image,
  shims: readonly Shim[],
  { version, seconds }: Edition,
): Promise<Made> {
  const parts: Part[] = [];
  const store = ['--root', join(work, 'store'), '--runroot', join(work, 'run'), '--storage-driver', 'vfs'];
  const buildah = async (...words: string[]): Promise<string> =>
    (await runTool('buildah', [...store, ...words], ROOT)).trim();
  await buildah('manifest', 'create', name);
  for (const shim of shims) {
    const { architecture } = shim;
    const checked = join(work, 'checked');
    const files = [...(await listBase(shim, parts)), ...listFiles[name](shim.path)];
    writeTree(join(checked, 'rootfs', name), files, seconds);
    const one = `localhost/${name}:${architecture}`;
    await buildah(
      ...['build', '--quiet', '--omit-history', '--identity-label=false', '--timestamp', `${seconds}`],
      ...['--os', 'linux', '--arch', architecture, '--target', stage, '--build-context', `check=${checked}`],
      ...['--build-arg', 'BASE=scratch', '--build-arg', `VERSION=${version}`, '--tag', one, ROOT],
    );
    await buildah('manifest', 'add', name, one);
  }
  const layout = join(work, name);
  const tag = `localhost/${name}:${version}`;
  await buildah('manifest', 'push', '--quiet', '--all', name, `oci:${layout}:${tag}`);
  writeForDocker(layout, tag);
  const archive = join(folder, `${name}-image-${version}.oci.tar`);
  // buildah's own archive would have the time of today
  const same = [
    '--sort=name',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mode=u=rwX,go=rX',
    `--mtime=@${seconds}`,
  ];
  await runTool('tar', [...same, '--format=ustar', '-cf', archive, '-C', layout, '.'], ROOT);
  return { path: archive, parts };
}

interface Descriptor {
  readonly digest: string;
  readonly platform: { readonly architecture: string };
}

/** For `docker load` without containerd's store: it knows no index, nor machines, so that the tags of others say theirs. */
function writeForDocker(layout: string, tag: string): void {
  const locate = ({ digest }: Descriptor): string => join('blobs', digest.replace(':', '/'));
  const read = (path: string) => JSON.parse(readFileSync(join(layout, path), 'utf8'));
  const manifests: readonly Descriptor[] = read(locate(read('index.json').manifests[0])).manifests;
  const images = manifests.map((manifest) => {
    const { config, layers } = read(locate(manifest));
    const { architecture } = manifest.platform;
    const tags = [architecture === 'amd64' ? tag : `${tag}-${architecture}`];
    return { Config: locate(config), RepoTags: tags, Layers: layers.map(locate) };
  });
  writeFileSync(join(layout, 'manifest.json'), JSON.stringify(images));
}

/** What cdictl stands on where no base is: Debian's libraries, a shell, and Node. */
async function listBase(shim: Shim, work: string, parts: Part[]): Promise<readonly Entry[]> {
  const node = await fetchNode(CPUS[shim.architecture], work, parts);
  return [
    ...(await listDebian(shim.architecture, work, parts)),
    ...['bin', 'sbin', 'lib', 'lib64'].map((path) => ({ path, link: `usr/${path === 'sbin' ? 'bin' : path}` })),
    ...['sh', 'env', 'chroot'].map((path) => ({ path: `usr/bin/${path}`, link: 'busybox' })),
    { path: 'usr/bin/node', from: join(node, 'bin/node'), mode: 0o755 },
    { path: 'usr/share/doc/node/LICENSE', from: join(node, 'LICENSE') },
  ];
}

/** The Node of this project's own scripts, for a machine, as the lock file has it. */
async function fetchNode(cpu: string, work: string, parts: Part[]): Promise<string> {
  const name = `node-linux-${cpu}`;
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const { version, integrity } = lock.packages[`node_modules/${name}`];
  const folder = join(work, name);
  mkdirSync(folder);
  const cache = join(work, 'npm-cache');
  const words = ['pack', '--silent', '--pack-destination', work, '--cache', cache, `${name}@${version}`];
  const archive = join(work, (await runTool('npm', words, work)).trim());
  const digest = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (digest !== integrity) throw new Error(`${name} ${version} is not the one of the lock file`);
  parts.push({ name, version, license: 'MIT', purl: `pkg:npm/${name}@${version}` });
  await runTool('tar', ['-xzf', archive, '-C', folder, '--strip-components=1'], work);
  return folder;
}

/** Of Debian's packages for a machine, whatever this one is. */
async function listDebian(architecture: string, work: string, parts: Part[]): Promise<readonly Entry[]> {
  const folder = join(work, `debian-${architecture}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'status'), '');
  const own = [`APT::Architecture=${architecture}`, `APT::Architectures=${architecture}`];
  const lists = readLists(folder, 'deb', [...own, `Dir::State::status=${join(folder, 'status')}`]);
  const download = (...names: readonly string[]) => runTool('apt-get', [...lists, '-qq', 'download', ...names], folder);
  await download(...Object.keys(PACKAGES));
  const base = await findTerms(folder);
  await download(base);
  const licenses = { ...PACKAGES, [base]: OF_GCC };
  const root = join(folder, 'root');
  for (const archive of globSync('*.deb', { cwd: folder }).sort()) {
    const [name = '', version = ''] = archive.split('_');
    const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${version}?arch=${architecture}`;
    parts.push({ name, version: decodeURIComponent(version), license: licenses[name] ?? '', purl });
    await runTool('dpkg-deb', ['--extract', archive, root], folder);
  }
  return globSync(TAKEN, { cwd: root })
    .sort()
    .map((path): Entry => {
      const from = join(root, path);
      const stat = lstatSync(from);
      return stat.isSymbolicLink() ? { path, link: readlinkSync(from) } : { path, from, mode: stat.mode & 0o777 };
    });
}

/** The package with the terms of gcc's libraries, which has gcc's version in its name: they depend on it. */
async function findTerms(folder: string): Promise<string> {
  const [archive = ''] = globSync('libgcc-s1_*.deb', { cwd: folder });
  const depends = await runTool('dpkg-deb', ['--field', archive, 'Depends'], folder);
  const [name] = /\bgcc-\d+-base\b/.exec(depends) ?? [];
  if (name === undefined) throw new Error(`libgcc-s1 depends on no package with gcc's terms: ${depends}`);
  return name;
}

if (import.meta.main) {
  const folder = resolve(process.argv[2] ?? join(ROOT, 'build/release'));
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const seconds = Number(execaSync('git', ['log', '-1', '--format=%ct'], { cwd: ROOT }).stdout);
  for (const { path } of await buildImages(folder, findShims(folder), { version, seconds })) console.log(path);
}
