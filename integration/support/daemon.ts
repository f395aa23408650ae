// A daemon of a test: started apart, waited for, and ended by its pid.
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';

export interface Daemon {
  /** what it has said so far */
  log(): string;
  /** Sends a signal, and does not wait for what comes of it. */
  signal(name: NodeJS.Signals): void;
  /** Ends it, and waits for that. */
  stop(): Promise<void>;
}

const EACH_MS = 50;
const PATIENCE_MS = 60_000;

/**
 * Starts a daemon and waits until it answers.
 *
 * @param isUp asks it
 */
export async function startDaemon(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  logFile: string,
  isUp: () => boolean,
): Promise<Daemon> {
  const log = createWriteStream(logFile, { flags: 'a' });
  await once(log, 'open');
  const child = execa(program, args, {
    detached: true,
    env,
    extendEnv: false,
    forceKillAfterDelay: PATIENCE_MS,
    reject: false,
    // the open file itself: a pipe would fill while a command that asks the daemon keeps this process waiting
    stdio: ['ignore', log, log],
  });
  log.end();
  const daemon: Daemon = {
    log: () => readFileSync(logFile, 'utf8'),
    signal: (name) => {
      child.kill(name);
    },
    stop: async () => {
      child.kill();
      await child;
    },
  };
  const end = Date.now() + PATIENCE_MS;
  while (!isUp()) {
    if (child.pid === undefined || child.exitCode !== null || Date.now() > end) {
      await daemon.stop();
      throw new Error(`${program} does not answer:\n${daemon.log().slice(-4000)}`);
    }
    await pause(EACH_MS);
  }
  return daemon;
}

/** Waits until something is so. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await pause(EACH_MS);
  }
}
