// The kernel's name for what went wrong, in place of its sentence.

export function readErrno(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
}
