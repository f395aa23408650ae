// A default runtime's own link: by it the environment of an image asks for nothing, and by the other link all is as ever.
import assert from 'node:assert/strict';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runShim, SHIM } from '../support/run-shim.ts';
import { ASKING, INJECTED, smallHost } from '../support/small-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const BY_ENVIRONMENT = '{"process":{"env":["CDI_DEVICES=vendor.com/gpu=gpu0"]}}\n';
const INJECTED_BY_ENVIRONMENT = '{"process":{"env":["CDI_DEVICES=vendor.com/gpu=gpu0","GPU=gpu0"]}}\n';
const FORCED = 'requests: { env: { enabled: true } }\n';

const folder = temporaryFolder();

const rows: readonly [title: string, link: string, settings: string, config: string, want: string][] = [
  ['who chose the shim asks by the environment', 'cdi-crun', '', BY_ENVIRONMENT, INJECTED_BY_ENVIRONMENT],
  ['by default the environment asks for nothing', 'cdi-default-crun', '', BY_ENVIRONMENT, BY_ENVIRONMENT],
  ['nor where settings turn it on for all others', 'cdi-default-crun', FORCED, BY_ENVIRONMENT, BY_ENVIRONMENT],
  ['by default an annotation asks as ever', 'cdi-default-crun', '', ASKING, INJECTED],
];
for (const [title, name, settings, config, want] of rows)
  test(title, () => {
    const host = smallHost(folder, { runtime: 'auto', config, settings });
    const program = join(host.root, name);
    symlinkSync(SHIM, program);
    const { stderr } = runShim({
      folder: host.root,
      program,
      args: ['create', '--bundle', host.bundle, 'cdi-default-link'],
      settings: host.settings,
    });
    // crun is reached, and refuses a document that is as small as these
    assert.doesNotMatch(stderr, /^cannot /);
    assert.equal(readFileSync(host.config, 'utf8'), want);
  });
