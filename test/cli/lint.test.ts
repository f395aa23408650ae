// cdictl lint: what it prints, which rules it is asked for, and what --fix does to files.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { layOutDriver } from '../support/driver-update.ts';
import { fileState } from '../support/file-state.ts';
import { assertConforms } from '../support/published-schemas.ts';
import { runCdictl } from '../support/run-cdictl.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Asks for what nobody gets unasked. */
const LOWER = ['version-too-high', 'version-too-low'].map((rule) => `--rule=${rule}`);

const folder = temporaryFolder();
let count = 0;

/** A file in a directory of its own. */
function file(text: string, name = 'vendor.yaml'): string {
  const directory = join(folder, String(++count));
  mkdirSync(directory);
  writeFileSync(join(directory, name), text);
  return join(directory, name);
}

const REST =
  'kind: vendor.com/gpu\ndevices: [{ name: GPU-4a, containerEdits: { env: [A=1], additionalGids: [44] } }]\n';

/** A spec that needs 0.7.0, after a line of its version. */
const spec = (version: string, eol = '\n'): string => `${version}\n${REST}`.replaceAll('\n', eol);

test('findings are printed with place, severity, rule and cure, and counted', async () => {
  const path = file(`cdiVersion: 0.6.0\n${REST.replace('A=1', 'A=1, A=2')}`);
  assert.deepEqual(await runCdictl(['lint', '--no-host', path]), {
    status: 3,
    stdout: [
      `${path}:1:13: error: cdiVersion "0.6.0" is too low: an additional group needs 0.7.0 [version-too-low]`,
      '    set cdiVersion to 0.7.0',
      `${path}:3:56: warning: variable "A" is already in this list, with something else [repeated-edit]`,
      '    leave one of them',
      '1 error, 1 warning, 0 info in 1 spec',
      '',
    ].join('\n'),
    stderr: '',
  });
});

