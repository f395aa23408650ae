// Commands that change the host: generate specs, install the shim, configure engines.
import type { Command } from '../command.ts';

export const HOST_ROWS: readonly Command[] = [
  {
    name: 'generate',
    summary: 'write CDI specs for devices that this host has',
    details: [
      'KIND is fuse, kvm, net-tun, dri, snd, v4l2, tty, usb, loop, or all for those of them that this host has.',
      'A spec names the nodes of now: generate anew at boot and when something is plugged in (see deploy/systemd).',
    ],
    operands: { shown: 'KIND...', least: 1, most: Number.POSITIVE_INFINITY },
    options: [
      { name: 'output-dir', value: 'DIR', summary: 'where the specs go; by default the last spec directory' },
      { name: 'format', value: 'FORMAT', choices: ['yaml', 'json'], summary: 'yaml (default) or json' },
      { name: 'print', summary: 'print the specs instead of writing them' },
      { name: 'host-root', value: 'DIR', summary: 'look at, and write to, the host whose root is there' },
    ],
    examples: [
      { line: 'cdictl generate fuse kvm', does: 'specs for /dev/fuse and /dev/kvm' },
      { line: 'cdictl generate all --print', does: 'what there is to generate on this host' },
    ],
    load: async () => (await import('../commands/generate.ts')).run,
  },
  {
    name: 'install',
    summary: 'put the shim where engines can call it',
    details: ['The file is put in place by a rename, so that containers may start meanwhile.'],
    options: [
      { name: 'path', value: 'FILE', summary: 'where it goes (default /usr/local/bin/cdi-runtime)' },
      { name: 'shim', value: 'FILE', summary: 'the shim to install; by default the one of this package' },
      { name: 'host-root', value: 'DIR', summary: 'install on the host whose root is there' },
    ],
    examples: [
      { line: 'cdictl install', does: '/usr/local/bin/cdi-runtime' },
      { line: 'cdictl install --host-root /host', does: 'from a container, onto its host' },
    ],
    load: async () => (await import('../commands/install.ts')).run,
  },
  {
    name: 'uninstall',
    summary: 'remove the shim',
    details: [
      'With its links (cdi-runc, cdi-crun and the like). Engines that still call it are named first: see engine unconfigure.',
    ],
    options: [
      { name: 'path', value: 'FILE', summary: 'where it is (default /usr/local/bin/cdi-runtime)' },
      { name: 'force', summary: 'remove it even if an engine still calls it' },
      { name: 'host-root', value: 'DIR', summary: 'remove it from the host whose root is there' },
    ],
    examples: [{ line: 'cdictl uninstall', does: 'the shim and its links are gone' }],
    load: async () => (await import('../commands/uninstall.ts')).run,
  },
];
