// Entry of the core inside the shim: runs once, over the object `host` of shim/*.c, and tells it the outcome.
import { type NativeHost, quickjsHost } from '../host/quickjs.ts';
import { CdiError } from '../text/error.ts';
import { logLine, oneLine } from './failure-line.ts';
import { type FailureLog, intercept } from './intercept.ts';

declare const host: NativeHost;

const SPLIT = '\u0001';

function main(): void {
  const world = quickjsHost(host);
  let log: FailureLog = { file: undefined, format: 'text', style: 'runc' };
  const announce = (known: FailureLog): void => {
    log = known;
    // The host writes this line by itself if the core is stopped by a limit: only the reason is open.
    const crash = logLine(log.style, log.format, `cannot start the container: ${SPLIT}`, host.now());
    const [before = '', after = ''] = crash.split(crash.includes(SPLIT) ? SPLIT : '\\u0001');
    host.onCrash(log.file ?? '', before, after);
  };
  try {
    intercept(world, host, announce);
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
    const message = oneLine(error.message);
    if (log.file !== undefined) world.append(log.file, logLine(log.style, log.format, message, host.now()));
    host.fail(message);
  }
}

main();
