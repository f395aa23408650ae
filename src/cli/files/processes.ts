// Processes of a machine, by what the kernel tells of them; each may be gone by the next question.
import { readdirSync, readlinkSync } from 'node:fs';
import { tryReadText } from './folder-entries.ts';

/** @param root where the host's `/` is; empty for this host */
export function listProcesses(root: string): number[] {
  try {
    return readdirSync(`${root}/proc`)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Its command line; undefined where it is gone, empty for one of the kernel. */
export function readCommandLine(root: string, pid: number): readonly string[] | undefined {
  return tryReadText(`${root}/proc/${pid}/cmdline`)?.split('\0').slice(0, -1);
}

/** A variable of the environment that it was started with, which only its user and root may read. */
export function readVariable(root: string, pid: number, name: string): string | undefined {
  const environment = tryReadText(`${root}/proc/${pid}/environ`)?.split('\0') ?? [];
  return environment.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** What a link below `/proc/PID` says; undefined where it is gone or not for this user. */
export function readProcessLink(root: string, pid: number, name: string): string | undefined {
  try {
    return readlinkSync(`${root}/proc/${pid}/${name}`);
  } catch {
    return undefined;
  }
}

/** When the machine was started, in milliseconds since 1970. */
export function readBootTime(root: string): number {
  const uptime = Number((tryReadText(`${root}/proc/uptime`) ?? '0').split(' ')[0]);
  return Date.now() - uptime * 1000;
}
