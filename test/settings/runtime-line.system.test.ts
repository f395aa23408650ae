import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadSettings } from '../../src/settings/load.ts';
import { readRuntimeLine } from '../../src/settings/runtime-line.ts';
import { memoryHost } from '../host/memory-host.ts';
import { RUNS } from '../support/json-documents.ts';
import { SHIM } from '../support/run-shim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const cases: [title: string, text: string, want: string | undefined][] = [
  ['a plain name', 'runtime: crun\n', 'crun'],
  ['a plain path', 'runtime:\t /usr/bin/crun', '/usr/bin/crun'],
  ['single quotes', "runtime: 'a b'\n", 'a b'],
  ['double quotes', 'runtime: "a\tb" # why\n', 'a\tb'],
  ['empty quotes', 'runtime: ""\n', ''],
  ['a comment', 'runtime: crun # \u2028 "x"\n', 'crun'],
  ['CR LF and lone CR', 'a: 1\r\nruntime: crun\rb: 2', 'crun'],
  ['a byte order mark', '\ufeffruntime: crun\n', 'crun'],
  ['the last of several', 'runtime: runc\nruntime: crun\n', 'crun'],
  ['a good one before a bad one', 'runtime: crun\nruntime: [runc]\n', 'crun'],
  [
    'the first document after directives and comments',
    '# x\n%YAML 1.1\n \n---\nruntime: crun\n---\nruntime: runc\n',
    'crun',
  ],
  ['keys that only look like markers', '---x: 1\n...y: 2\nruntime: crun\n', 'crun'],
  ['a file that is otherwise broken', '}: [\n\u0001\nruntime: crun\n', 'crun'],
  ['an end marker at once', '...\nruntime: crun\n', undefined],
  ['a no-break space, which is content', '\u00a0\n---\nruntime: crun\n', undefined],
  ['a percent sign in a document', 'a: 1\n%\n---\nruntime: crun\n', undefined],
  ['no blank', 'runtime:crun\n', undefined],
  ['indented', ' runtime: crun\n', undefined],
  ['two words', 'runtime: crun x\n', undefined],
  ['glued comment', 'runtime: crun#x\n', undefined],
  ['other quotes inside', `runtime: 'a"b'\n`, undefined],
  ['a doubled quote', "runtime: 'a''b'\n", undefined],
  ['an escape', 'runtime: "a\\x41"\n', undefined],
  ['a control character in quotes', 'runtime: "a\u0001"\n', undefined],
  ['an anchor', 'runtime: &a crun\n', undefined],
  ['nothing', 'runtime: \nruntime:\n', undefined],
  ['other letters', 'runtime: crün\n', undefined],
  ['an empty text', '', undefined],
];
for (const [title, text, want] of cases)
  test(`readRuntimeLine() reads ${title}`, () => assert.equal(readRuntimeLine(text), want));

const folder = temporaryFolder();
const PROGRAMS = ['A', 'B'].map((name) => {
  const program = join(folder, name);
  writeFileSync(program, `#!/bin/sh\necho ${name}\n`, { mode: 0o755 });
  return program;
});

/** Which stand-in the shim becomes with each of the settings; empty for neither. */
function startedBy(texts: readonly string[]): string[] {
  const files = texts.map((text, i) => {
    const file = join(folder, `config-${i}.yaml`);
    writeFileSync(file, text, { mode: 0o644 });
    return file;
  });
  const script = 'shim=$1; shift; for file; do echo "$(CDI_RUNTIME_CONFIG=$file $shim state x 2>/dev/null)"; done';
  const { stdout, stderr } = spawnSync('/bin/sh', ['-c', script, 'sh', SHIM, ...files], { encoding: 'utf8' });
  assert.equal(stderr, '');
  const lines = stdout.split('\n').slice(0, texts.length);
  return lines.map((line) => (line === 'A' || line === 'B' ? line : ''));
}

const value = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...PROGRAMS) },
  { weight: 1, arbitrary: fc.constantFrom('/nonexistent/x', 'bin/x', 'ü') },
);
const written = fc
  .tuple(
    value,
    fc.constantFrom(
      '%',
      '%',
      '%',
      "'%'",
      '"%"',
      '"%',
      '\'%"',
      '&a %',
      '!!str %',
      '[%]',
      '"%\\x20"',
      '%x',
      "'%' x",
      '|\n  %',
    ),
  )
  .map(([path, form]) => form.replace('%', path));
const blank = fc.constantFrom(' ', ' ', ' ', '\t', ' \t ', '', '\u00a0');
const tail = fc.constantFrom('', '', '', ' ', ' # x', '\t#', '#x', ' x', ' # "\'\\', ' #\u2028', '\f');
const runtimeLine = fc
  .tuple(
    fc.constantFrom('', '', '', '', ' ', '#', '"', '- '),
    fc.constantFrom('runtime', 'runtime', 'runtime', 'Runtime'),
    blank,
    written,
    tail,
  )
  .map(([before, key, between, what, after]) => `${before}${key}:${between}${what}${after}`);
