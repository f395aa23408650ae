// Which files each of the two packages has, the same for every form that it is packed in.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { COMMANDS } from '../../src/cli/commands.ts';
import { run } from '../../src/cli/run.ts';
import { createCollectingTerminal } from '../../src/cli/terminal/terminal.ts';
import { createNodeHost } from '../../src/host/node.ts';
import { type Release, ROOT } from './edition.ts';
import { writeExampleSettings } from './example-settings.ts';
import { writeCommandsPage, writeSettingsPage, writeShimPage } from './man.ts';
import type { Entry } from './tree.ts';

const PROGRAM = 0o755;

/** The shim, with what an operator reads about it. */
export function listShimFiles(shim: string, release: Release): readonly Entry[] {
  const { description } = JSON.parse(readFileSync(join(ROOT, 'schemas/config.schema.json'), 'utf8'));
  return [
    { path: 'usr/bin/cdi-runtime', from: shim, mode: PROGRAM },
    manual('cdi-runtime', 8, writeShimPage(release)),
    manual('cdi-runtime.yaml', 5, writeSettingsPage(description, release)),
    { path: 'usr/share/doc/cdi-runtime/examples/config.yaml', text: writeExampleSettings() },
    ...['config.schema.json', 'cdi.schema.json'].map((schema) => ({
      path: `usr/share/cdi-runtime/${schema}`,
      from: join(ROOT, 'schemas', schema),
    })),
    { path: 'etc/logrotate.d/cdi-runtime', from: join(ROOT, 'deploy/logrotate/cdi-runtime') },
  ];
}

/** cdictl, for every machine that has Node, with the units that call it. */
export async function listCdictlFiles(node: string, release: Release): Promise<readonly Entry[]> {
  const { name, version, license, type } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const parts = readdirSync(join(ROOT, 'dist/cdictl')).filter((part) => !part.endsWith('.map'));
  const program = readFileSync(join(ROOT, 'dist/cdictl.js'), 'utf8').replace(/^#!.*/, `#!${node}`);
  return [
    { path: 'usr/bin/cdictl', link: '../share/cdictl/dist/cdictl.js' },
    { path: 'usr/share/cdictl/package.json', text: `${JSON.stringify({ name, version, license, type }, null, 2)}\n` },
    { path: 'usr/share/cdictl/dist/cdictl.js', text: program, mode: PROGRAM },
    ...parts.map((part) => ({ path: `usr/share/cdictl/dist/cdictl/${part}`, from: join(ROOT, 'dist/cdictl', part) })),
    manual('cdictl', 1, writeCommandsPage(COMMANDS, release)),
    { path: 'usr/share/bash-completion/completions/cdictl', text: await complete('bash') },
    { path: 'usr/share/zsh/vendor-completions/_cdictl', text: await complete('zsh') },
    { path: 'usr/share/fish/vendor_completions.d/cdictl.fish', text: await complete('fish') },
    ...readdirSync(join(ROOT, 'deploy/systemd')).map((unit) => ({
      path: `usr/lib/systemd/system/${unit}`,
      from: join(ROOT, 'deploy/systemd', unit),
    })),
    { path: 'usr/lib/udev/rules.d/90-cdi-runtime.rules', from: join(ROOT, 'deploy/udev/90-cdi-runtime.rules') },
  ];
}

/** As cdictl itself prints it. */
async function complete(shell: string): Promise<string> {
  const terminal = createCollectingTerminal(Number.POSITIVE_INFINITY);
  const world = { host: createNodeHost(), stdout: terminal, stderr: terminal, version: '' };
  if ((await run(['completion', shell], world)) !== 0) throw new Error(terminal.text());
  return terminal.text();
}

function manual(name: string, part: number, text: string): Entry {
  return { path: `usr/share/man/man${part}/${name}.${part}.gz`, text: pack(text) };
}

/** Without a name and a time in it. */
export function pack(text: string): Uint8Array {
  return gzipSync(text, { level: 9 });
}
