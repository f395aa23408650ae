// What specs may do to a container: hooks and paths that are trusted, and things that the host still has.
import type { ContainerEdits, DeviceNode, Hook, Mount } from '../cdi/spec.ts';
import { type DeviceInfo, failed, type Host } from '../host/host.ts';
import type { SourcedEdits } from '../registry/resolve.ts';
import { CdiError, type ErrorCode } from '../text/error.ts';
import { matchesGlob, matchesPath } from '../text/glob.ts';
import { cleanPath } from '../text/path.ts';
import { quote, quoteList } from '../text/quote.ts';
import type { InjectionOptions } from './options.ts';
import type { SpecSources } from './spec-sources.ts';

/** Variables by which whoever sets them has a program load or run what it should not. */
const DANGEROUS_ENV: readonly string[] = [
  ...['LD_*', 'GCONV_PATH', 'GETCONF_DIR', 'GLIBC_TUNABLES', 'HOSTALIASES', 'LOCALDOMAIN', 'LOCPATH', 'MALLOC_*'],
  ...['NIS_PATH', 'NLSPATH', 'RESOLV_HOST_CONF', 'RES_OPTIONS', 'TMPDIR', 'TZDIR'],
  ...['BASH_ENV', 'BASH_FUNC_*', 'BASHOPTS', 'ENV', 'IFS', 'PROMPT_COMMAND', 'PS4', 'SHELLOPTS'],
  ...['GIO_*', 'GST_*', 'JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS', 'JDK_JAVA_OPTIONS', 'LUA_*', 'NODE_*', 'OPENSSL_*'],
  ...['PERL*', 'PYTHON*', 'RUBY*'],
];

/** Runs inside the container: its path and its environment are the container's. */
const INSIDE = 'startContainer';

export interface CheckedEdits {
  /** what is left of the edits */
  readonly edits: readonly SourcedEdits[];
  readonly warnings: readonly string[];
}

/**
 * Judges edits by trust and by what the host has.
 *
 * @throws {CdiError} UNTRUSTED; STALE_DEVICE with `stale: fail`
 */
export function checkEdits(
  host: Host,
  edits: readonly SourcedEdits[],
  sources: SpecSources,
  options: InjectionOptions,
): CheckedEdits {
  const check = new Check(host, sources, options);
  return { edits: edits.map((sourced) => check.edits(sourced)), warnings: check.warnings };
}

class Check {
  readonly warnings: string[] = [];
  readonly #host: Host;
  readonly #sources: SpecSources;
  readonly #options: InjectionOptions;

  constructor(host: Host, sources: SpecSources, options: InjectionOptions) {
    this.#host = host;
    this.#sources = sources;
    this.#options = options;
  }

  edits(sourced: SourcedEdits): SourcedEdits {
    const { hooks, mounts, deviceNodes } = sourced.edits;
    for (const [index, hook] of (hooks ?? []).entries()) this.#hook(sourced, index, hook);
    const keptMounts = mounts?.filter((mount, index) => this.#mount(sourced, index, mount));
    const keptNodes = deviceNodes?.filter((node, index) => this.#node(sourced, index, node));
    if (keptMounts?.length === mounts?.length && keptNodes?.length === deviceNodes?.length) return sourced;
    const edits: ContainerEdits = { ...sourced.edits, mounts: keptMounts, deviceNodes: keptNodes };
    return { ...sourced, edits };
  }

  #hook(sourced: SourcedEdits, index: number, hook: Hook): void {
    const at = ['hooks', index] as const;
    const subject = `run hook ${quote(hook.path)}`;
    const { hookPaths, owner } = this.#options.trust;
    if (hookPaths.length > 0 && !hookPaths.some((glob) => matchesPath(glob, cleanPath(hook.path)))) {
      throw this.#error(
        'UNTRUSTED',
        subject,
        sourced,
        [...at, 'path'],
        'trust.hookPaths does not list it',
        'add it there',
      );
    }
    if (hook.hookName === INSIDE) return;
    this.#hookEnv(subject, sourced, [...at, 'env'], hook);
    const path = [...at, 'path'];
    if (!hook.path.startsWith('/')) {
      throw this.#error('UNTRUSTED', subject, sourced, path, 'its path is not absolute', 'write the whole path');
    }
    const info = this.#host.pathInfo(hook.path);
    if (failed(info)) {
      // Not left out with `skip`: what the hook would have done is then missing.
      this.#stale(subject, sourced, path, reachProblem(info.errno));
      return;
    }
    if (info.kind !== 'file' && info.kind !== 'link') {
      throw this.#error('UNTRUSTED', subject, sourced, path, 'it is no regular file', 'name a program');
    }
    const problem = owner === 'strict' ? this.#sources.trust.problem(hook.path) : undefined;
    if (problem !== undefined) {
      const hint = 'let only root write there, or set trust.owner: off';
      throw this.#error('UNTRUSTED', subject, sourced, path, problem, hint);
    }
  }