test('what steers a terminal is printed as an escape', async () => {
  const path = file('cdiVersion: "0.3.0"\nkind: "vendor.com/\\e[2Jgpu"\n', 'a\u001b[2J.yaml');
  const { stdout } = await runCdictl(['lint', '--no-host', path]);
  assert.match(stdout, /a\\x1b\[2J\.yaml/);
  assert.ok(!stdout.includes('\u001b'));
});

test('the status says whether there are warnings, and --quiet leaves the count out', async () => {
  const path = file(spec('cdiVersion: 1.1.0'));
  const words = ['lint', '--no-host', path];
  assert.equal((await runCdictl(words)).status, 0);
  assert.deepEqual(await runCdictl([...words, '--quiet', '--disable=version-too-high']), {
    status: 0,
    stdout: '',
    stderr: '',
  });
  const low = file(spec('cdiVersion: 0.3.0'));
  assert.equal((await runCdictl(['lint', '--no-host', low, path])).status, 3);
  assert.equal((await runCdictl(['lint', '--no-host', low, '--disable', 'version-too-low'])).status, 0);
});

test('rules are chosen by id and by severity', async () => {
  const path = file(`cdiVersion: 0.6.0\n${REST.replace('A=1', 'A=1, A=2').replace('GPU-4a', 'gpu0')}`);
  const rules = async (...options: string[]): Promise<string[]> => {
    const { stdout } = await runCdictl(['lint', '--no-host', path, '-o', 'json', ...options]);
    return JSON.parse(stdout).findings.map(({ rule }: { rule: string }) => rule);
  };
  assert.deepEqual(await rules(), ['version-too-low', 'unstable-name', 'repeated-edit']);
  assert.deepEqual(await rules('--severity', 'warning'), ['version-too-low', 'repeated-edit']);
  assert.deepEqual(await rules('--severity=error'), ['version-too-low']);
  assert.deepEqual(await rules('--rule', 'unstable-name', '--rule=repeated-edit'), ['unstable-name', 'repeated-edit']);
  assert.deepEqual(await rules('--disable', 'unstable-name'), ['version-too-low', 'repeated-edit']);
});

const WRONG: readonly (readonly [words: readonly string[], message: string])[] = [
  [['--rule', 'unstable-names'], 'rule "unstable-names" is unknown; did you mean "unstable-name"?'],
  [['--dry-run', 'a.yaml'], 'option --dry-run needs --fix; see cdictl lint --help'],
  [['--fix', '-'], 'option --fix needs files, and - is none; see cdictl lint --help'],
  [['--severity=hint'], 'option --severity is "hint", which is none of info, warning, error'],
];

for (const [words, message] of WRONG) {
  test(`lint ${words.join(' ')} is wrong usage`, async () => {
    const { status, stdout, stderr } = await runCdictl(['lint', '--no-host', ...words]);
    assert.deepEqual([status, stdout, stderr.split('; known')[0]?.trim()], [2, '', `cdictl: ${message}`]);
  });
}

test('a file that cannot be read is told, and the others are judged all the same', async () => {
  const path = file(spec('cdiVersion: 0.3.0'));
  const { status, stdout, stderr } = await runCdictl(['lint', '--no-host', `${path}x`, path]);
  assert.equal(status, 1);
  assert.match(stdout, /version-too-low/);
  assert.equal(stderr, `cdictl: cannot read "${path}x": it is missing, or its link leads nowhere\n`);
});

test('without operands and with --no-host the spec directories are read, and nothing else of the host', async () => {
  const path = file(`${spec('cdiVersion: 0.7.0')}containerEdits: { deviceNodes: [{ path: /dev/is-not-there }] }\n`);
  const directory = path.slice(0, path.lastIndexOf('/'));
  const { status, stdout } = await runCdictl(['lint', '--no-host', `--spec-dirs=${directory},/is/not/there`]);
  assert.deepEqual([status, stdout], [0, '0 errors, 0 warnings, 0 info in 1 spec\n']);
  assert.match((await runCdictl(['lint', `--spec-dirs=${directory}`])).stdout, /\[stale-node\]/);
});

test('a file that is reached by a link is known as that of the spec directory', async () => {
  const path = file(spec('cdiVersion: 0.7.0'));
  const directory = path.slice(0, path.lastIndexOf('/'));
  const link = `${directory}-link`;
  symlinkSync(directory, link);
  const words = ['lint', `--spec-dirs=${directory}`, `${link}/vendor.yaml`, '--rule', 'outside-spec-dirs'];
  assert.equal((await runCdictl(words)).stdout, '0 errors, 0 warnings, 0 info in 1 spec\n');
});

/** Texts before and after --fix; undefined: left alone. */
const FIXES: readonly (readonly [title: string, before: string, after: string | undefined])[] = [
  ['a plain version', spec('cdiVersion: 0.5.0'), spec('cdiVersion: 0.7.0')],
  ['one in quotes, with a comment', spec('cdiVersion: "0.5.0" # old'), spec('cdiVersion: "0.7.0" # old')],
  ['one in single quotes', spec("cdiVersion:   '1.1.0'"), spec("cdiVersion:   '0.7.0'")],
  ['one with a v', spec('cdiVersion: v1.0.0'), spec('cdiVersion: v0.7.0')],
  ['one on a line of its own', spec('cdiVersion:\n  1.0.0'), spec('cdiVersion:\n  0.7.0')],
  [
    'one behind other lines',
    spec('%YAML 1.1\n# é\n---\ncdiVersion: 1.0.0'),
    spec('%YAML 1.1\n# é\n---\ncdiVersion: 0.7.0'),
  ],
  ['one between carriage returns', spec('# a\ncdiVersion: 1.0.0', '\r\n'), spec('# a\ncdiVersion: 0.7.0', '\r\n')],
  ['one between bare carriage returns', spec('# a\ncdiVersion: 1.0.0', '\r'), spec('# a\ncdiVersion: 0.7.0', '\r')],
  ['one after a byte order mark', `\ufeff${spec('cdiVersion: 1.0.0')}`, `\ufeff${spec('cdiVersion: 0.7.0')}`],
  [
    'JSON on one line',
    '{"kind":"v.com/c","annotations":{"é":"😀"},"cdiVersion":"1.1.0","devices":[{"name":"x-y","containerEdits":{"additionalGids":[1]}}]}',
    '{"kind":"v.com/c","annotations":{"é":"😀"},"cdiVersion":"0.7.0","devices":[{"name":"x-y","containerEdits":{"additionalGids":[1]}}]}',
  ],
  [
    'a flow mapping',
    '{cdiVersion: 1.1.0, kind: v.com/c, devices: [{name: x, containerEdits: {env: [A=1]}}]}',
    '{cdiVersion: 0.3.0, kind: v.com/c, devices: [{name: x, containerEdits: {env: [A=1]}}]}',
  ],
  [
    'no second document',
    `${spec('cdiVersion: 1.1.0')}---\ncdiVersion: 1.1.0\n`,
    `${spec('cdiVersion: 0.7.0')}---\ncdiVersion: 1.1.0\n`,
  ],
  ['not one with an anchor', spec('cdiVersion: &v 1.1.0\nannotations: { a: *v }'), undefined],
  ['not one by an alias', spec('annotations: { a: &v 1.1.0 }\ncdiVersion: *v'), undefined],
  ['not one with a tag', spec('cdiVersion: !!str 1.1.0'), undefined],
  ['not one in a block', spec('cdiVersion: |-\n  1.1.0'), undefined],
  ['not one with escapes', spec('cdiVersion: "1.1\\x2e0"'), undefined],
  ['not a key in another spelling', spec('cdiversion: 1.1.0'), undefined],
  ['not an unknown one', spec('cdiVersion: 2.0.0'), undefined],
  ['not one that is enough', spec('cdiVersion: 0.7.0'), undefined],
  ['not one of an empty file', '', undefined],
];

for (const [title, before, after] of FIXES) {
  test(`--fix fixes ${title}`, async () => {
    const path = file(before);
    const old = fileState(path);
    const words = ['lint', '--no-host', '--fix', ...LOWER, path];
    await runCdictl([...words, '--dry-run']);
    assert.deepEqual(fileState(path), old, '--dry-run leaves the file alone');
    await runCdictl(words);
    if (after === undefined) return assert.deepEqual(fileState(path), old);
    assert.equal(readFileSync(path, 'utf8'), after);
    assert.doesNotMatch((await runCdictl(words)).stdout, /version-too/);
    assert.equal(readFileSync(path, 'utf8'), after);
  });
}

test('--fix shows the change first, and no longer what it has fixed', async () => {
  const path = file(`cdiVersion: "0.5.0" # old\n${REST.replace('A=1', 'A=1, A=2')}`);
  const diff = [
    `--- ${path}`,
    `+++ ${path}`,
    '@@ -1,3 +1,3 @@',
    '-cdiVersion: "0.5.0" # old',
    '+cdiVersion: "0.7.0" # old',
    ' kind: vendor.com/gpu',
    ` ${REST.replace('A=1', 'A=1, A=2').split('\n')[1]}`,
  ].join('\n');
  const dry = await runCdictl(['lint', '--no-host', '--fix', '--dry-run', path]);
  assert.equal(dry.stdout.slice(0, diff.length), diff);
  assert.match(dry.stdout, /version-too-low.*\n.*\n.*repeated-edit.*\n.*\n1 error, 1 warning, /);
  const fixed = await runCdictl(['lint', '--no-host', '--fix', path]);
  assert.equal(fixed.stdout.slice(0, diff.length), diff);
  assert.match(fixed.stdout, /\n0 errors, 1 warning, 0 info in 1 spec\n$/);
  assert.equal(fixed.status, 3);
});

test('--fix keeps mode and links', async () => {
  const path = file(spec('cdiVersion: 0.5.0'));
  chmodSync(path, 0o640);
  const link = `${path.slice(0, -5)}-link.yaml`;
  symlinkSync('vendor.yaml', link);
  const { status } = await runCdictl(['lint', '--no-host', '--fix', ...LOWER, link]);
  assert.equal(status, 0);
  assert.equal(readFileSync(path, 'utf8'), spec('cdiVersion: 0.7.0'));
  assert.equal(statSync(path).mode & 0o7777, 0o640);
  assert.equal(readFileSync(link, 'utf8'), spec('cdiVersion: 0.7.0'));
});

test('programs get the same by a documented shape', async () => {
  const bad = file(`cdiVersion: 0.6.0\n${REST.replace('A=1', 'A')}`);
  const words = ['lint', '--no-host', '--fix', bad, `${bad}x`, '-o', 'json'];
  const dry = JSON.parse((await runCdictl([...words, '--dry-run'])).stdout);
  assertConforms('cdictl/lint.schema.json', dry);
  assert.deepEqual(dry.findings[0], {
    rule: 'version-too-low',
    severity: 'error',
    path: bad,
    line: 1,
    column: 13,
    message: 'cdiVersion "0.6.0" is too low: an additional group needs 0.7.0',
    cure: 'set cdiVersion to 0.7.0',
    version: '0.7.0',
  });
  assert.equal(dry.fixes[0].written, false);
  const { status, stdout } = await runCdictl(words);
  const fixed = JSON.parse(stdout);
  assertConforms('cdictl/lint.schema.json', fixed);
  assert.equal(status, 1);
  assert.deepEqual(
    fixed.findings.map(({ rule }: { rule: string }) => rule),
    ['invalid'],
  );
  assert.equal(fixed.fixes[0].written, true);
  assert.equal(fixed.errors[0].code, 'CANNOT_READ');
});

test('--fix lowers no version unasked', async () => {
  const path = join(folder, 'high.yaml');
  const text = 'cdiVersion: 1.0.0\nkind: v.com/c\ndevices: [{ name: a, containerEdits: { env: [A=1] } }]\n';
  writeFileSync(path, text);
  const { stdout } = await runCdictl(['lint', '--no-host', '--fix', path]);
  assert.equal(readFileSync(path, 'utf8'), text);
  assert.match(stdout, /\[version-too-high\]/);
  await runCdictl(['lint', '--no-host', '--fix', ...LOWER, path]);
  assert.match(readFileSync(path, 'utf8'), /^cdiVersion: 0\.3\.0\n/);
});

test('findings of one cause are one; each is shown with --verbose and in JSON', async () => {
  const host = layOutDriver(join(folder, 'updated'));
  const words = ['lint', '--spec-dirs', host.cdi];
  const { stdout, status } = await runCdictl(words);
  const lines = stdout.trimEnd().split('\n');
  assert.equal(status, 3);
  assert.ok(lines.length <= 5, stdout);
  const want =
    'cannot mount 26 paths of version 570.133.20 of 3 specs: the host does not have them, but version 575.57.08 [missing-mount-source]';
  assert.ok(
    lines.some((line) => line.endsWith(want)),
    stdout,
  );
  assert.ok(
    stdout.includes(`generate the specs again: nvidia-ctk cdi generate --output=${host.cdi}/nvidia.yaml`),
    stdout,
  );
  const each = await runCdictl([...words, '-v']);
  assert.equal(each.stdout.match(/\[missing-mount-source\]/g)?.length, 78);
  const { findings } = JSON.parse((await runCdictl([...words, '-o', 'json'])).stdout);
  assert.equal(findings.filter(({ rule }: { rule: string }) => rule === 'missing-mount-source').length, 78);
});

test('two files with the same devices are one finding', async () => {
  const directory = join(folder, 'twice');
  mkdirSync(directory);
  const devices = Array.from({ length: 41 }, (_, at) => `{ name: "d${at}x", containerEdits: { env: [A=1] } }`);
  for (const name of ['a.yaml', 'b.yaml'])
    writeFileSync(join(directory, name), `cdiVersion: 0.3.0\nkind: v.com/c\ndevices: [${devices.join(', ')}]\n`);
  const { stdout } = await runCdictl(['lint', '--no-host', '--severity=error', directory]);
  const want = `"${directory}/a.yaml" and "${directory}/b.yaml" define the same 41 devices with the same priority [conflict]`;
  assert.equal(stdout.split('\n')[0], `${directory}/a.yaml:3:19: error: ${want}`);
  assert.equal(stdout.trimEnd().split('\n').length, 3);
});

test('validate tells all that is wrong in one run', async () => {
  const devices = [{ name: 'a b', containerEdits: { env: 5, mounts: 'x' } }, { name: 3 }];
  const path = file(JSON.stringify({ cdiVersion: '9.9.9', kind: 'no-kind', devices }, undefined, 1), 'wrong.json');
  const { files } = JSON.parse((await runCdictl(['validate', '-o', 'json', path])).stdout);
  const lines = files[0].errors.map(({ line }: { line: number }) => line);
  assert.deepEqual([...new Set(lines)], [2, 3, 6, 8, 9, 12, 13]);
});

for (const command of ['lint', 'validate']) {
  test(`${command} of a directory follows a link inside, and shows nothing of what a link out of it leads to`, async () => {
    const secret = file('hunter2: [\n', 'secret.yaml');
    const directory = file(`hunter2: [\n`, 'inside.yaml').replace('/inside.yaml', '');
    symlinkSync('inside.yaml', join(directory, 'link.yaml'));
    symlinkSync(secret, join(directory, 'out.yaml'));
    const options = command === 'lint' ? ['--no-host'] : [];
    for (const output of ['table', 'json']) {
      const { status, stdout } = await runCdictl([command, ...options, directory, '-o', output]);
      assert.equal(status, 3);
      assert.match(stdout, /inside\.yaml/);
      assert.match(stdout, /its link leads out of the directory, and is not followed/);
      assert.equal(stdout.includes('line 2') || /out\.yaml:\d/.test(stdout), false);
    }
    const { stdout } = await runCdictl([command, ...options, directory, '-o', 'json']);
    const places = JSON.stringify(JSON.parse(stdout)).match(/"line":2/g);
    assert.equal(places?.length, 2);
  });
}
