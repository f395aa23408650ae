// Every story of test/fixtures/engines by the command line: what the files become, a second time, and back again.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { type Story, stories } from '../engines/story.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { EngineHost } from './engine-host.ts';

const folder = temporaryFolder();

function words({ engine, config, options }: Story): string[] {
  const { main } = config.files;
  return [
    engine.id,
    ...['--runtime-name', options.runtimeName],
    ...(main === engine.files.main ? [] : ['--engine-config', main]),
    ...(config.version === undefined ? [] : ['--engine-version', config.version]),
  ];
}

function hostOf({ engine, config, options }: Story): EngineHost {
  const host = new EngineHost(mkdtempSync(join(folder, 'h-')), [basename(options.path).slice('cdi-'.length)]);
  for (const [path, text] of config.texts) host.put(path, text);
  for (const { ours, path } of engine.read(config).runtimes) if (ours) host.link(path ?? '', 'cdi-runtime');
  return host;
}

for (const story of stories()) {
  test(`${story.name}: in, in once more, and out again`, async () => {
    const host = hostOf(story);
    const { options, engine } = story;
    const shim = join(options.path, '../cdi-runtime');
    await host.cdictl('install', '--path', shim);
    for (const path of story.config.texts.keys()) chmodSync(host.at(path), 0o640);
    const before = host.state();
    const configure = [
      ...['engine', 'configure', ...words(story), '--shim-path', shim],
      ...(options.setDefault ? ['--set-default'] : []),
      ...(options.passAnnotations ? ['--pass-annotations'] : []),
    ];

    const plan = await host.cdictl(...configure, '--dry-run');
    assert.deepEqual([plan.status, plan.stderr], [0, '']);
    assert.match(plan.stdout, /^--- /);
    assert.deepEqual(host.state(), before, 'a dry run changes nothing');

    const done = await host.cdictl(...configure);
    assert.deepEqual([done.status, done.stderr], [0, '']);
    for (const [path, text] of story.after) {
      assert.equal(host.read(path), text);
      const mode = story.config.texts.has(path) ? 0o640 : 0o644;
      assert.equal(statSync(host.at(path)).mode & 0o7777, mode, path);
    }
    const after = host.state();
    const again = await host.cdictl(...configure);
    assert.deepEqual([again.status, again.stderr], [0, '']);
    assert.deepEqual(host.state(), after, 'a second time changes nothing');

    const undone = await host.cdictl('engine', 'unconfigure', ...words(story));
    assert.deepEqual([undone.status, undone.stderr], [0, '']);
    assert.deepEqual(host.state(), before, `without a trace of ${engine.id}`);
  });
}
