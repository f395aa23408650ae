// The CDI specs of the benchmark, in the layout of the generators that vendors ship.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The kind of the devices that the benchmark asks for. */
export const KIND = 'bench.example/gpu';

const MOUNTS = 30;
const HOOKS = 6;
const DEVICES = 8;

/**
 * A spec of about 12 KB: 30 mounts, 6 hooks, 3 device nodes, and 8 devices with 2 nodes each.
 * @param libraries a folder for the files that are mounted; made here
 * @param hook a program that succeeds
 */
export function largeSpec(libraries: string, hook: string): string {
  mkdirSync(libraries, { recursive: true });
  const lines = ['---', 'cdiVersion: 0.6.0', `kind: ${KIND}`, 'containerEdits:', '  deviceNodes:'];
  for (const name of ['ctl', 'uvm', 'uvm-tools']) lines.push(`  - path: /dev/bench-${name}`, '    hostPath: /dev/null');
  lines.push('  env:', '  - BENCH_VISIBLE_DEVICES=void', '  - BENCH_DRIVER_CAPABILITIES=compute,utility', '  hooks:');
  for (let i = 0; i < HOOKS; i++) {
    lines.push('  - hookName: createContainer', `    path: ${hook}`, '    args:', '    - bench-cdi-hook');
    lines.push(
      '    - create-symlinks',
      '    - --link',
      `    - ../libbench-${i}.so.1::/usr/lib/x86_64-linux-gnu/libbench-${i}.so`,
    );
    lines.push('    env:', '    - BENCH_CTK_DEBUG=false');
  }
  lines.push('  mounts:');
  for (let i = 0; i < MOUNTS; i++) {
    const name = `libbench-component-${String(i).padStart(2, '0')}.so.550.54.15`;
    writeFileSync(join(libraries, name), '');
    lines.push(
      `  - hostPath: ${join(libraries, name)}`,
      `    containerPath: /usr/lib/x86_64-linux-gnu/${name}`,
      '    options:',
    );
    lines.push('    - ro', '    - nosuid', '    - nodev', '    - rbind', '    - rprivate');
  }
  lines.push('devices:');
  for (let i = 0; i < DEVICES; i++) {
    lines.push(`- name: "${i}"`, '  containerEdits:', '    deviceNodes:');
    for (const name of [`bench${i}`, `dri/bench-render${i}`]) {
      lines.push(`    - path: /dev/${name}`, '      hostPath: /dev/zero', '      permissions: rw');
    }
    lines.push('    env:', `    - BENCH_GPU_${i}=GPU-7f4a1c52-9f0e-4c7d-a0b1-00000000000${i}`);
  }
  return `${lines.join('\n')}\n`;
}

/** A spec of about 300 bytes with one device. */
export function smallSpec(kind: string, device: string): string {
  return `cdiVersion: 0.6.0
kind: ${kind}
devices:
- name: ${device}
  containerEdits:
    env:
    - ${device.toUpperCase().replaceAll('-', '_')}=1
    deviceNodes:
    - path: /dev/${device}
      hostPath: /dev/null
    mounts:
    - hostPath: /etc/hosts
      containerPath: /etc/${device}
      options: [ro, nosuid, nodev, bind]
`;
}

/** Fills a new folder with `count` small specs; the device `KIND=wanted` is in the middle one. */
export function fillDirectory(folder: string, count: number, kindOfOthers: (number: number) => string): void {
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    const wanted = i === Math.floor(count / 2);
    const text = wanted ? smallSpec(KIND, 'wanted') : smallSpec(kindOfOthers(i), `device-${i}`);
    writeFileSync(join(folder, `spec-${String(i).padStart(4, '0')}.yaml`), text);
  }
}

/** A spec with one device that has so many nodes. @param fields of each node, in the flow style */
export function nodesSpec(count: number, fields: string): string {
  const nodes = Array.from({ length: count }, (_, i) => `    - { path: /dev/node-${i}, ${fields} }\n`).join('');
  return `cdiVersion: 0.6.0
kind: ${KIND}
devices:
- name: wanted
  containerEdits:
    deviceNodes:
${nodes}`;
}
