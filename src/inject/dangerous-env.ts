// Variables by which whoever sets them has a program load or run what it should not.
import { matchesGlob } from '../text/glob.ts';

/** Of the dynamic linker, of the C library (its `unsecvars.h`), of shells, and of languages and their libraries. */
const DANGEROUS: readonly string[] = [
  ...['LD_*', 'GCONV_PATH', 'GETCONF_DIR', 'GLIBC_TUNABLES', 'HOSTALIASES', 'LOCALDOMAIN', 'LOCPATH', 'MALLOC_*'],
  ...['NIS_PATH', 'NLSPATH', 'RESOLV_HOST_CONF', 'RES_OPTIONS', 'TMPDIR', 'TZDIR'],
  ...['BASH_ENV', 'BASH_FUNC_*', 'BASHOPTS', 'ENV', 'IFS', 'PROMPT_COMMAND', 'PS4', 'SHELLOPTS', 'ZDOTDIR'],
  ...['GIO_*', 'GST_*', 'JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS', 'JDK_JAVA_OPTIONS', 'LUA_*', 'NODE_*', 'OPENSSL_*'],
  ...['PERL*', 'PYTHON*', 'RUBY*'],
];

/** @param name without its value */
export function isDangerousVariable(name: string): boolean {
  return DANGEROUS.some((glob) => matchesGlob(glob, name));
}
