// Variables by which whoever sets them has a program load or run what it should not.

/** Of the dynamic linker, of the C library (its `unsecvars.h`), of shells, and of languages and their libraries. */
const NAMES: ReadonlySet<string> = new Set([
  ...['GCONV_PATH', 'GETCONF_DIR', 'GLIBC_TUNABLES', 'HOSTALIASES', 'LOCALDOMAIN', 'LOCPATH', 'NIS_PATH', 'NLSPATH'],
  ...['RESOLV_HOST_CONF', 'RES_OPTIONS', 'TMPDIR', 'TZDIR'],
  ...['BASH_ENV', 'BASHOPTS', 'ENV', 'IFS', 'PROMPT_COMMAND', 'PS4', 'SHELLOPTS', 'ZDOTDIR'],
  ...['JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS', 'JDK_JAVA_OPTIONS'],
]);
/** By their first letter. */
const BEGINNINGS: Readonly<Record<string, readonly string[]>> = {
  B: ['BASH_FUNC_'],
  G: ['GIO_', 'GST_'],
  L: ['LD_', 'LUA_'],
  M: ['MALLOC_'],
  N: ['NODE_'],
  O: ['OPENSSL_'],
  P: ['PERL', 'PYTHON'],
  R: ['RUBY'],
};

/** @param name without its value */
export function isDangerousVariable(name: string): boolean {
  if (NAMES.has(name)) return true;
  for (const beginning of BEGINNINGS[name.charAt(0)] ?? []) if (name.startsWith(beginning)) return true;
  return false;
}
