// Which faults a system call can have: all that a kernel may answer, but for what would prove nothing.
import type { Call, Fault } from './injected-run.ts';

const ERRORS = ['ENOMEM', 'EIO', 'ENOSPC', 'EINTR', 'EMFILE'] as const;

/** Calls that no kernel refuses with these arguments (of F_GETFD, only a descriptor that is closed is). */
const NEVER_FAIL =
  /^(arch_prctl|set_tid_address|gete[ug]id|exit_group|rt_sigaction|sigaltstack)\(|^fcntl\(\d+, F_GETFD/;

/**
 * Calls that change something. To those that only look, a lack of rights is an answer and no fault: it lasts, and the
 * runtime has the same.
 */
const CHANGING = /^(openat2?\(.*O_CREAT|mkdir|write|fdatasync|fsync|renameat|fchown|fchmod|fsetxattr|fremovexattr)/;

/** Who may not look is told EACCES: EPERM, by a filter or a guard, says nothing of what is there; nor does a server's ESTALE. */
const LOOKING = /^(?:l?stat|newfstatat|readlink|openat)\((?!.*(?:O_CREAT|"\.",))/;

/** Reads that must not end before the file does. */
const WHOLE = /^read\(.* = [1-9]/;

/** The faults of a call, one after another. */
export function faultsOf(call: Call): Fault[] {
  const errors = CHANGING.test(call.text)
    ? [...ERRORS, 'EACCES' as const, 'EROFS' as const, 'EDQUOT' as const]
    : ERRORS;
  const effects = NEVER_FAIL.test(call.text) ? (['KILL'] as const) : (['KILL', ...errors] as const);
  const forbidden = LOOKING.test(call.text) ? (['EPERM', 'ESTALE'] as const) : [];
  const ends = WHOLE.test(call.text) ? (['END'] as const) : [];
  return [...effects, ...forbidden, ...ends].map((effect) => ({ call, effect }));
}

export function titleOf({ call, effect }: Fault): string {
  return `${effect} at ${call.name} ${call.nth}, ${call.text}`;
}
