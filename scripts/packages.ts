// Installs the Debian packages that a task needs and the machine lacks: node scripts/packages.ts GROUP…
import { existsSync, globSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execaSync } from 'execa';

/** What each task needs, by its Debian name. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  build: ['gcc', 'libc6-dev', 'musl-tools', 'xz-utils'],
  wasm: ['clang', 'lld', 'wasi-libc'],
  demo: ['crun', 'busybox-static'],
  test: ['crun', 'runc', 'busybox-static', 'curl', 'gpg', 'gpg-agent', 'groff-base'],
  system: [
    'clang',
    'clang-format',
    'libclang-rt-dev',
    'lld',
    'wasi-libc',
    'strace',
    'libcap2-bin',
    'zsh',
    'fish',
    'kustomize',
    'kubernetes-client',
  ],
  integration: [
    ...[
      'crun',
      'runc',
      'busybox-static',
      'containerd',
      'docker.io',
      'docker-cli',
      'docker-compose',
      'podman',
      'uidmap',
      'buildah',
      'netavark',
      'conmon',
    ],
    ...['mmdebstrap', 'runsc', 'criu', 'procps', 'util-linux', 'bsdutils'],
  ],
  vm: ['qemu-system-x86', 'busybox-static', 'crun', 'e2fsprogs', 'xfsprogs'],
  release: ['gcc-aarch64-linux-gnu', 'qemu-user', 'lintian', 'mmdebstrap', 'rpm', 'gpg', 'buildah'],
  fresh: ['mmdebstrap'],
  bench: ['crun', 'valgrind'],
  web: ['chromium', 'fonts-dejavu-core', 'fonts-liberation', 'musl-tools'],
};

/**
 * Packages of which a task wants no more than a program, and whose installation would change the host: udev's sets modes in
 * /dev, logrotate's and systemd's bring services. They are unpacked below build/, and what needs them does without, too.
 */
const UNPACKED: Readonly<Record<string, readonly string[]>> = { system: ['logrotate', 'systemd', 'udev'] };
const UNPACKED_TO = resolve(import.meta.dirname, '../build/debian');

/** Packages that apt may take away for one of ours, because ours does their work. */
const REPLACED: readonly string[] = ['busybox'];

const INSTALL = ['install', '-y', '-qq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'];

class Refusal extends Error {}

type Outcome = ReturnType<typeof run>;

function main(): number {
  try {
    const names = wanted(process.argv.slice(2));
    const missing = lacking(names);
    if (missing.length > 0) install(missing);
    unpack(lacking(process.argv.slice(2).flatMap((group) => UNPACKED[group] ?? [])));
    return 0;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message);
    return 1;
  }
}

function wanted(groups: readonly string[]): string[] {
  const known = Object.keys(GROUPS).join(', ');
  if (groups.length === 0) throw new Refusal(`cannot tell which packages to look for: name one or more of ${known}`);
  const names = groups.flatMap((group) => {
    const packages = Object.hasOwn(GROUPS, group) ? GROUPS[group] : undefined;
    if (packages === undefined) throw new Refusal(`cannot use the group "${group}": the groups are ${known}`);
    return packages;
  });
  return [...new Set(names)];
}

/** Those that are neither installed nor stood in for by a package that says so (Docker's own brings a runc). */
function lacking(names: readonly string[]): string[] {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: these are dpkg-query's own placeholders
  const { code, stdout } = run('dpkg-query', ['-W', '-f', '${db:Status-Status}\t${Package}, ${Provides}\n']);
  if (code === 'ENOENT') {
    throw new Refusal(sentence(names, 'there is no dpkg-query to ask for them', 'install what Debian calls so'));
  }
  const there = new Set<string>();
  for (const line of stdout.split('\n')) {
    const [state, provided = ''] = line.split('\t');
    if (state !== 'installed') continue;
    for (const name of provided.split(',')) there.add(name.trim().replace(/ .*/, ''));
  }
  return names.filter((name) => !there.has(name));
}

