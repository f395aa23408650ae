// What an artefact is made of, in the form of CycloneDX: from scripts/sources.ts, the lock file, and what the builds say.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { SOURCES } from '../sources.ts';
import type { Compiler } from './compiler.ts';
import { HOMEPAGE, type Release, ROOT } from './edition.ts';

export interface Part {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** where it is from, as a package URL */
  readonly purl: string;
  readonly sha256?: string;
  /** that brings it, with its version */
  readonly compiler?: string;
}

/** Of the shim: libraries from Debian's sources, and what the C compiler brings. */
export function listShimParts(musl: string, { name: compiler, libgcc }: Compiler): readonly Part[] {
  return [
    ...Object.entries(SOURCES).map(([name, { version, license, sha256 }]) => ({
      ...{ name, version, license, sha256 },
      purl: makeDebianUrl(name, version),
    })),
    { name: 'musl', version: musl, license: 'MIT', purl: makeDebianUrl('musl', musl) },
    {
      name: 'libgcc',
      version: libgcc.version,
      license: 'GPL-3.0-or-later WITH GCC-exception-3.1',
      purl: makeDebianUrl(libgcc.name, libgcc.version, libgcc.architecture),
      compiler,
    },
  ];
}

/** Of cdictl or the page: the packages whose code the build has put into it, and libyaml as WebAssembly. */
export function listBundleParts(licenses: string): readonly Part[] {
  const { libyaml } = SOURCES;
  const written = readFileSync(join(ROOT, licenses), 'utf8');
  const lock: {
    readonly packages: Readonly<Record<string, { readonly version?: string; readonly license?: string }>>;
  } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const known = Object.entries(lock.packages);
  const packages = [...written.matchAll(/^={80}\n\n(\S+) (\S+)$/gm)].map(([, name = '', version = '']) => {
    const found = known.find(([path, entry]) => path.endsWith(`node_modules/${name}`) && entry.version === version);
    const license = found?.[1].license;
    if (license === undefined) throw new Error(`the lock file does not tell the license of ${name} ${version}`);
    return { name, version, license, purl: `pkg:npm/${name.replace('@', '%40')}@${version}` };
  });
  const { version, license, sha256 } = libyaml;
  return [...packages, { name: 'libyaml', version, license, sha256, purl: makeDebianUrl('libyaml', version) }];
}

function makeDebianUrl(name: string, version: string, architecture = 'source'): string {
  return `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}`;
}

/** The parts of several things, each once. */
export function joinParts(...lists: readonly (readonly Part[])[]): readonly Part[] {
  return [...new Map(lists.flat().map((part) => [part.purl, part])).values()];
}

/** Writes `<artefact>.cdx.json`. @returns its path */
export function writeSbom(artefact: string, release: Release, parts: readonly Part[]): string {
  const bom = new Models.Bom();
  bom.metadata.timestamp = new Date(release.seconds * 1000);
  const own = new Models.Component(Enums.ComponentType.Application, basename(artefact), { version: release.version });
  own.bomRef.value = basename(artefact);
  own.description = release.description;
  own.licenses.add(new Models.LicenseExpression(release.license));
  own.hashes.set(Enums.HashAlgorithm['SHA-256'], digest(artefact));
  own.externalReferences.add(new Models.ExternalReference(HOMEPAGE, Enums.ExternalReferenceType.Website));
  bom.metadata.component = own;
  for (const { name, version, license, purl, sha256, compiler } of parts) {
    const part = new Models.Component(Enums.ComponentType.Library, name, { version, purl });
    part.bomRef.value = purl;
    part.licenses.add(new Models.LicenseExpression(license));
    if (sha256 !== undefined) part.hashes.set(Enums.HashAlgorithm['SHA-256'], sha256);
    if (compiler !== undefined) part.properties.add(new Models.Property('cdi-runtime:compiler', compiler));
    bom.components.add(part);
    own.dependencies.add(part.bomRef);
  }
  const writer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  const path = `${artefact}.cdx.json`;
  writeFileSync(path, `${writer.serialize(bom, { sortLists: true, space: 2 })}\n`);
  return path;
}

/** SHA-256 of a file. */
export function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
