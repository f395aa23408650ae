// What each runtime family accepts on its command line, as tables.

/** Runtimes that read a command line alike. */
export const FAMILIES = ['runc', 'crun', 'youki', 'runsc'] as const;
export type Family = (typeof FAMILIES)[number];

/** The commands that read a bundle's config.json. */
export type Command = 'create' | 'run' | 'restore';

/** What follows an option: nothing (`flag`), or a value; see `Declared`. */
type Kind = 'value' | 'integer' | 'flag' | 'newFlag' | 'nextWord' | 'maybeValue' | 'stop';

export interface Option {
  /** the first of its spellings */
  readonly name: string;
  readonly kind: Kind;
  /** the values that it accepts, where these are few */
  readonly allowed: readonly string[] | undefined;
}

/** Options by each of their spellings, without dashes. */
export interface Options extends Iterable<readonly [spelling: string, option: Option]> {
  get(spelling: string): Option | undefined;
}

/** A line, or the part of it before the command, as its grammar reads it. */
export interface Reading {
  /** the value that counts, by option name; flags as far as their grammar needs them */
  readonly values: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

/**
 * What comes instead of a reading: the runtime `prints` something and ends, it `refuses` what no release of it could
 * take, or something is `unknown` to the table.
 */
export type Unread = 'prints' | 'refuses' | 'unknown';

/** Reads words by a table. */
export type Reader = (options: Options, words: readonly string[]) => Reading | Unread;

/** Options in groups: separated by spaces, the spellings of one by commas. */
interface Declared {
  /** with a value */
  readonly value?: string;
  /** with a whole number */
  readonly integer?: string;
  readonly flag?: string;
  /** flags of later releases: known when spelled in full, so that older abbreviations keep their meaning */
  readonly newFlag?: string;
  /** the value is the next word, never attached */
  readonly nextWord?: string;
  /** the value is attached or absent, never the next word */
  readonly maybeValue?: string;
  /** prints something and ends */
  readonly stop?: string;
  readonly allowed?: { readonly [name: string]: readonly string[] };
}

type Tables = { readonly globals: Declared } & { readonly [command in Command]?: Declared };

const RUNC_HELP = 'help,h';
const RUNC_CREATE = {
  value: 'bundle,b console-socket pid-file pidfd-socket',
  integer: 'preserve-fds',
  flag: 'no-pivot no-new-keyring',
  stop: RUNC_HELP,
};

const CRUN_BUILT_IN = { stop: 'help,? usage', maybeValue: 'HANG' };
const CRUN_CREATE = {
  ...CRUN_BUILT_IN,
  value: 'bundle,b config,f console-socket pid-file program-name',
  integer: 'preserve-fds',
  flag: 'no-pivot no-subreaper no-new-keyring',
};

const YOUKI_CREATE = {
  value: 'bundle,b console-socket,c pid-file,p',
  integer: 'preserve-fds',
  flag: 'no-pivot no-new-keyring',
  stop: 'help,h',
};

const RUNSC_CREATE = {
  value: 'bundle console-socket pid-file user-log fs-restore-image-path',
  flag: 'fs-restore-direct',
};

const TABLES: { readonly [family in Family]: Tables } = {
  runc: {
    globals: {
      value: 'log log-format root rootless criu',
      flag: 'debug systemd-cgroup',
      stop: `${RUNC_HELP} version,v`,
      allowed: { 'log-format': ['', 'text', 'json'] },
    },
    create: RUNC_CREATE,
    run: { ...RUNC_CREATE, flag: `${RUNC_CREATE.flag} detach,d keep no-subreaper` },
    restore: {
      value:
        'bundle,b console-socket image-path work-path manage-cgroups-mode pid-file empty-ns lsm-profile lsm-mount-context',
      flag: 'tcp-established ext-unix-sk shell-job file-locks detach,d no-subreaper no-pivot auto-dedup lazy-pages',
      stop: RUNC_HELP,
      allowed: { 'empty-ns': ['network'] },
    },
  },
  crun: {
    globals: {
      ...CRUN_BUILT_IN,
      // crun 1.21 gives these two one key, and so abbreviations of both are not ambiguous
      value: 'cgroup-manager log log-format log-level root,rootless program-name',
      flag: 'debug systemd-cgroup',
      stop: `${CRUN_BUILT_IN.stop} version,v,V`,
      allowed: {
        'cgroup-manager': ['systemd', 'cgroupfs', 'disabled'],
        'log-level': ['error', 'warning', 'debug'],
      },
    },
    create: CRUN_CREATE,
    run: { ...CRUN_CREATE, flag: `${CRUN_CREATE.flag} detach,d keep` },
    restore: {
      ...CRUN_BUILT_IN,
      value:
        'bundle,b image-path work-path pid-file console-socket manage-cgroups-mode lsm-profile lsm-mount-context program-name',
      flag: 'tcp-established ext-unix-sk shell-job detach,d file-locks',
      newFlag: 'tcp-close',
      nextWord: 'network-lock',
      allowed: {
        'manage-cgroups-mode': ['soft', 'ignore', 'full', 'strict'],
        'network-lock': ['iptables', 'nftables', 'skip'],
      },
    },
  },
  youki: {
    globals: {
      value: 'log,l log-format root,r log-level',
      flag: 'debug systemd-cgroup,s systemd-log',
      stop: 'help,h version,v,V',
      allowed: {
        'log-format': ['text', 'json'],
        'log-level': ['error', 'warn', 'info', 'debug', 'trace', '1', '2', '3', '4', '5'],
      },
    },
    create: YOUKI_CREATE,
    run: { ...YOUKI_CREATE, flag: `${YOUKI_CREATE.flag} no-subreaper keep detach,d` },
  },
  runsc: {
    globals: {
      value:
        'root log log-format debug-log debug-command debug-log-format panic-log coverage-report pcap-log traceback ' +
        'metric-server final-metrics-log profiling-metrics profiling-metrics-log profiling-metrics-rate-us ' +
        'strace-syscalls strace-log-size platform platform_device_path watchdog-action panic-signal profile-block ' +
        'profile-cpu profile-heap profile-mutex profile-gc-interval trace ref-leak-mode pod-init-config host-settings ' +
        'sidecar-release-enforcement-policy restore-spec-validation control-rpc-stop-timeout shared-root file-access ' +
        'file-access-mounts overlay2 host-uds host-fifo character-device-policy override-procs fdlimit dcache network ' +
        'gofer-network-namespace EXPERIMENTAL-xdp qdisc qdisc-tbf-rate qdisc-tbf-burst num-network-channels ' +
        'network-processors-per-channel nvproxy-driver-version nvproxy-allowed-driver-capabilities ' +
        'TESTONLY-test-name-env TESTONLY-autosave-image-path',
      flag:
        'alsologtostderr debug debug-to-user-log log-packets strace strace-event allow-flag-override profile rootless ' +
        'cpu-num-from-quota oci-seccomp enable-core-tags systemd-cgroup systrap-disable-syscall-patching ' +
        'systrap-disable-fast-path allow-suid kvm-use-cpu-nums allow-rootfs-tar-annotation app-huge-pages overlay ' +
        'gvisor-marker-file ignore-cgroups mount-cgroup-v2 iouring directfs net-raw allow-packet-socket-write ' +
        'allow-live-tcp-migration gso software-gso gvisor-gro tx-checksum-offload rx-checksum-offload reproduce-nat ' +
        'reproduce-nftables net-disconnect-ok pause-external-networking allow-connected-on-save nvproxy ' +
        'nvproxy-docker nvproxy-allow-unsupported-driver rdmaproxy tpuproxy EXPERIMENTAL-xdp-need-wakeup ' +
        'TESTONLY-nftables TESTONLY-unsafe-nonroot TESTONLY-afs-syscall-panic TESTONLY-autosave-resume',
      stop: 'help,h version',
    },
    create: RUNSC_CREATE,
    run: {
      value: `${RUNSC_CREATE.value} pass-fd`,
      integer: 'exec-fd',
      flag: `${RUNSC_CREATE.flag} detach`,
    },
    restore: {
      value: `${RUNSC_CREATE.value} image-path work-path`,
      flag: `${RUNSC_CREATE.flag} detach direct background no-subreaper`,
    },
  },
};

const KINDS = ['value', 'integer', 'flag', 'newFlag', 'nextWord', 'maybeValue', 'stop'] as const;

/** The options of a family before the command, or of one of its commands; undefined where it has no such command. */
export function findOptions(family: Family, part: 'globals' | Command): Options | undefined {
  const declared = TABLES[family][part];
  if (declared === undefined) return undefined;
  // Readers look for an option of a line several times.
  const found = new Map<string, Option>();
  const get = (spelling: string): Option | undefined => {
    const option = found.get(spelling) ?? findOption(declared, spelling);
    if (option !== undefined) found.set(spelling, option);
    return option;
  };
  return { get, [Symbol.iterator]: () => listOptions(declared) };
}

/** By its spelling in the text of a group, since a line has few options and a table many. */
function findOption(declared: Declared, spelling: string): Option | undefined {
  if (spelling === '' || spelling.includes(' ') || spelling.includes(',')) return undefined;
  for (let i = 0; i < KINDS.length; i++) {
    const kind = KINDS[i] ?? 'value';
    const group = declared[kind] ?? '';
    for (let at = group.indexOf(spelling); at >= 0; at = group.indexOf(spelling, at + 1)) {
      const end = at + spelling.length;
      if (!isBetween(group[at - 1]) || !isBetween(group[end])) continue;
      const start = group.lastIndexOf(' ', at) + 1;
      const comma = group.indexOf(',', start);
      const name = group.slice(start, comma >= 0 && comma < end ? comma : end);
      return { name, kind, allowed: declared.allowed?.[name] };
    }
  }
  return undefined;
}

function isBetween(character: string | undefined): boolean {
  return character === undefined || character === ' ' || character === ',';
}

function* listOptions(declared: Declared): Generator<readonly [string, Option]> {
  for (const kind of KINDS) {
    for (const spellings of declared[kind]?.split(' ') ?? []) {
      const [name = '', ...others] = spellings.split(',');
      const option: Option = { name, kind, allowed: declared.allowed?.[name] };
      for (const spelling of [name, ...others]) yield [spelling, option];
    }
  }
}

/** Whether an option's value is one that the runtime goes on with. */
export function accepts(option: Option, value: string): boolean {
  return option.allowed?.includes(value) ?? true;
}

/** Whether a text is a whole number in decimal that fits into 32 bits. */
export function isInt32(text: string): boolean {
  const digits = text.startsWith('-') || text.startsWith('+') ? text.slice(1) : text;
  if (digits === '') return false;
  for (const digit of digits) if (digit < '0' || digit > '9') return false;
  return Number(text) === (Number(text) | 0);
}
