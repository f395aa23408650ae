// What is checked in the VM, in this order: the one table of it. A check NAME is the function check_NAME of root/vm/checks.

export interface Check {
  readonly name: string;
  /** what it shows, in plain words */
  readonly shows: string;
}

function check(name: string, shows: string): Check {
  return { name, shows };
}

export const CHECKS: readonly Check[] = [
  check('generated-spec', 'a spec that is written inside has the numbers of the kernel, and so has the cgroup rule'),
  check('fuse-with-request', '/dev/fuse opens in a container that asks for it, beside limits and a deny-all filter'),
  check('fuse-without-request', 'it is absent in one that does not, EPERM if made there, and config.json is untouched'),
  check('rule-missing', 'a node whose spec says permissions: none is there, and EPERM'),
  check('kmsg', 'a node that is described by its path alone; the rule allows what the spec says and no more'),
  check('disk', 'a block device under another name is read, and EPERM to write'),
  check('user-namespace', 'a device and an ID-mapped mount in a user namespace'),
  check('env', 'a variable of a spec'),
  check('mount', 'a mount of a spec'),
  check('additional-gids', 'additional groups of a spec'),
  check('hook', 'a createRuntime hook of a spec ran, with a minimal environment and the state of the container'),
  check('life', 'create, state, start, exec, kill, delete'),
  check(
    'run-by-settings',
    'run, with the runtime of the settings and a request by variable; the exit status comes back',
  ),
  check('formatting', 'every byte of config.json that no edit concerns stays, and its mode and owner'),
  check('again', 'a second run of the same bundle changes nothing'),
  check('limits', 'limits of memory, processes and CPU time bind a container that got a device'),
  check('unknown-device', 'a device that no one defines: status 1, one line, nothing started, config.json untouched'),
  check('node-that-is-gone', 'a device node that the host does not have: the same'),
  check('broken-settings', 'settings in error refuse a container with a request, and none without'),
  check('disk-full', 'a full disk refuses the create and leaves config.json and no other file'),
  check('disk-quota', 'a disk quota that is used up: the same'),
  check('power-cut', 'after a power cut config.json is whole on ext4 (also with noauto_da_alloc) and on XFS'),
  check('ten-at-once', 'ten creates at the same time'),
  check('killed', '50 creates killed at different moments leave the old config.json or the new one'),
  check('nothing-left', 'no container, cgroup or process is left behind'),
];
