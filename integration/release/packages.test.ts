// The packages of a release in a fresh root of Debian: installed, used by an engine, upgraded, removed and purged.
import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { before, test } from 'node:test';
import { execaSync } from 'execa';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const RELEASE = join(ROOT, 'build/release');
/** Kept, since it takes minutes. */
const DEBIAN = join(ROOT, 'build/debian-root');
const HAS = ['podman', 'crun', 'nodejs', 'busybox-static', 'systemd', 'udev', 'logrotate', 'procps'];
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const folder = temporaryFolder();

const isThere = (program: string): boolean => !execaSync(program, ['--version'], { reject: false }).failed;
const missing = ['mmdebstrap', 'lintian', 'rpm', 'dpkg-deb'].filter((program) => !isThere(program));
const debs = globSync(`*_${version}_*.deb`, { cwd: RELEASE }).map((name) => join(RELEASE, name));
const skip =
  process.getuid?.() !== 0
    ? 'only root makes a root of Debian'
    : debs.length !== 3
      ? 'build/release has no packages: npm run release'
      : missing.length > 0 && `${missing.join(', ')} is not installed: npm run packages release`;

const run = (program: string, words: readonly string[]): string =>
  execaSync(program, words, { all: true, cwd: folder, env: { LC_ALL: 'C.UTF-8' } }).all;

before(() => {
  if (skip !== false || existsSync(DEBIAN)) return;
  const making = `${DEBIAN}-${process.pid}`;
  run('mmdebstrap', ['--quiet', '--variant=apt', `--include=${HAS.join()}`, 'trixie', making]);
  renameSync(making, DEBIAN);
});

test('lintian has no errors and no warnings', { skip }, () => {
  assert.equal(run('lintian', ['--allow-root', '--fail-on', 'error,warning', ...debs]), '');
});

test('rpm reads its packages, which have the same files', { skip }, () => {
  for (const name of ['cdi-runtime', 'cdictl']) {
    const [rpm = ''] = globSync(`${name}-${version}-1.{x86_64,noarch}.rpm`, { cwd: RELEASE });
    const [deb = ''] = debs.filter((path) => basename(path).startsWith(`${name}_`) && !path.includes('arm64'));
    const inRpm = run('rpm', ['-qpl', join(RELEASE, rpm)]).split('\n');
    const inDeb = run('dpkg-deb', ['--contents', deb])
      .split('\n')
      .flatMap((line) => /^[-l].* \.(\/\S+)/.exec(line)?.[1] ?? []);
    const isOfOne = (path: string): boolean =>
      /^\/usr\/share\/(?:lintian|licenses|doc\/\w[\w-]*\/(?:copyright|changelog))/.test(path);
    assert.deepEqual(inRpm.filter((path) => !isOfOne(path)).sort(), inDeb.filter((path) => !isOfOne(path)).sort());
  }
});

test('a host has the packages installed, upgraded while a container lives, removed and purged', { skip }, () => {
  for (const age of ['old', 'new']) mkdirSync(join(folder, 'packages', age), { recursive: true });
  for (const deb of debs.filter((path) => !path.includes('arm64'))) {
    copyFileSync(deb, join(folder, 'packages/new', basename(deb)));
    const tree = join(folder, 'tree');
    run('dpkg-deb', ['--raw-extract', deb, tree]);
    const control = join(tree, 'DEBIAN/control');
    writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*/m, 'Version: 0.0.1'));
    run('dpkg-deb', ['--root-owner-group', '-Znone', '--build', tree, join(folder, 'packages/old', basename(deb))]);
    rmSync(tree, { recursive: true });
  }
  const apart = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--ipc', '--uts', '--net'];
  const enter = join(ROOT, 'integration/support/debian-root.sh');
  const walk = join(import.meta.dirname, 'package-walk.sh');
  const told = run('unshare', [...apart, 'sh', enter, DEBIAN, join(folder, 'packages'), walk]);
  const wanted = readFileSync(join(import.meta.dirname, 'package-walk.txt'), 'utf8');
  assert.equal(`${told}\n`, wanted.replaceAll('VERSION', version));
});
