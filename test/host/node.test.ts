// The contract on Node's host.
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createNodeHost } from '../../src/host/node.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { hostContract } from './contract.ts';
import { runOperations } from './operations.ts';

hostContract('nodeHost', () => (operations, environment) => {
  const before = Object.keys(environment).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, environment);
  try {
    // Through JSON, as the shim's results come.
    return JSON.parse(JSON.stringify(runOperations(createNodeHost(), operations)));
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
});

test('a file that was to be replaced is let go of, whether it was or not', () => {
  const config = join(temporaryFolder(), 'config.json');
  writeFileSync(config, '{}');
  const host = createNodeHost();
  const count = (): number => readdirSync('/proc/self/fd').length;
  const before = count();
  for (const pieces of [['{"a":1}'], ['no JSON']]) {
    const file = host.holdFile(config, 1024);
    assert.ok(!('errno' in file));
    host.replaceFile(file, pieces);
    assert.deepEqual(host.replaceFile(file, pieces), { errno: 'EINVAL' });
  }
  assert.equal(count(), before);
});