function install(missing: readonly string[]): void {
  if (!isInstallAllowed()) {
    throw new Refusal(sentence(missing, 'NO_INSTALL forbids to install them', byHand(missing)));
  }
  if (process.getuid?.() !== 0) throw new Refusal(sentence(missing, 'only root may install', byHand(missing)));
  let plan = rehearse(missing);
  console.log(`installing ${missing.join(', ')} by apt-get …`);
  let refreshed = plan.failed ? refresh() : undefined;
  if (refreshed !== undefined) plan = rehearse(missing);
  if (plan.failed) throw new Refusal(failure(missing, refreshed, plan));
  const lost = [...plan.stdout.matchAll(/^Remv (\S+)/gm)].map((match) => match[1] ?? '');
  const needed = lost.filter((name) => !REPLACED.includes(name));
  if (needed.length > 0) {
    throw new Refusal(sentence(missing, `apt-get would remove ${needed.join(', ')} for them`, byHand(missing)));
  }
  let done = run('apt-get', [...INSTALL, ...missing]);
  if (done.failed && refreshed === undefined) {
    refreshed = refresh();
    done = run('apt-get', [...INSTALL, ...missing]);
  }
  if (done.failed) throw new Refusal(failure(missing, refreshed, done));
}

/** Each with those of its libraries that the machine has not, in a folder of its own. */
function unpack(missing: readonly string[]): void {
  const wanted = missing.filter((name) => !existsSync(join(UNPACKED_TO, name)));
  if (wanted.length === 0) return;
  let failed = wanted;
  if (isInstallAllowed()) {
    console.log(`unpacking ${wanted.join(', ')} below build/debian …`);
    failed = failed.filter((name) => !isUnpacked(name));
    if (failed.length > 0 && !refresh().failed) failed = failed.filter((name) => !isUnpacked(name));
  }
  if (failed.length > 0) console.log(`doing without ${failed.join(', ')}: tests that need them are skipped`);
}

function isUnpacked(name: string): boolean {
  const folder = join(UNPACKED_TO, `${name}.new`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const libraries = [...rehearse([name]).stdout.matchAll(/^Inst (lib\S+)/gm)].map((match) => match[1] ?? '');
  if (run('apt-get', ['download', '-qq', name, ...libraries], folder).failed) return false;
  for (const file of globSync('*.deb', { cwd: folder })) {
    if (run('dpkg-deb', ['--extract', file, '.'], folder).failed) return false;
    rmSync(join(folder, file));
  }
  renameSync(folder, join(UNPACKED_TO, name));
  return true;
}

function isInstallAllowed(): boolean {
  return ['', '0'].includes(process.env['NO_INSTALL'] ?? '');
}

/** What apt-get would do; it fails when it does not know one of the packages. */
function rehearse(missing: readonly string[]): Outcome {
  const plan = run('apt-get', ['install', '-s', '--no-install-recommends', ...missing]);
  if (plan.code === 'ENOENT') {
    throw new Refusal(sentence(missing, 'there is no apt-get', 'install what Debian calls so'));
  }
  return plan;
}

/** Fetches the lists of packages. One dead source need not matter: its failure is kept for the report. */
function refresh(): Outcome {
  return run('apt-get', ['update', '-qq']);
}

function sentence(names: readonly string[], why: string, cure: string): string {
  return `cannot go on without the packages ${names.join(', ')}: ${why}; ${cure}`;
}

function byHand(names: readonly string[]): string {
  return `run as root: apt-get install --no-install-recommends ${names.join(' ')}`;
}

function failure(missing: readonly string[], refreshed: Outcome | undefined, done: Outcome): string {
  const said = refreshed?.failed ? `${refreshed.all}${done.all}` : done.all;
  const last = said.trimEnd().split('\n').slice(-8).join('\n');
  return `cannot install ${missing.join(', ')}: apt-get gave up with\n${last}`;
}

function run(program: string, args: readonly string[], cwd = '/') {
  const env = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  return execaSync(program, args, { all: true, cwd, env, reject: false, stdin: 'ignore', stripFinalNewline: false });
}

process.exitCode = main();
