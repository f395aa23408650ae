// Random command lines: the shim edits the file that the grammar names, or none, and hands every line over as it was, but
// for those that no one can read, beside a document that asks.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Family, readCommandLine, readLine } from '../../src/oci/command-line.ts';
import { asRecorded } from '../support/fake-runtime.ts';
import { RUNS } from '../support/json-documents.ts';
import { SHIM } from '../support/run-shim.ts';
import { ASKING, INJECTED } from '../support/small-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { launcher, start } from './launch.ts';
import { program } from './probe-binary.ts';

const folder = temporaryFolder();
const launch = launcher(folder);
const recorder = program('recorder');
const documents = [
  'config.json',
  'b/config.json',
  'b/c.json',
  '-b/config.json',
  '=b/config.json',
  '\udcff/config.json',
];
for (const bundle of ['b', '-b', '=b', 'cdi']) mkdirSync(join(folder, bundle));
mkdirSync(bytesOf(join(folder, '\udcff')));
symlinkSync('b', join(folder, 'l'));
for (const document of documents) writeFileSync(bytesOf(join(folder, document)), ASKING);
writeFileSync(
  join(folder, 'cdi/vendor.yaml'),
  'cdiVersion: 0.3.0\nkind: vendor.com/gpu\ndevices: [{ name: gpu0, containerEdits: { env: [GPU=gpu0] } }]\n',
);

/** As the core has paths: a byte that is no UTF-8 is a lone surrogate. */
function bytesOf(text: string): Buffer {
  return Buffer.concat(
    [...text].map((character) => {
      const code = character.codePointAt(0) ?? 0;
      return code >= 0xdc80 && code <= 0xdcff ? Buffer.from([code - 0xdc00]) : Buffer.from(character);
    }),
  );
}

const option = fc.constantFrom(
  ...['--bundle', '-b', '-bundle', '--bun', '--config', '-f', '--log', '--log-format', '--root', '-r', '--debug', '-d'],
  ...[
    '--detach',
    '--no-pivot',
    '--pid-file',
    '-p',
    '--',
    '-',
    '---',
    '--help',
    '-h',
    '--systemd-cgroup',
    '-s',
    '--keep',
  ],
);
const value = fc.constantFrom(
  'b',
  './b/.',
  'l',
  'l/../b',
  '-b',
  '=b',
  '',
  '.',
  'b/c.json',
  '\udcff',
  'nowhere',
  'é',
  '1',
  'json',
  ' b',
);
const word = fc.oneof(
  { weight: 3, arbitrary: option },
  { weight: 3, arbitrary: value },
  { weight: 2, arbitrary: fc.tuple(option, value).map(([name, text]) => `${name}=${text}`) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('-b', '-f', '-db', '-l'), value).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.constantFrom('create', 'run', 'restore', 'state', 'id', 'a b', 'c\udc80', '\n') },
);
/** Sound parts, as far as one family or another takes them. */
const globals = fc.oneof(
  fc.constantFrom(['--debug'], ['--systemd-cgroup'], ['--root', 'r'], ['--root=r'], ['--log=l'], ['--log', '']),
  fc.constantFrom(
    ['--log-format', 'json'],
    ['--log-format=text'],
    ['-debug'],
    ['-root', 'r'],
    ['--'],
    ['-s'],
    ['-r', 'x'],
  ),
);
const bundle = fc
  .tuple(fc.constantFrom('--bundle', '-b', '-bundle', '--bundle=', '-b=', '-b\0', '--bun', '--config', '-f'), value)
  .map(([name, text]) => (name.endsWith('=') ? [name + text] : name.endsWith('\0') ? [`-b${text}`] : [name, text]));
const locals = fc.oneof(
  { weight: 3, arbitrary: bundle },
  {
    weight: 2,
    arbitrary: fc.constantFrom(['--no-pivot'], ['--pid-file', 'p'], ['--pid-file=p'], ['--console-socket', 'x']),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(['--detach'], ['-d'], ['--no-new-keyring'], ['--preserve-fds', '1'], ['--']),
  },
);
const some = (part: fc.Arbitrary<readonly string[]>, maxLength: number): fc.Arbitrary<string[]> =>
  fc.array(part, { maxLength }).map((parts) => parts.flat());
