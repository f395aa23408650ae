// Entry of the core inside the shim: runs once, over the object `host` of shim/*.c, and tells it the outcome.
import { createQuickjsHost, type NativeHost } from '../host/quickjs.ts';
import { CdiError } from '../text/error.ts';
import { namePage, writeLogLine, writeOneLine } from './failure-line.ts';
import { type FailureLog, intercept } from './intercept.ts';

declare const host: NativeHost;

const SPLIT = '\u0001';

const world = createQuickjsHost(host);

function runShim(): void {
  let log: FailureLog = { file: undefined, format: 'text', style: 'runc' };
  const announce = (known: FailureLog): void => {
    log = known;
    // The host writes this line by itself if the core is stopped by a limit: only the reason is open.
    const crash = writeLogLine(log.style, log.format, `cannot start the container: ${SPLIT}`, host.now());
    const [before = '', after = ''] = crash.split(crash.includes(SPLIT) ? SPLIT : '\\u0001');
    host.onCrash(log.file ?? '', before, after);
  };
  try {
    intercept(world, host, announce, (unsafe) =>
      host.answerFeatures(unsafe.map((key) => JSON.stringify(key)).join('\n')),
    );
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
    const message = `${writeOneLine(error.message)} ${namePage(error.code)}`;
    if (log.file !== undefined) world.append(log.file, writeLogLine(log.style, log.format, message, host.now()));
    host.fail(message);
  }
}

host.ready(runShim);
