// The usual reporter, which keeps failures short, and says at the end why tests were skipped: so a missing tool is seen.
import { Readable } from 'node:stream';
import { spec, type TestEvent } from 'node:test/reporters';
import { inspect, stripVTControlCharacters } from 'node:util';

const MOST_LINES = 36;
const LONGEST_LINE = 200;
/** No word is as long: it is a program's bytes, as base64 or as digits. */
const BYTES = /[\w+/=]{120,}/g;

export default async function* skippedTests(events: AsyncIterable<TestEvent>): AsyncGenerator<unknown> {
  const counts = new Map<string, number>();
  async function* counted(): AsyncGenerator<TestEvent> {
    for await (const event of events) {
      const reason = event.type === 'test:pass' && event.data.skip;
      if (typeof reason === 'string') counts.set(reason, (counts.get(reason) ?? 0) + 1);
      if (event.type === 'test:fail') shortenFailure(event.data.details.error);
      yield event;
    }
  }
  yield* Readable.from(counted()).pipe(new spec());
  for (const [reason, count] of counts) yield `skipped ${count}: ${reason}\n`;
}

/** The spec reporter prints an error's cause: the new one holds only the short text. */
function shortenFailure(failure: Error): void {
  if (!(failure.cause instanceof Error)) return;
  const short = new Error();
  short.stack = readableText(inspect(failure.cause, { maxStringLength: 2000, maxArrayLength: 40 }));
  failure.cause = short;
}

/** Its start says what failed, and its end what was expected: what is left out stands between. */
export function readableText(text: string): string {
  const lines = stripVTControlCharacters(text).split('\n').map(readableLine);
  if (lines.length <= MOST_LINES) return lines.join('\n');
  const half = MOST_LINES / 2;
  const leftOut = `… ${lines.length - MOST_LINES} lines left out …`;
  return [...lines.slice(0, half), leftOut, ...lines.slice(-half)].join('\n');
}

function readableLine(line: string): string {
  const plain = line
    .replace(/[^\P{C}\t]/gu, '.')
    .replace(BYTES, (run) => `${run.slice(0, 20)}… (${run.length} characters)`);
  return plain.length <= LONGEST_LINE ? plain : `${plain.slice(0, LONGEST_LINE - 1)}…`;
}