const sound = fc
  .tuple(
    some(globals, 2),
    fc.constantFrom(['create'], ['create'], ['run'], ['restore']),
    some(locals, 2),
    fc.constantFrom(['id'], ['id'], ['c\udc80'], ['']),
    fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some(locals, 2) }),
  )
  .map((parts) => parts.flat());
/** A third with one word out of place, and some of nothing but such. */
const lines = fc.oneof(
  { weight: 6, arbitrary: sound },
  {
    weight: 3,
    arbitrary: fc.tuple(sound, fc.nat(), word).map(([line, at, odd]) => line.toSpliced(at % (line.length + 1), 0, odd)),
  },
  { weight: 1, arbitrary: fc.array(word, { maxLength: 6 }) },
);

/** The file that a line makes the runtime open, among the documents. */
function meant(family: Family, argv: readonly string[]): string | undefined {
  const call = readCommandLine(family, argv);
  if (call === undefined || call.config === '' || !exists(call.bundle === '' ? '.' : call.bundle)) return undefined;
  return documents.find((document) => exists(call.config) === exists(document) && exists(document) !== undefined);
}

/** The real path, as bytes in hexadecimal. */
function exists(path: string): string | undefined {
  try {
    return realpathSync.native(bytesOf(path.startsWith('/') ? path : `${folder}/${path}`), 'buffer').toString('hex');
  } catch {
    return undefined;
  }
}

/** What is written into such a log is no edit. */
function logsIntoDocument(argv: readonly string[]): boolean {
  return argv.some((text, at) => {
    const found = /^--?log(?:=(.*))?$/s.exec(text);
    const log = found === null ? undefined : exists(found[1] ?? argv[at + 1] ?? '');
    return log !== undefined && documents.some((document) => exists(document) === log);
  });
}

function edited(): string[] {
  const changed = documents.filter((document) => {
    const text = readFileSync(bytesOf(join(folder, document)), 'utf8');
    assert.ok(text === ASKING || text === INJECTED, text);
    return text === INJECTED;
  });
  for (const document of changed) writeFileSync(bytesOf(join(folder, document)), ASKING);
  return changed;
}

for (const family of ['runc', 'crun', 'youki', 'runsc'] as const)
  test(`whatever line can be read, ${family} gets it as it was, and the file that it opens is edited`, () => {
    const settings = join(folder, `${family}.yaml`);
    writeFileSync(
      settings,
      `runtime: ${recorder}\nfamily: ${family}\nspecDirs: [${folder}/cdi]\naudit: { enabled: false }\n`,
      { mode: 0o644 },
    );
    const counts = { edited: 0, untouched: 0, refused: 0 };
    fc.assert(
      fc.property(lines, (argv) => {
        fc.pre(!logsIntoDocument(argv));
        const bytes = argv.map((text) => bytesOf(text).toString('latin1'));
        const { stdout, stderr, status } = start(launch, folder, {
          program: SHIM,
          words: [SHIM, ...bytes],
          environment: [`CDI_RUNTIME_CONFIG=${settings}`],
          conditions: [],
        });
        const line = readLine(family, argv);
        if (line !== undefined && !('config' in line)) {
          counts.refused++;
          assert.match(stderr, /^cannot read the command line of a (?:create|run|restore): /);
          assert.deepEqual([stdout, status, edited()], ['', 1, []]);
          return;
        }
        const want = meant(family, argv);
        counts[want === undefined ? 'untouched' : 'edited']++;
        assert.deepEqual([stderr, status], ['', 7]);
        const seen = [...stdout.matchAll(/^argv (.*)$/gm)].map(([, text]) => text);
        assert.deepEqual(seen, [recorder, ...argv.map((text) => asRecorded(bytesOf(text)))]);
        assert.deepEqual(edited(), want === undefined ? [] : [want]);
      }),
      { numRuns: Math.ceil(RUNS / 4), endOnFailure: true },
    );
    assert.ok(Math.min(...Object.values(counts)) > RUNS / 200, JSON.stringify(counts));
  });
