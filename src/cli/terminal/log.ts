// What a command that stays running tells of itself, apart from its results: lines of JSON for a journal or a file, and
// for a person at a terminal only what is wrong.
import { type Logger, pino } from 'pino';
import { escapeSteering } from '../../text/steering.ts';
import type { Context } from '../command.ts';
import { escapeCell } from './cell.ts';

/** A log on standard error; each line is out when it is told. */
export function openLog({ stderr, host, quiet }: Pick<Context, 'stderr' | 'host' | 'quiet'>): Logger {
  const { isTerminal } = stderr;
  return pino(
    {
      base: null,
      errorKey: 'error',
      level: quiet || isTerminal ? 'warn' : 'info',
      // The names that runtimes and the shim give to levels.
      formatters: { level: (name) => ({ level: name === 'warn' ? 'warning' : name }) },
      timestamp: () => `,"time":"${new Date(host.now()).toISOString()}"`,
    },
    {
      write: (line) =>
        stderr.write(isTerminal ? `cdictl: ${escapeCell(JSON.parse(line).msg)}\n` : escapeSteering(line)),
    },
  );
}