const otherLine = fc.constantFrom(
  ...['', ' ', '\t', '# x', ' # x', '---', '--- ', '---\t# x', '---x', '--', ' ---', '...', '... ', '...x', ' ...'],
  ...[
    '%YAML 1.1',
    ' %',
    '%',
    'family: crun',
    'specDirs: [',
    '}',
    '\u0001',
    '\u0000',
    '\u00a0',
    '\u0085',
    '\u2028',
    '\v',
    '\ufeff',
    'ä',
  ],
);
const settings = fc
  .tuple(
    fc.constantFrom('', '', '', '\ufeff', '\ufeff\ufeff'),
    fc.array(
      fc.tuple(
        fc.oneof({ weight: 2, arbitrary: runtimeLine }, { weight: 3, arbitrary: otherLine }),
        fc.constantFrom('\n', '\n', '\r\n', '\r'),
      ),
      { maxLength: 8 },
    ),
    fc.boolean(),
  )
  .map(([mark, lines, ends]) => {
    const text = mark + lines.map(([line, end]) => line + end).join('');
    return ends ? text : text.replace(/[\r\n]+$/, '');
  });

test('the C half of the shim reads the same runtime: line', () => {
  const [a, b] = PROGRAMS;
  const counts = { A: 0, B: 0, '': 0 };
  fc.assert(
    fc.property(fc.array(settings, { minLength: 100, maxLength: 100 }), (texts) => {
      const started = startedBy(texts);
      const differing = texts.filter((text, i) => {
        const path = readRuntimeLine(text);
        const name = path === a ? 'A' : path === b ? 'B' : '';
        counts[name]++;
        return name !== started[i];
      });
      assert.deepEqual(differing, []);
    }),
    { numRuns: Math.ceil(RUNS / 40), endOnFailure: true },
  );
  assert.ok(RUNS < 1000 || Math.min(...Object.values(counts)) > 10, JSON.stringify(counts));
});

// Files that the core reads: each part is good by itself, but for what stands in the way of another.

const [A = '', B = ''] = PROGRAMS;
const chosen = fc.constantFrom(
  ...[
    `runtime: ${A}`,
    `runtime: ${B}`,
    `runtime: "${A}" # why`,
    `runtime:\t'${B}'\t`,
    'runtime: auto',
    'runtime: "auto"',
  ],
  ...[`"runtime": ${A}`, `runtime:\n  ${A}`, `? runtime\n: ${A}`, `!!str runtime: ${A}`, `runtime: &a ${A}`],
  ...[`runtime: >-\n  ${A}`, `runtime: !!str ${A}`, `runtime: "${A}\\\n  "`, `runtime: ~`, `&a runtime: ${A}`],
);
const decoy = fc.constantFrom(
  ...[`# runtime: ${B}`, `log: { path: "/x\nruntime: ${B}\n" }`, `specDirs: ["/x\nruntime: ${B}\n", /y]`],
  ...[
    `specDirs: [/x,\nruntime: ${B}\n]`,
    `unresolved: # runtime: ${B}\n  warn`,
    `log: { path: '/x\n\nruntime: ${B}' }`,
  ],
  ...[
    `specDirs: [/x, # ]\n#runtime: ${B}\n/y]`,
    `...\nruntime: ${B}`,
    `---\nruntime: ${B}`,
    `"wait\nruntime: ${B}": 1`,
  ],
  ...[`log:\n  path: /x\n  runtime: ${B}`, `log:\n  path: "/x\n  runtime: ${B}"`, `%YAML 1.1\n---\nruntime: ${B}`],
);
const harmless = fc.constantFrom(
  '',
  '# x',
  'family: crun',
  'hooks: { emptyEnv: keep }',
  '---',
  'audit: { enabled: no }',
);
const readable = fc
  .tuple(
    fc.constantFrom('', '', '\ufeff'),
    fc.array(
      fc.oneof({ weight: 3, arbitrary: chosen }, { weight: 2, arbitrary: decoy }, { weight: 3, arbitrary: harmless }),
      { maxLength: 4 },
    ),
    fc.constantFrom('\n', '\n', '\n', '\r\n', '\r'),
  )
  .map(
    ([mark, parts, end]) =>
      mark +
      parts
        .map((part) => `${part}\n`)
        .join('')
        .replaceAll('\n', end),
  );

/** What the core takes; undefined where it refuses the file. */
function acceptedRuntime(text: string): string | undefined {
  try {
    const host = memoryHost({ '/c.yaml': text }, { environment: { CDI_RUNTIME_CONFIG: '/c.yaml' } });
    return loadSettings(host).settings.runtime;
  } catch {
    return undefined;
  }
}

test('the C half of the shim takes the runtime that the core takes from the whole file', () => {
  const counts = { A: 0, B: 0, '': 0, refused: 0 };
  fc.assert(
    fc.property(fc.array(readable, { minLength: 100, maxLength: 100 }), (texts) => {
      const started = startedBy(texts);
      const differing = texts.filter((text, i) => {
        const path = acceptedRuntime(text);
        const name = path === undefined ? 'refused' : path === A ? 'A' : path === B ? 'B' : '';
        counts[name]++;
        return name !== 'refused' && name !== started[i];
      });
      assert.deepEqual(differing, []);
    }),
    { numRuns: Math.ceil(RUNS / 40), endOnFailure: true },
  );
  assert.ok(RUNS < 1000 || Math.min(...Object.values(counts)) > 10, JSON.stringify(counts));
});
