// A config.json of about 7 KB, as containerd writes it for an ordinary container.

const CAPABILITIES = [
  ...['CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_FSETID', 'CAP_FOWNER', 'CAP_MKNOD', 'CAP_NET_RAW', 'CAP_SETGID'],
  ...[
    'CAP_SETUID',
    'CAP_SETFCAP',
    'CAP_SETPCAP',
    'CAP_NET_BIND_SERVICE',
    'CAP_SYS_CHROOT',
    'CAP_KILL',
    'CAP_AUDIT_WRITE',
  ],
];

/** A part of the default seccomp profile: all of it would make the document longer, not different. */
const SYSTEM_CALLS = [
  ...['accept', 'accept4', 'access', 'alarm', 'bind', 'brk', 'capget', 'capset', 'chdir', 'chmod', 'chown', 'clone'],
  ...[
    'clock_getres',
    'clock_gettime',
    'clock_nanosleep',
    'close',
    'close_range',
    'connect',
    'copy_file_range',
    'creat',
  ],
  ...['dup', 'dup2', 'dup3', 'epoll_create', 'epoll_create1', 'epoll_ctl', 'epoll_pwait', 'epoll_wait', 'eventfd2'],
  ...['execve', 'execveat', 'exit', 'exit_group', 'faccessat', 'faccessat2', 'fadvise64', 'fallocate', 'fanotify_mark'],
  ...['fchdir', 'fchmod', 'fchmodat', 'fchown', 'fchownat', 'fcntl', 'fdatasync', 'fgetxattr', 'flistxattr', 'flock'],
  ...['fork', 'fremovexattr', 'fsetxattr', 'fstat', 'fstatfs', 'fsync', 'ftruncate', 'futex', 'futimesat', 'getcpu'],
  ...['getcwd', 'getdents', 'getdents64', 'getegid', 'geteuid', 'getgid', 'getgroups', 'getpeername', 'getpgid'],
  ...['getpid', 'getppid', 'getpriority', 'getrandom', 'getresgid', 'getresuid', 'getrlimit', 'getrusage', 'getsid'],
  ...[
    'getsockname',
    'getsockopt',
    'gettid',
    'gettimeofday',
    'getuid',
    'getxattr',
    'inotify_add_watch',
    'inotify_init1',
  ],
  ...['io_cancel', 'io_destroy', 'io_getevents', 'io_setup', 'io_submit', 'ioctl', 'ioprio_get', 'kill', 'lchown'],
  ...['lgetxattr', 'link', 'linkat', 'listen', 'listxattr', 'lseek', 'lstat', 'madvise', 'mincore', 'mkdir', 'mkdirat'],
  ...['mknod', 'mknodat', 'mlock', 'mmap', 'mprotect', 'mq_open', 'mremap', 'msync', 'munlock', 'munmap', 'nanosleep'],
  ...[
    'open',
    'openat',
    'openat2',
    'pause',
    'pipe',
    'pipe2',
    'poll',
    'ppoll',
    'prctl',
    'pread64',
    'preadv',
    'prlimit64',
  ],
  ...['pselect6', 'pwrite64', 'pwritev', 'read', 'readahead', 'readlink', 'readlinkat', 'readv', 'recvfrom', 'recvmsg'],
  ...['rename', 'renameat', 'renameat2', 'rmdir', 'rseq', 'rt_sigaction', 'rt_sigprocmask', 'rt_sigreturn', 'select'],
  ...['sendfile', 'sendmsg', 'sendto', 'setgid', 'setgroups', 'setitimer', 'setpgid', 'setpriority', 'setregid'],
  ...['setresgid', 'setresuid', 'setreuid', 'setsid', 'setsockopt', 'setuid', 'setxattr', 'shutdown', 'sigaltstack'],
  ...['socket', 'socketpair', 'splice', 'stat', 'statfs', 'statx', 'symlink', 'symlinkat', 'sync', 'sysinfo', 'tee'],
  ...['tgkill', 'time', 'times', 'truncate', 'umask', 'uname', 'unlink', 'unlinkat', 'utimensat', 'vfork', 'wait4'],
  ...[
    'waitid',
    'write',
    'writev',
    'arch_prctl',
    'modify_ldt',
    'set_robust_list',
    'set_tid_address',
    'mount',
    'umount2',
  ],
];

