// What is rendered is what kustomize renders, by itself and within kubectl; and kubectl takes all of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { execa, execaSync } from 'execa';
import { listManifests, renderManifest } from '../../scripts/kubernetes-manifests.ts';
import { startApiServer } from '../support/api-server.ts';
import { listRendered, RENDERED, readManifest } from '../support/kubernetes-manifests.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FOLDER = resolve(import.meta.dirname, '../../deploy/kubernetes');
const without = (program: string): string | false =>
  execaSync('sh', ['-c', `command -v ${program}`], { reject: false }).failed && `${program} is not installed`;
const withoutHead = (text: string): string => text.replace(/^#.*\n/, '');

test('the rendered manifests are what the overlays say', { skip: without('kustomize') }, () => {
  assert.deepEqual(listRendered(), [...listManifests().keys()].sort());
  for (const [name, source] of listManifests())
    assert.equal(
      readFileSync(join(RENDERED, name), 'utf8'),
      renderManifest(source),
      'run scripts/kubernetes-manifests.ts',
    );
});

test('a component is there for each choice, and SELinux’s goes with both', { skip: without('kustomize') }, () => {
  for (const source of ['overlays/containerd', 'overlays/containerd/removal']) {
    const text = readFileSync(join(FOLDER, source, 'kustomization.yaml'), 'utf8');
    assert.match(text, /^ {2}# - \.\..*\/components\/selinux$/m, source);
  }
});

for (const file of listRendered()) {
  const objects = readManifest(file);
  test(`${file}: kubectl would apply all of it`, { skip: without('kubectl') }, async () => {
    const { server, url } = await startApiServer(objects);
    try {
      const words = [
        '--server',
        url,
        'apply',
        '--dry-run=client',
        '--validate=false',
        '--filename',
        join(RENDERED, file),
      ];
      const { stdout } = await execa('kubectl', words, { env: { KUBECONFIG: '/dev/null', HOME: temporaryFolder() } });
      const told = stdout.split('\n').filter((line) => line.endsWith(' created (dry run)'));
      assert.equal(told.length, objects.length, stdout);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
}

test('kubectl’s own kustomize renders the same objects', { skip: without('kubectl') }, () => {
  const { stdout } = execaSync('kubectl', ['kustomize', join(FOLDER, 'overlays/containerd')], {
    stripFinalNewline: false,
  });
  assert.equal(stdout, withoutHead(readFileSync(join(RENDERED, 'containerd.yaml'), 'utf8')));
});
