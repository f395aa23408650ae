// Makes a release in build/release/ of a clean checkout: the same commit, the same bytes. Everything is built anew.
import { copyFileSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runTool } from './c-libraries.ts';
import { EMULATOR, makeCompiler } from './release/arm64.ts';
import { findPackage, readCompiler } from './release/compiler.ts';
import { listCdictlFiles, listShimFiles } from './release/contents.ts';
import { buildDeb, type Package, summarize } from './release/debian.ts';
import { ROOT, readRelease } from './release/edition.ts';
import { buildImages } from './release/images.ts';
import { buildNpmPackages, type Shim } from './release/npm-packages.ts';
import { buildRpm } from './release/rpm.ts';
import { digest, joinParts, listBundleParts, listShimParts, type Part, writeSbom } from './release/sbom.ts';
import { sign, writeSums } from './release/sign.ts';
import { buildTarball, buildWebTarball } from './release/tarball.ts';

/** Something to be downloaded, with what it is made of. */
interface Artefact {
  readonly path: string;
  readonly parts: readonly Part[];
}

const folder = join(ROOT, 'build/release');

try {
  await release();
} catch (error) {
  console.error(`cannot release: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

async function release(): Promise<void> {
  const edition = readRelease();
  process.env['SOURCE_DATE_EPOCH'] = `${edition.seconds}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const shims = await buildShims();
  const ofShims = joinParts(...shims.map(({ parts }) => parts));
  const ofCdictl = listBundleParts('dist/cdictl.licenses.txt');
  const artefacts: Artefact[] = shims.map(({ path, parts }) => ({ path, parts }));

  const cdictl: Package = {
    name: 'cdictl',
    architecture: 'all',
    files: await listCdictlFiles('/usr/bin/node', edition),
  };
  const packages: readonly (readonly [Package, readonly Part[]])[] = [
    ...shims.map(({ path, architecture, parts }): [Package, readonly Part[]] => [
      { name: 'cdi-runtime', architecture, files: listShimFiles(path, edition) },
      parts,
    ]),
    [cdictl, ofCdictl],
  ];
  for (const [made, parts] of packages) {
    artefacts.push({ path: await buildDeb(folder, edition, made), parts });
    artefacts.push({ path: await buildRpm(folder, edition, made, summarize(made.name)), parts });
  }
  const anywhere = await listCdictlFiles('/usr/bin/env node', edition);
  for (const { path, architecture, parts } of shims) {
    const files = [...listShimFiles(path, edition), ...anywhere];
    const tarball = await buildTarball(folder, edition, architecture, files);
    artefacts.push({ path: tarball, parts: joinParts(parts, ofCdictl) });
  }
  await runTool('npm', ['run', '-s', 'build', 'web'], ROOT);
  artefacts.push({ path: await buildWebTarball(folder, edition), parts: listBundleParts('dist/web/licenses.txt') });
  const [library = '', cli = '', ...machines] = await buildNpmPackages(folder, shims);
  artefacts.push({ path: library, parts: ofCdictl.filter(({ name }) => name === 'libyaml') });
  artefacts.push({ path: cli, parts: ofCdictl });
  for (const [i, path] of machines.entries()) artefacts.push({ path, parts: shims[i]?.parts ?? [] });
  for (const { path, parts } of await buildImages(folder, shims, edition))
    artefacts.push({ path, parts: parts.length === 0 ? ofShims : joinParts(ofShims, ofCdictl, parts) });

  const sboms = artefacts.map(({ path, parts }) => writeSbom(path, edition, parts));
  const all = [...artefacts.map(({ path }) => path), ...sboms];
  const sums = writeSums(folder, all);
  for (const path of all) console.log(`${digest(path)} ${`${statSync(path).size}`.padStart(8)} ${basename(path)}`);
  for (const line of await sign(sums, process.env)) console.log(line);
}

/** All of dist/, and the shim for both machines, as files of the release. */
async function buildShims(): Promise<readonly (Shim & Artefact)[]> {
  const { version: musl } = await findPackage('musl-dev');
  await runTool('npm', ['run', '-s', 'build'], ROOT);
  const [amd64, arm64] = [join(folder, 'cdi-runtime-linux-amd64'), join(folder, 'cdi-runtime-linux-arm64')];
  copyFileSync(join(ROOT, 'dist/cdi-runtime'), amd64);
  const compiler = await makeCompiler(musl);
  const how = ['--compiler', compiler, '--emulator', EMULATOR, '--out', arm64];
  await runTool(process.execPath, [join(ROOT, 'scripts/build-shim.ts'), ...how], ROOT);
  return [
    { path: amd64, architecture: 'amd64', parts: listShimParts(musl, await readCompiler('musl-gcc')) },
    { path: arm64, architecture: 'arm64', parts: listShimParts(musl, await readCompiler(compiler)) },
  ];
}
