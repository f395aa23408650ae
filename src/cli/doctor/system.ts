// The machine that cdictl runs on, for questions of doctor that the port Host does not have.
import { accessSync, constants, statfsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { gunzipSync } from 'node:zlib';
import type { SpecHost } from '../../host/host.ts';
import { CdiError } from '../../text/error.ts';
import { readCdiReaders } from '../engine/cdi-readers.ts';
import { type EngineStatus, readEngineStatus } from '../engine/status.ts';
import { readWirings } from '../engine/wirings.ts';
import { readErrno } from '../files/errno.ts';
import { resolveInRoot } from '../files/host-root.ts';
import { findPackagedShim } from '../files/packaged-shim.ts';
import { LARGEST_FILE, readBytes } from '../files/read-bytes.ts';
import type { System } from './host-view.ts';

const LONGEST_MS = 2000;

/**
 * @param host of this process
 * @param root of the host that is looked at; empty for this one
 */
export function createSystem(host: SpecHost, root: string): System {
  const bytes = (path: string): Uint8Array | undefined => attempt(() => readBytes(resolveInRoot(root, path)));
  return {
    architecture: process.arch,
    room: (path) => {
      const stat = attempt(() => statfsSync(resolveInRoot(root, path)));
      return stat && stat.bavail * stat.bsize;
    },
    mayWrite: (path) => {
      const allowed = attempt(() => {
        accessSync(resolveInRoot(root, path), constants.W_OK);
        return true;
      });
      return allowed === true;
    },
    bytes,
    firstLine: async (program, args) => {
      const { execaSync } = await import('execa');
      const { exitCode, stdout } = execaSync(program, args, {
        cwd: '/',
        // A program that ends by no other signal is ended all the same.
        killSignal: 'SIGKILL',
        maxBuffer: 1024 * 1024,
        reject: false,
        stdio: ['ignore', 'pipe', 'ignore'],
        timeout: LONGEST_MS,
      });
      return exitCode === 0 ? stdout.split('\n')[0] : undefined;
    },
    kernelConfig: () => {
      const packed = bytes('/proc/config.gz');
      if (packed !== undefined) return attempt(() => gunzipSync(packed, { maxOutputLength: LARGEST_FILE }).toString());
      const release = bytes('/proc/sys/kernel/osrelease');
      const config = release && bytes(`/boot/config-${Buffer.from(release).toString().trim()}`);
      return config && Buffer.from(config).toString();
    },
    packagedShim: () => {
      try {
        return readBytes(findPackagedShim());
      } catch (error) {
        if (error instanceof CdiError) return undefined;
        throw error;
      }
    },
    userName: () => attempt(() => userInfo().username),
    engines: async () => {
      const statuses: EngineStatus[] = [];
      for (const wiring of await readWirings(host, root)) statuses.push(await readEngineStatus(host, wiring));
      return statuses;
    },
    cdiReaders: () => readCdiReaders(host, root),
  };
}

/** undefined for what the system refuses. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    readErrno(error);
    return undefined;
  }
}
