// Packages for distributions with rpm, of the same files: a spec that only lists them, and rpmbuild.
import { copyFileSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Package } from './debian.ts';
import { HOMEPAGE, MAINTAINER, type Release, ROOT } from './edition.ts';
import { writeTree } from './tree.ts';

const MACHINES = { amd64: 'x86_64', arm64: 'aarch64', all: 'noarch' } as const;
const NEEDS: { readonly [name: string]: string } = { cdictl: 'Requires: nodejs >= 20.19\nRecommends: cdi-runtime' };

/** Writes `<name>-<version>-1.<machine>.rpm`. @returns its path */
export async function buildRpm(folder: string, release: Release, made: Package, summary: string): Promise<string> {
  const { name, architecture, files } = made;
  const machine = MACHINES[architecture];
  const work = join(folder, `${name}.${machine}.rpmbuild`);
  const tree = join(work, 'tree');
  const terms = ['LICENSE', 'NOTICE'].map((file) => ({
    path: `usr/share/licenses/${name}/${file}`,
    from: join(ROOT, file),
  }));
  const all = [...files, ...terms];
  writeTree(tree, all, release.seconds);
  const spec = join(work, `${name}.spec`);
  const list = all.map(({ path }) => `${path.startsWith('etc/') ? '%config(noreplace) ' : ''}/${path}`);
  writeFileSync(
    spec,
    [
      ...[`Name: ${name}`, `Version: ${release.version}`, 'Release: 1', `Summary: ${summary}`],
      ...[`License: ${release.license}`, `URL: ${HOMEPAGE}`, `Packager: ${MAINTAINER}`, 'AutoReqProv: no'],
      ...(NEEDS[name] === undefined ? [] : [NEEDS[name]]),
      ...['%description', `${summary}.`, '%install', `cp -a ${tree}/. %{buildroot}/`, '%files', ...list, ''],
    ].join('\n'),
  );
  const settings = {
    ...{ _topdir: work, _rpmdir: work, _dbpath: join(work, 'db'), _build_id_links: 'none' },
    // what would change the files, or tell of this machine
    ...{ __os_install_post: '%{nil}', _buildhost: 'localhost', use_source_date_epoch_as_buildtime: '1' },
    ...{ clamp_mtime_to_source_date_epoch: '1', _binary_payload: 'w9.xzdio' },
  };
  mkdirSync(work, { recursive: true });
  const defines = Object.entries(settings).flatMap(([key, value]) => ['--define', `${key} ${value}`]);
  const env = { SOURCE_DATE_EPOCH: `${release.seconds}` };
  await execa('rpmbuild', ['-bb', '--quiet', '--target', `${machine}-linux`, ...defines, spec], { cwd: work, env });
  const [found = ''] = globSync(`${machine}/*.rpm`, { cwd: work });
  const place = join(folder, `${name}-${release.version}-1.${machine}.rpm`);
  copyFileSync(join(work, found), place);
  rmSync(work, { recursive: true });
  return place;
}