  #hookEnv(subject: string, sourced: SourcedEdits, at: readonly (string | number)[], { env = [] }: Hook): void {
    for (const [index, entry] of env.entries()) {
      const name = entry.slice(0, entry.indexOf('='));
      if (!DANGEROUS_ENV.some((glob) => matchesGlob(glob, name))) continue;
      if (this.#options.trust.hookEnv.some((glob) => matchesGlob(glob, name))) continue;
      const why = `variable ${quote(name)} could make it run what somebody else chose`;
      throw this.#error('UNTRUSTED', subject, sourced, [...at, index], why, 'remove it, or list it in trust.hookEnv');
    }
  }

  /** Whether the mount stays. */
  #mount(sourced: SourcedEdits, index: number, { hostPath }: Mount): boolean {
    const at = ['mounts', index, 'hostPath'];
    const subject = `mount ${quote(hostPath)}`;
    this.#hostPath(subject, sourced, at, hostPath);
    // Other sources are names, of a tmpfs for example.
    if (!hostPath.startsWith('/')) return true;
    const info = this.#host.pathInfo(hostPath);
    return !failed(info) || this.#stale(subject, sourced, at, reachProblem(info.errno));
  }

  /** Whether the node stays. */
  #node(sourced: SourcedEdits, index: number, node: DeviceNode): boolean {
    const hostPath = node.hostPath === undefined || node.hostPath === '' ? node.path : node.hostPath;
    const at = ['deviceNodes', index];
    const subject = `inject device node ${quote(hostPath)}`;
    this.#hostPath(subject, sourced, at, hostPath);
    const info = this.#host.deviceInfo(hostPath);
    const problem = failed(info) ? reachProblem(info.errno) : nodeProblem(node, info);
    return problem === undefined || this.#stale(subject, sourced, at, problem);
  }

  #hostPath(subject: string, sourced: SourcedEdits, at: readonly (string | number)[], path: string): void {
    const { hostPaths } = this.#options.trust;
    if (hostPaths.length === 0 || hostPaths.some((glob) => matchesPath(glob, cleanPath(path)))) return;
    throw this.#error(
      'UNTRUSTED',
      subject,
      sourced,
      at,
      `trust.hostPaths lists only ${quoteList(hostPaths)}`,
      'add it there',
    );
  }

  /** Deals with something that the host lacks; whether it stays among the edits. */
  #stale(subject: string, sourced: SourcedEdits, at: readonly (string | number)[], why: string): boolean {
    const error = this.#error('STALE_DEVICE', subject, sourced, at, why, 'generate the spec anew');
    if (this.#options.stale === 'fail') throw error;
    const isLeftOut = this.#options.stale === 'skip' && at[0] !== 'hooks';
    this.warnings.push(isLeftOut ? `left out: ${error.message}` : error.message);
    return !isLeftOut;
  }

  #error(
    code: ErrorCode,
    subject: string,
    sourced: SourcedEdits,
    field: readonly (string | number)[],
    why: string,
    hint: string,
  ): CdiError {
    const what = `${subject} of spec ${quote(sourced.path)}`;
    return new CdiError(code, { what, path: sourced.path, at: this.#sources.locate(sourced, field), why, hint });
  }
}

function reachProblem(errno: string): string {
  return errno === 'ENOENT' || errno === 'ENOTDIR' ? 'the host does not have it' : `it cannot be looked at (${errno})`;
}

/** In which way the host's node is another than the spec says. */
function nodeProblem(node: DeviceNode, info: DeviceInfo): string | undefined {
  const wanted = node.type === 'u' ? 'c' : (node.type ?? '');
  if (wanted !== '' && wanted !== info.type) {
    return `the host has ${typeWords(info.type)}, the spec says ${typeWords(wanted)}`;
  }
  // A node without a major number takes both numbers from the host.
  if (node.major === undefined || Number(node.major) === 0 || info.type === 'p' || info.type === '') return undefined;
  const [major, minor] = [Number(node.major), Number(node.minor ?? 0)];
  if (major === info.major && minor === info.minor) return undefined;
  return `the host has ${info.major}:${info.minor}, the spec says ${major}:${minor}`;
}

function typeWords(type: string): string {
  const words: Readonly<Record<string, string>> = { b: 'a block device', c: 'a character device', p: 'a named pipe' };
  return words[type] ?? 'no device';
}
