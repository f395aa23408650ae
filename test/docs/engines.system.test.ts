// The pages about engines: every command in them runs and prints what the page says. Those that need an engine that
// runs are run by the integration tests.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { assertAsPromised, readPage, runSteps } from './page.ts';
import { privateHost } from './private-host.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PAGES = [
  ...readdirSync(join(ROOT, 'docs/engines')).map((name) => `docs/engines/${name}`),
  'docs/install.md',
  'docs/kubernetes.md',
];

/** What each engine's page starts from. */
const BEFORE: Readonly<Record<string, string>> = {
  'docs/engines/docker.md': `printf '{\\n  "log-driver": "local"\\n}\\n' >/etc/docker/daemon.json`,
  'docs/engines/containerd.md':
    'printf \'version = 2\\n\\n[plugins."io.containerd.grpc.v1.cri"]\\n  # ours\\n  sandbox_image = "pause"\\n\' >/etc/containerd/config.toml',
};

const host = privateHost();
for (const page of PAGES) {
  const steps = readPage(page);

  test(`${page}: it has commands, each with what it prints`, () => {
    assert.ok(steps.length >= 3);
    for (const { command } of steps) assert.notEqual(command, '');
  });

  test(`${page}: every command that needs no engine prints what the page says`, { skip: host.skip }, () => {
    const own = steps.filter(({ engine }) => !engine);
    for (const ran of runSteps(own, host.inside, `${host.setUp}\n${BEFORE[page] ?? ''}`)) assertAsPromised(page, ran);
  });
}

test('the pages link to what is there', () => {
  for (const page of PAGES) {
    const text = readFileSync(join(ROOT, page), 'utf8');
    for (const [, link = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      assert.doesNotThrow(() => readFileSync(resolve(ROOT, page, '..', link)), `${page}: ${link}`);
    }
  }
});
