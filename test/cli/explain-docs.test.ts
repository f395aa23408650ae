// The example of docs/explain.md is what cdictl prints.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { createCollectingTerminal } from '../../src/cli/terminal/terminal.ts';
import type { MemoryEntry } from '../host/memory-host.ts';
import { memorySpecHost } from '../support/spec-host.ts';

const PAPER = readFileSync(resolve(import.meta.dirname, '../../docs/explain.md'), 'utf8');

const GPU = `cdiVersion: 0.6.0
kind: vendor.com/gpu
containerEdits:
  env: [GPU_MODE=shared]
devices:
- name: "0"
  containerEdits:
    deviceNodes:
    - path: /dev/gpu0
    mounts:
    - hostPath: /opt/gpu
      containerPath: /usr/lib/gpu
      options: [ro, bind]
    hooks:
    - { hookName: createContainer, path: /opt/gpu/link, args: [link, --all] }
`;
const NET = `cdiVersion: 0.6.0
kind: vendor.com/net
devices:
- name: eth1
  containerEdits:
    env: [GPU_MODE=exclusive, NET=eth1]
`;
const SETTINGS = `policy:
  rules:
  - { source: env, action: allow, reason: env counts here }
`;

/** The commands of the paper's console blocks with what they print. */
function shown(): Map<string, string> {
  const blocks = [...PAPER.matchAll(/```console\n(.*?)```/gs)].map(([, block = '']) => block);
  const steps = blocks.flatMap((block) => block.split(/^\$ /m).slice(1));
  return new Map(steps.map((step) => [step.slice(0, step.indexOf('\n')), step.slice(step.indexOf('\n') + 1)]));
}

const commands = shown();
const files: Record<string, MemoryEntry> = {
  '/etc/cdi/gpu.yaml': GPU,
  '/etc/cdi/net.yaml': NET,
  '/etc/cdi-runtime/config.yaml': SETTINGS,
  '/dev/gpu0': { type: 'c', major: 195, minor: 0, mode: 0o660 },
  '/opt/gpu/link': '',
  '/config.json': commands.get('cat config.json') ?? '',
};

for (const [command, output] of commands) {
  if (command.startsWith('cdictl '))
    test(`docs/explain.md shows what comes of ${command}`, async () => {
      const terminal = createCollectingTerminal(80);
      const words = command.replaceAll("'", '').split(' ').slice(1);
      await run(words, { host: memorySpecHost(files), stdout: terminal, stderr: terminal, version: '0' });
      assert.equal(terminal.text(), output);
    });
}

test('docs/explain.md shows commands', () => assert.ok(commands.size >= 5));
