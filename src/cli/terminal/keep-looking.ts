// A command that stays running: it looks at once, again after each change in some directories, and ends with a signal.

import type { Logger } from 'pino';
import { quote } from '../../text/quote.ts';
import type { Context } from '../command.ts';
import { DirectoryWatch } from '../files/directory-watch.ts';
import { openLog } from './log.ts';

export interface Looking {
  readonly directories: readonly string[];
  /** what a person is told at the beginning */
  readonly what: string;
  /** how often to look without a change, for what changes unseen; undefined: not at all */
  readonly everyMs?: number;
  look(log: Logger, isFirst: boolean): void;
}

/** Never fails by a directory that cannot be watched; what `look` throws ends it. */
export function keepLooking(context: Context, { directories, what, everyMs, look }: Looking): Promise<0> {
  const { stderr, quiet } = context;
  const log = openLog(context);
  return new Promise((resolve, reject) => {
    const tell = (isFirst: boolean): void => {
      try {
        look(log, isFirst);
      } catch (error) {
        close();
        reject(error);
      }
    };
    const watching = new DirectoryWatch(directories, () => tell(false), tellUnwatched(log));
    const timer = everyMs === undefined ? undefined : setInterval(() => tell(false), everyMs);
    const close = (): void => {
      watching.close();
      clearInterval(timer);
    };
    const end = (signal: NodeJS.Signals): void => {
      close();
      log.info({ signal }, 'ended');
      resolve(0);
    };
    // Before anything is said: who reads it may press the key at once.
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
    if (stderr.isTerminal && !quiet) stderr.write(`watching ${what}; Ctrl-C ends it\n`);
    log.info({ directories }, 'watching');
    tell(true);
  });
}

function tellUnwatched(log: Logger): (path: string, errno: string) => void {
  return (path, errno) => {
    log.warn({ path, errno }, `directory ${quote(path)} cannot be watched (${errno}): it is looked at again and again`);
  };
}
