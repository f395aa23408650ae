// The contract of every host, kept by the shim's C with gcc's sanitizers in it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fuzzBinary } from '../fuzz/fuzz-binary.ts';
import { hostContract } from '../host/contract.ts';
import { shim } from './probe-binary.ts';

const program = fuzzBinary('fuzz', true);

hostContract('the shim with sanitizers', (folder) => {
  // Without a request in the bundle the shim would not start its core.
  writeFileSync(join(folder, 'config.json'), '{"annotations": {"cdi.k8s.io/x": ""}}');
  return (operations, environment) => {
    const env = { PORT: JSON.stringify(operations), ...environment };
    const { status, stderr } = shim(program, { args: ['create', 'x'], cwd: folder, env });
    assert.equal(status, 1, stderr);
    return JSON.parse(stderr);
  };
});
