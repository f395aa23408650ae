// Packages for Debian: what dpkg wants to know beside the files, and dpkg-deb.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from '../c-libraries.ts';
import { pack } from './contents.ts';
import { HOMEPAGE, MAINTAINER, type Release, ROOT } from './edition.ts';
import { type Entry, writeTree } from './tree.ts';

export interface Package {
  readonly name: string;
  /** as Debian calls it */
  readonly architecture: 'amd64' | 'arm64' | 'all';
  readonly files: readonly Entry[];
}

interface Words {
  readonly fields: readonly string[];
  readonly description: readonly [short: string, ...long: string[]];
}

const COMMON = '/usr/share/common-licenses/Apache-2.0';
const APACHE = /Apache License\s+Version 2\.0, January 2004[\s\S]*?END OF TERMS AND CONDITIONS/g;

const SCRIPTS = join(ROOT, 'deploy/debian');

/** What lintian need not say: with the reason. */
const OVERRIDES: { readonly [name: string]: string } = {
  'cdi-runtime': `# It stands before the runtimes of all containers, and must start where no library can be found.
cdi-runtime: embedded-library libyaml [usr/bin/cdi-runtime]
cdi-runtime: shared-library-lacks-prerequisites [usr/bin/cdi-runtime]
`,
  cdictl: `# The units are enabled by those who want them, and not by the package: no helper knows of that.
cdictl: maintainer-script-calls-systemctl *
`,
};

const WORDS: { readonly [name: string]: Words } = {
  'cdi-runtime': {
    fields: ['Section: admin', 'Recommends: crun | runc', 'Suggests: cdictl'],
    description: [
      'CDI devices for containers, in front of the real OCI runtime',
      'Container engines call it in place of runc, crun or youki. What a container',
      'asks for by annotations or environment, and may have by the policy, is put',
      'into its config.json from the CDI specs of the host; then the process becomes',
      'the real runtime. One static program without dependencies.',
    ],
  },
  cdictl: {
    fields: ['Section: admin', 'Depends: nodejs (>= 20.19)', 'Recommends: cdi-runtime'],
    description: [
      'see, check, explain and wire CDI devices for containers',
      'It puts cdi-runtime before the runtimes of Docker, containerd, CRI-O and',
      'Podman and takes it out again, writes CDI specs for the devices of a host,',
      'validates specs, and explains what a container got and why.',
    ],
  },
};

/** Writes `<name>_<version>_<architecture>.deb`. @returns its path */
export async function buildDeb(
  folder: string,
  release: Release,
  { name, architecture, files }: Package,
): Promise<string> {
  const place = join(folder, `${name}_${release.version}_${architecture}.deb`);
  const work = `${place}.tree`;
  const doc = `usr/share/doc/${name}`;
  const all: readonly Entry[] = [
    ...files,
    { path: `${doc}/copyright`, text: writeCopyright(name) },
    { path: `usr/share/lintian/overrides/${name}`, text: OVERRIDES[name] ?? '' },
    { path: `${doc}/changelog.gz`, text: pack(writeChangelog(name, release)) },
  ];
  writeTree(work, all, release.seconds);
  const paths = all.filter(({ link }) => link === undefined).map(({ path }) => path);
  const sums = paths.sort().map(
    (path) =>
      `${createHash('md5')
        .update(readFileSync(join(work, path)))
        .digest('hex')}  ${path}\n`,
  );
  const size = paths.reduce((sum, path) => sum + Math.ceil(statSync(join(work, path)).size / 1024), 0);
  const settings = paths.filter((path) => path.startsWith('etc/')).map((path) => `/${path}\n`);
  const scripts = readdirSync(SCRIPTS).filter((file) => file.startsWith(`${name}.`));
  const control: readonly Entry[] = [
    { path: 'DEBIAN/control', text: writeControl(name, architecture, size, release) },
    { path: 'DEBIAN/md5sums', text: sums.join('') },
    ...(settings.length === 0 ? [] : [{ path: 'DEBIAN/conffiles', text: settings.join('') }]),
    ...scripts.map((file) => ({
      path: `DEBIAN/${file.slice(name.length + 1)}`,
      from: join(SCRIPTS, file),
      mode: 0o755,
    })),
  ];
  writeTree(work, [...all, ...control], release.seconds);
  // one thread: the bytes of xz depend on how many there are
  const how = ['--root-owner-group', '-Zxz', '--threads-max=1', '--build'];
  await runTool('dpkg-deb', [...how, work, place], ROOT);
  rmSync(work, { recursive: true });
  return place;
}

function writeControl(name: string, architecture: string, size: number, { version }: Release): string {
  const { fields, description } = findWords(name);
  const [short, ...long] = description;
  return `${[
    `Package: ${name}`,
    `Version: ${version}`,
    `Architecture: ${architecture}`,
    `Maintainer: ${MAINTAINER}`,
    `Installed-Size: ${size}`,
    'Priority: optional',
    ...fields,
    `Homepage: ${HOMEPAGE}`,
    `Description: ${short}`,
    ...long.map((line) => ` ${line}`),
  ].join('\n')}\n`;
}

/** In a line. */
export function summarize(name: string): string {
  return findWords(name).description[0];
}

function findWords(name: string): Words {
  const words = WORDS[name];
  if (words === undefined) throw new Error(`no package is called ${name}`);
  return words;
}

/** Debian's form of it, with what is in the changelog of the project only named. */
function writeChangelog(name: string, { version, seconds }: Release): string {
  const when = new Date(seconds * 1000).toUTCString().replace('GMT', '+0000');
  return `${name} (${version}) unstable; urgency=medium\n\n  * Release ${version}; see CHANGELOG.md.\n\n -- ${MAINTAINER}  ${when}\n`;
}

/** Our terms, and those of what is inside. */
function writeCopyright(name: string): string {
  const file = name === 'cdictl' ? 'dist/cdictl.licenses.txt' : undefined;
  const notice = readFileSync(join(ROOT, 'NOTICE'), 'utf8');
  const inside = file === undefined ? '' : `\n${readFileSync(join(ROOT, file), 'utf8')}`;
  const text = `${notice}${inside}`.replace(APACHE, `Apache License 2.0 as in ${COMMON}`);
  return `${text}\nOn Debian, the Apache License 2.0 is in ${COMMON}.\n`;
}
