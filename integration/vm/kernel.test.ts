// Where the VM cannot be had, one sentence says why and what to do.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { demandKernel } from './kernel.ts';
import { demandProgram, Refusal } from './programs.ts';

const folder = temporaryFolder();

function withEnvironment(variables: NodeJS.ProcessEnv, action: () => void): void {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    action();
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

const refusals: [title: string, variables: NodeJS.ProcessEnv, message: string][] = [
  [
    'NO_INSTALL',
    { NO_INSTALL: '1' },
    'cannot boot the VM without a Debian kernel: NO_INSTALL forbids to download one; run npm run test:vm once without it',
  ],
];
if (process.arch === 'x64') {
  refusals.push([
    'no apt-get',
    { NO_INSTALL: '', PATH: folder },
    'cannot boot the VM without a Debian kernel: there is no apt-get to download one; use a Debian machine',
  ]);
}
for (const [title, variables, message] of refusals)
  test(`demandKernel() refuses in one sentence, and leaves nothing behind: ${title}`, () => {
    const kernel = join(folder, title, 'kernel');
    withEnvironment(variables, () => assert.throws(() => demandKernel(kernel), { message }));
    assert.equal(existsSync(join(folder, title)), false);
  });

test('demandProgram() names the program and how to get it', () => {
  assert.throws(() => demandProgram('qemu-system-none'), {
    message: 'cannot boot the VM: qemu-system-none is missing; run npm run packages build vm',
  });
  assert.throws(() => demandProgram('qemu-system-none'), Refusal);
});