/**
 * @param program absolute path, inside the root file system, of what the container would run
 * @param annotations the requests of the document, if any
 */
export function configJson(program: string, cgroup: string, annotations: Readonly<Record<string, string>>): string {
  return JSON.stringify({
    ociVersion: '1.1.0',
    process: {
      user: { uid: 0, gid: 0, additionalGids: [0, 1, 2, 3, 4, 6, 10, 11, 20, 26, 27] },
      args: [program],
      env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOSTNAME=bench', ...ofServices()],
      cwd: '/',
      capabilities: { bounding: CAPABILITIES, effective: CAPABILITIES, permitted: CAPABILITIES },
      rlimits: [{ type: 'RLIMIT_NOFILE', hard: 1024, soft: 1024 }],
      noNewPrivileges: true,
      oomScoreAdj: 0,
    },
    root: { path: 'rootfs' },
    hostname: 'bench',
    mounts: [
      mount('/proc', 'proc', 'proc', 'nosuid', 'noexec', 'nodev'),
      mount('/dev', 'tmpfs', 'tmpfs', 'nosuid', 'strictatime', 'mode=755', 'size=65536k'),
      mount('/dev/pts', 'devpts', 'devpts', 'nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'),
      mount('/dev/shm', 'tmpfs', 'shm', 'nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k'),
      mount('/dev/mqueue', 'mqueue', 'mqueue', 'nosuid', 'noexec', 'nodev'),
      mount('/sys', 'sysfs', 'sysfs', 'nosuid', 'noexec', 'nodev', 'ro'),
      mount('/run', 'tmpfs', 'tmpfs', 'nosuid', 'strictatime', 'mode=755', 'size=65536k'),
      mount('/etc/hosts', 'bind', '/etc/hosts', 'rbind', 'rprivate', 'ro'),
      mount('/etc/resolv.conf', 'bind', '/etc/hosts', 'rbind', 'rprivate', 'ro'),
    ],
    annotations: { 'io.containerd.example/name': 'bench', ...annotations },
    linux: {
      resources: {
        devices: [{ allow: false, access: 'rwm' }, ...allowedDevices()],
        memory: {},
        cpu: { shares: 1024 },
      },
      cgroupsPath: cgroup,
      namespaces: ['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
      seccomp: {
        defaultAction: 'SCMP_ACT_ERRNO',
        architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_AARCH64'],
        syscalls: [{ names: SYSTEM_CALLS, action: 'SCMP_ACT_ALLOW' }],
      },
      maskedPaths: ['acpi', 'asound', 'kcore', 'keys', 'latency_stats', 'timer_list', 'sched_debug', 'scsi'].map(
        inProc,
      ),
      readonlyPaths: ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger'].map(inProc),
    },
  });
}

/** As an orchestrator adds them. */
function ofServices(): readonly string[] {
  return Array.from({ length: 32 }, (_, i) => `APPLICATION_${i}_PORT_8080_TCP_ADDR=10.96.17.${100 + i}`);
}

function mount(destination: string, type: string, source: string, ...options: readonly string[]) {
  return { destination, type, source, options };
}

function allowedDevices() {
  const numbers = [
    [1, 3],
    [1, 5],
    [1, 7],
    [1, 8],
    [1, 9],
    [5, 0],
    [5, 1],
    [5, 2],
    [136, -1],
  ] as const;
  return numbers.map(([major, minor]) => ({
    allow: true,
    type: 'c',
    major,
    ...(minor < 0 ? {} : { minor }),
    access: 'rwm',
  }));
}

function inProc(name: string): string {
  return `/proc/${name}`;
}
