// The logrotate file that is deployed: no line is lost or cut while shims write.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { debianProgram } from '../support/debian-program.ts';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { SHIM } from '../support/run-shim.ts';
import { ASKING, smallHost } from '../support/small-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DEPLOYED = readFileSync(join(import.meta.dirname, '../../deploy/logrotate/cdi-runtime'), 'utf8');
const logrotate = debianProgram('logrotate', 'usr/sbin/logrotate');
const skip = process.getuid?.() !== 0 ? 'files of root need root' : logrotate.skip;

test('no line is lost when the audit is rotated', { skip }, async () => {
  const root = temporaryFolder();
  const log = join(root, 'log');
  mkdirSync(log, { mode: 0o750 });
  const runtime = compile('fake-runc', root);
  const host = smallHost(root, { runtime, config: ASKING, settings: `audit: { path: ${log}/audit.jsonl }\n` });
  const config = join(root, 'logrotate');
  writeFileSync(config, DEPLOYED.replace('/var/log/cdi-runtime', log), { mode: 0o644 });
  const create = async (id: string): Promise<void> => {
    const env = { CDI_RUNTIME_CONFIG: host.settings, FAKE_RUNC_RECORD: join(root, `record-${id}`) };
    const child = spawn(SHIM, ['create', '--bundle', host.bundle, id], { env, stdio: 'ignore' });
    assert.deepEqual(await once(child, 'exit'), [STARTED, null]);
  };
  const ids = Array.from({ length: 5 }, (_, round) => Array.from({ length: 10 }, (_, index) => `${round}-${index}`));
  for (const [first = '', ...others] of ids) {
    // An empty file would not be rotated.
    await create(first);
    const running = others.map(create);
    const rotate = spawn(logrotate.path, ['--force', '--state', join(root, 'state'), config], {
      env: logrotate.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    rotate.stderr.on('data', (chunk) => {
      said += chunk;
    });
    assert.deepEqual([await once(rotate, 'exit'), said], [[0, null], '']);
    await Promise.all(running);
  }
  const files = readdirSync(log).sort();
  assert.deepEqual(files, ['audit.jsonl', 'audit.jsonl.1', ...[2, 3, 4, 5].map((n) => `audit.jsonl.${n}.gz`)]);
  const lines = files.flatMap((name) => {
    const bytes = readFileSync(join(log, name));
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    return text.split('\n').slice(0, -1);
  });
  const records = lines.map((line) => JSON.parse(line));
  const [first, ...others] = records.map(({ record }) => record);
  assert.deepEqual(new Set(records.map(({ id }) => id)), new Set(ids.flat()));
  // The very first edits the document, so that its intent has an outcome.
  assert.equal(new Set(others.filter((record) => record !== first)).size, records.length - 2, lines.join('\n'));
  assert.equal(records.length, ids.flat().length + 1);
  const { uid, gid, mode } = statSync(join(log, 'audit.jsonl'));
  assert.deepEqual([uid, gid, mode & 0o777], [0, 0, 0o640]);
});
