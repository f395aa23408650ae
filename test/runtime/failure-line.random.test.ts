import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { writeLogLine, writeOneLine, writeTime } from '../../src/runtime/failure-line.ts';
import { RUNS } from '../support/json-documents.ts';

const messages = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 1500 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 1500 }).map((units) => String.fromCharCode(...units)),
  fc
    .array(fc.constantFrom('\n', '\r', '\u0000', '\u007f', '\u0085', '\u2028', '"', '\\', 'é', '\ud83d', '\u{1f600}'))
    .map((parts) => parts.join('')),
);

const lines: [title: string, message: string, want: string][] = [
  [
    'leaves an ordinary message',
    'cannot load spec "/etc/cdi/é.yaml": line 1, column 2',
    'cannot load spec "/etc/cdi/é.yaml": line 1, column 2',
  ],
  ['makes one blank of a run of control characters', 'a\r\n\u0000\u0085b\u2028c\td', 'a b c d'],
  ['makes a blank of what turns the direction of text', 'a\u202e\u2066b\u202ac\u2069d\u061c\u2060', 'a b c d '],
  ['replaces halves of pairs, and no pairs', '\ud83d\ud83d\ude00\ude00\udcff', '\ufffd\u{1f600}\ufffd\ufffd'],
  ['leaves 1,000 characters', '\u{1f600}'.repeat(1000), '\u{1f600}'.repeat(1000)],
  ['cuts what is longer', '\u{1f600}'.repeat(1001), `${'\u{1f600}'.repeat(999)}…`],
  ['leaves an empty message', '', ''],
];
for (const [title, message, want] of lines)
  test(`writeOneLine() ${title}`, () => assert.equal(writeOneLine(message), want));

test('writeOneLine() is one line of sound text, of bounded length, that stays when it is made again', () => {
  fc.assert(
    fc.property(messages, (message) => {
      const line = writeOneLine(message);
      assert.doesNotMatch(line, /[\p{Cc}\u2028\u2029]/u);
      assert.ok(line.isWellFormed());
      assert.ok([...line].length <= 1000);
      assert.equal(writeOneLine(line), line);
    }),
    { numRuns: RUNS },
  );
});

test('writeLogLine() writes the forms of runc', () => {
  const message = 'cannot load spec "a\\b": x';
  assert.equal(
    writeLogLine('runc', 'json', message, 1_700_000_000_123),
    '{"level":"error","msg":"cannot load spec \\"a\\\\b\\": x","time":"2023-11-14T22:13:20Z"}\n',
  );
  assert.equal(
    writeLogLine('runc', 'text', message, 1_700_000_000_123),
    'time="2023-11-14T22:13:20Z" level=error msg="cannot load spec \\"a\\\\b\\": x"\n',
  );
});

test('writeLogLine() writes the forms of crun', () => {
  const message = 'cannot load spec "a\\b": x';
  assert.equal(writeLogLine('crun', 'text', message, 1_700_000_000_123), `${message}\n`);
  assert.equal(
    writeLogLine('crun', 'json', message, 1_700_000_000_123),
    '{"msg":"cannot load spec \\"a\\\\b\\": x","level":"error","time":"2023-11-14T22:13:20.123000Z"}\n',
  );
});

test('writeLogLine() is one line of JSON that says the message', () => {
  fc.assert(
    fc.property(messages, fc.nat({ max: 2 ** 45 }), (text, time) => {
      const message = writeOneLine(text);
      const line = writeLogLine('runc', 'json', message, time);
      assert.equal(line.indexOf('\n'), line.length - 1);
      assert.deepEqual(JSON.parse(line), { level: 'error', msg: message, time: writeTime(time) });
      const inText = writeLogLine('runc', 'text', message, time);
      assert.equal(inText, `time="${writeTime(time)}" level=error msg=${JSON.stringify(message)}\n`);
      assert.equal(inText.indexOf('\n'), inText.length - 1);
    }),
    { numRuns: RUNS },
  );
});

const times: string[] = [
  '1970-01-01T00:00:00.000Z',
  '1969-12-31T23:59:59.999Z',
  '1999-12-31T23:59:59.999Z',
  '2000-02-29T12:00:00.000Z',
  '2000-03-01T00:00:00.000Z',
  '2024-02-29T23:59:59.000Z',
  '2038-01-19T03:14:08.000Z',
  '2100-02-28T23:59:59.000Z',
  '2100-03-01T00:00:00.000Z',
  '0000-03-01T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
];
for (const time of times)
  test(`writeTime() writes ${time}`, () => assert.equal(writeTime(Date.parse(time)), time.replace(/\.\d+Z$/, 'Z')));

test('writeTime() agrees with Date from year 0 to 9999', () => {
  const time = fc.integer({ min: Date.parse('0000-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59Z') });
  fc.assert(
    fc.property(time, (milliseconds) => {
      assert.equal(writeTime(milliseconds), new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z'));
    }),
    { numRuns: RUNS * 5 },
  );
});
