// The pages: every command in them runs and prints what the page says, but those that say why not (test/docs/blocks.test.ts).
// Those that need an engine that runs are run by the integration tests.
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { assertAsPromised, readPage, runSteps } from './page.ts';
import { privateHost } from './private-host.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PAGES = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT }).sort();

/** What a page starts from. */
const BEFORE: Readonly<Record<string, string>> = {
  'docs/engines/docker.md': `printf '{\\n  "log-driver": "local"\\n}\\n' >/etc/docker/daemon.json`,
  'docs/engines/containerd.md':
    'printf \'version = 2\\n\\n[plugins."io.containerd.grpc.v1.cri"]\\n  # ours\\n  sandbox_image = "pause"\\n\' >/etc/containerd/config.toml',
  'docs/audit.md': `mkdir /mnt/log && mount --bind /mnt/log /var/log && mkdir /var/log/cdi-runtime
echo '{"time":"2026-03-01T08:15:30.042Z","outcome":"refused","command":"create","id":"4f1c","bundle":"/b","requests":[],"devices":[]}' >/var/log/cdi-runtime/audit.jsonl
printf '#!/bin/sh\\ncat >/dev/null\\n' >/usr/local/bin/jq
chmod 755 /usr/local/bin/jq`,
  'docs/settings.md': 'cd /mnt; echo "runtime: crun" >new-settings.yaml',
};

const host = privateHost();
for (const page of PAGES) {
  const own = readPage(page).filter(({ engine }) => !engine);
  if (own.length === 0) continue;
  test(`${page}: every command that needs no engine prints what the page says`, { skip: host.skip }, () => {
    for (const ran of runSteps(own, host.inside, `${host.setUp}\n${BEFORE[page] ?? ''}`)) assertAsPromised(page, ran);
  });
}
