// cdictl snapshot: a host in one file.
import { CdiError } from '../../text/error.ts';
import { spellJson } from '../../text/json.ts';
import { layOutJson } from '../../text/lay-out-json.ts';
import { quote } from '../../text/quote.ts';
import { escapeSteering } from '../../text/steering.ts';
import type { ExitCode, Run } from '../command.ts';
import { readErrno } from '../files/errno.ts';
import { readHostRoot } from '../files/host-root.ts';
import { putFile } from '../files/put-file.ts';
import { takeSnapshot } from '../snapshot/take-snapshot.ts';
import { escapeCell } from '../terminal/cell.ts';
import { writeCount } from '../terminal/plural.ts';

const STANDARD_OUTPUT = '-';
/** Configuration that its owner keeps to himself may be in it. */
const MODE = 0o600;

export const run: Run = async (context, given): Promise<ExitCode> => {
  const [path = STANDARD_OUTPUT] = given.operands;
  const { files, leftOut, ...rest } = await takeSnapshot(context, readHostRoot(given));
  // what a person looks for first
  const text = escapeSteering(layOutJson(spellJson({ ...rest, leftOut, files })));
  if (path === STANDARD_OUTPUT) context.stdout.write(text);
  else put(path, text);
  if (!context.quiet) {
    const count = writeCount(Object.keys(files).length, 'path');
    for (const line of [`${count}; read it before you give it away. Left out:`, ...leftOut.map((one) => `  ${one}`)])
      context.stderr.write(`cdictl: ${escapeCell(line)}\n`);
  }
  return 0;
};

function put(path: string, text: string): void {
  try {
    putFile(path, text, MODE);
  } catch (error) {
    const errno = readErrno(error);
    const why = errno === 'ENOENT' ? 'its folder is missing' : `it was refused (${errno})`;
    throw new CdiError('CANNOT_WRITE', {
      what: `write the snapshot ${quote(path)}`,
      path,
      why,
      hint: 'name another file',
    });
  }
}
