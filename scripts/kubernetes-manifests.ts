// Renders deploy/kubernetes/rendered from the overlays beside it: what an overlay says, for those who have no kustomize.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execaSync } from 'execa';

const FOLDER = resolve(import.meta.dirname, '../deploy/kubernetes');

/** By the name of a rendered file, what it is made of. */
export function listManifests(): ReadonlyMap<string, string> {
  const overlays = readdirSync(join(FOLDER, 'overlays')).sort();
  return new Map([
    ...overlays.flatMap((name) => [
      [`${name}.yaml`, `overlays/${name}`] as const,
      [`${name}-removal.yaml`, `overlays/${name}/removal`] as const,
    ]),
    ['test.yaml', 'test'],
  ]);
}

export function renderManifest(source: string): string {
  const { stdout } = execaSync('kustomize', ['build', join(FOLDER, source)], { stripFinalNewline: false });
  return `# Rendered from deploy/kubernetes/${source} by scripts/kubernetes-manifests.ts: change it there.\n${stdout}`;
}

if (import.meta.main) {
  const folder = join(FOLDER, 'rendered');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [name, source] of listManifests()) writeFileSync(join(folder, name), renderManifest(source));
}
