// A daemon of a test: started apart, waited for, and ended by its pid.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

export interface Daemon {
  readonly pid: number;
  /** what it has said so far */
  log(): string;
  /** Sends a signal, and does not wait for what comes of it. */
  signal(name: NodeJS.Signals): void;
  /** Ends it by its pid, and waits for that. */
  stop(): Promise<void>;
}

const EACH_MS = 50;
const PATIENCE_MS = 60_000;

/**
 * Starts a daemon and waits until it answers.
 *
 * @param isUp asks it; must not throw
 */
export async function startDaemon(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  logFile: string,
  isUp: () => boolean,
): Promise<Daemon> {
  const log = openSync(logFile, 'a');
  const child = spawn(program, args, { env, stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  const daemon = daemonOf(child, logFile);
  const end = Date.now() + PATIENCE_MS;
  while (!isUp()) {
    if (child.exitCode !== null || Date.now() > end) {
      await daemon.stop();
      throw new Error(`${program} does not answer:\n${daemon.log().slice(-4000)}`);
    }
    await pause(EACH_MS);
  }
  return daemon;
}

function daemonOf(child: ChildProcess, logFile: string): Daemon {
  const { pid } = child;
  if (pid === undefined) throw new Error(`cannot start ${child.spawnfile}`);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    pid,
    log: () => readFileSync(logFile, 'utf8'),
    signal: (name) => {
      process.kill(pid, name);
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      process.kill(pid, 'SIGTERM');
      const late = setTimeout(() => process.kill(pid, 'SIGKILL'), PATIENCE_MS);
      await ended;
      clearTimeout(late);
    },
  };
}

/** Waits until something is so. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await pause(EACH_MS);
  }
}
