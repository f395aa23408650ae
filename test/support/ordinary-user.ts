// Work without root's rights, for tests that are about rights.

/** The ids of the user who owns nothing. */
export const NOBODY = 65534;

/** Does work as `NOBODY` where this process is root's; it must be done when it returns. */
export function asOrdinaryUser<T>(work: () => T): T {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}
