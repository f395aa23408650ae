// The usual reporter, which says at the end, too, why tests were skipped: so a tool that is missing is seen.
import { Readable } from 'node:stream';
import { spec, type TestEvent } from 'node:test/reporters';

export default async function* skippedTests(events: AsyncIterable<TestEvent>): AsyncGenerator<unknown> {
  const counts = new Map<string, number>();
  async function* counted(): AsyncGenerator<TestEvent> {
    for await (const event of events) {
      const reason = event.type === 'test:pass' && event.data.skip;
      if (typeof reason === 'string') counts.set(reason, (counts.get(reason) ?? 0) + 1);
      yield event;
    }
  }
  yield* Readable.from(counted()).pipe(new spec());
  for (const [reason, count] of counts) yield `skipped ${count}: ${reason}\n`;
}
