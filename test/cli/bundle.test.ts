// dist/cdictl.js by itself: one file, on this Node and on the system's.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { spec } from '../support/specs.ts';
import { systemNode } from '../support/system-node.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const folder = temporaryFolder();

/** Nothing but what npm would put there: the manifest and the one file. */
const own = join(folder, 'package');
mkdirSync(join(own, 'dist'), { recursive: true });
for (const file of ['package.json', 'dist/cdictl.js']) copyFileSync(join(ROOT, file), join(own, file));

const specs = join(folder, 'cdi');
mkdirSync(specs);
writeFileSync(join(specs, 'gpu.yaml'), spec('vendor.com/gpu', '0', '1'));
const config = join(folder, 'config.yaml');
writeFileSync(config, `specDirs: [${specs}]\naudit: { path: ${join(folder, 'audit.jsonl')} }\n`);
const document = join(folder, 'config.json');
writeFileSync(document, '{"annotations":{"cdi.k8s.io/x":"vendor.com/gpu=0"}}');

const system = systemNode();
const nodes: [title: string, path: string, skip: string | false][] = [
  ['this Node', process.execPath, false],
  ["the system's Node", system.path, system.skip],
];
const lines: [words: string[], status: number, stdout: RegExp][] = [
  [['--version'], 0, /^cdictl \d+\.\d+\.\d+\n$/],
  [['--help'], 0, /^Usage:$/m],
  [['devices'], 0, /^vendor\.com\/gpu=1 /m],
  [['devices', '-ojson'], 0, /"name": "vendor\.com\/gpu=0"/],
  [['specs', '-oyaml'], 0, /^- path: /m],
  [['resolve', 'vendor.com/gpu=0'], 0, /D=0/],
  [['resolve', 'vendor.com/gpu=9'], 1, /^$/],
  [['inject', document, 'vendor.com/*'], 0, /"D=1"/],
  [['explain', document], 0, /D=0/],
  [['validate', join(specs, 'gpu.yaml')], 0, /./],
  [['lint', '--no-host'], 0, /./],
  [['generate', 'all', '--print'], 0, /^cdiVersion: /m],
  [['config', 'show', '--origin'], 0, /specDirs/],
  [['policy', 'test', document], 0, /allow/],
  [['audit'], 0, /^/],
  [['completion', 'bash'], 0, /^complete /m],
  [['nonsense'], 2, /^$/],
];
for (const [title, node, skip] of nodes)
  for (const [words, status, want] of lines)
    test(`the bundle on ${title}: cdictl ${words.map((word) => word.replace(`${folder}/`, '')).join(' ')}`, {
      skip,
    }, () => {
      const program = join(own, 'dist/cdictl.js');
      const args = words[0]?.startsWith('--') ? words : [...words, '--config', config];
      const outcome = spawnSync(node, [program, ...args], {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: '/usr/bin:/bin' },
      });
      assert.equal(outcome.status, status, outcome.stderr);
      assert.match(outcome.stdout, want);
      assert.doesNotMatch(outcome.stderr, /\n {4}at /, 'a stack trace');
    });
