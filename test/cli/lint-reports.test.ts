// The forms of lint's findings for other programs, and its statistics.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { runCdictl } from '../support/run-cdictl.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const AWKWARD = join(folder, 'a 100%,b:c&"é"<.yaml');
const GOOD = join(folder, 'good.yaml');
const MISSING = join(folder, 'missing.yaml');
const SPEC = `cdiVersion: 0.5.0
kind: vendor.com/gpu
devices:
- name: "0"
  containerEdits: { env: [A=1, A=%2] }
- name: "1" # é
  containerEdits: { deviceNodes: [{ path: /dev/a, fileMode: 666 }] } # cdictl-ignore odd-file-mode: "so" <&>
`;
writeFileSync(AWKWARD, SPEC);
writeFileSync(GOOD, 'cdiVersion: 0.3.0\nkind: v.com/c\ndevices: [{ name: a-b, containerEdits: { env: [A=1] } }]\n');

async function report(format: string, ...words: string[]): Promise<string> {
  const { stdout } = await runCdictl(['lint', '--no-host', '-o', format, ...words]);
  return stdout;
}

/** The standard's, as a package of its authors has it. It is of draft 4, and has nothing that draft 7 says otherwise. */
function readSarifSchema(): object {
  const main = fileURLToPath(import.meta.resolve('@microsoft/jest-sarif'));
  const path = join(dirname(main), 'schemas/sarif-2.1.0-rtm.5.json');
  const { $schema: _draft, id: _id, ...schema } = JSON.parse(readFileSync(path, 'utf8'));
  return schema;
}

test('SARIF is valid by the schema of the standard, and says what JSON says', async () => {
  const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(readSarifSchema());
  const words = [AWKWARD, GOOD, MISSING, '--target=docker@24', '--target=podman@4.2'];
  const text = await report('sarif', ...words);
  const log = JSON.parse(text);
  assert.equal(validate(log), true, JSON.stringify(validate.errors));
  assert.equal(validate(JSON.parse(text.replace('"2.1.0"', '"2.0.0"'))), false);
  const [run] = log.runs;
  const data = JSON.parse(await report('json', ...words));
  const { rules } = run.tool.driver;
  type Result = (typeof run.results)[number];
  const write = ({ ruleId, ruleIndex, level, message, locations: [{ physicalLocation }], suppressions }: Result) => {
    assert.equal(rules[ruleIndex].id, ruleId);
    const { startLine, startColumn } = physicalLocation.region;
    return [ruleId, level, message.text, startLine, startColumn, suppressions[0]?.justification];
  };
  const levels = { error: 'error', warning: 'warning', info: 'note' } as const;
  type Found = {
    readonly rule: string;
    readonly severity: keyof typeof levels;
    readonly message: string;
    readonly cure: string;
    readonly line?: number;
    readonly column?: number;
    readonly reason?: string;
  };
  assert.deepEqual(
    run.results.map(write),
    [...data.findings, ...data.ignored].map(({ rule, severity, message, cure, line, column, reason }: Found) => {
      return [rule, levels[severity], `${message}; ${cure}`, line ?? 1, column, reason];
    }),
  );
  assert.deepEqual(new Set(run.results.map(({ level }: Result) => level)), new Set(['error', 'warning', 'note']));
  assert.equal(run.invocations[0].executionSuccessful, false);
  assert.match(run.invocations[0].toolExecutionNotifications[0].message.text, /missing\.yaml/);
});

test('SARIF has paths as URIs: below this directory without it, others whole', async () => {
  const uriOf = async (path: string): Promise<object> =>
    JSON.parse(await report('sarif', path, '--target=docker@24')).runs[0].results[0].locations[0].physicalLocation
      .artifactLocation;
  const { uri } = { uri: '', ...(await uriOf(AWKWARD)) };
  assert.equal(new URL(uri).protocol, 'file:');
  assert.equal(decodeURIComponent(new URL(uri).pathname), AWKWARD);
  const inside = join('build', 'lint reports');
  mkdirSync(inside, { recursive: true });
  writeFileSync(join(inside, 'a b.yaml'), SPEC);
  assert.deepEqual(await uriOf(`./${inside}/a b.yaml`), {
    uri: 'build/lint%20reports/a%20b.yaml',
    uriBaseId: '%SRCROOT%',
  });
});

test('workflow commands have one line each, and what means something there is escaped', async () => {
  const lines = (await report('github', AWKWARD, MISSING)).split('\n');
  const path = AWKWARD.replace('%', '%25').replace(',', '%2C').replace(':', '%3A');
  assert.deepEqual(lines, [
    `::notice file=${path},line=4,col=9,title=unstable-name::the devices are known by numbers alone: "0" and "1"; add names that stay: a UUID, a serial number, a place in the machine`,
    `::warning file=${path},line=5,col=32,title=repeated-edit::variable "A" is already in this list, with something else; leave one of them`,
    `::error::cannot read "${MISSING}": it is missing, or its link leads nowhere`,
    '',
  ]);
});

test('each form keeps the status, and mixes no diff into its output', async () => {
  for (const format of ['sarif', 'github']) {
    const words = ['lint', '--no-host', '-o', format, '--fix', '--dry-run', '--rule=version-too-low', AWKWARD];
    const { status, stdout } = await runCdictl(words);
    assert.equal(status, 0);
    assert.doesNotMatch(stdout, /^\+\+\+ /m);
    assert.equal((await runCdictl(['lint', '--no-host', '-o', format, AWKWARD])).status, 3);
    assert.equal((await runCdictl(['lint', '--no-host', '-o', format, MISSING])).status, 1);
  }
});

test('a target that is none is wrong usage, and the nearest one is named', async () => {
  const cases: readonly (readonly [target: string, hint: RegExp])[] = [
    ['podmen@4.9', /did you mean "podman"\?/],
    ['podman', /the targets are podman, .*podman@4\.9/],
    ['kubelet@1', /known are "podman", /],
  ];
  for (const [target, hint] of cases) {
    const { status, stderr } = await runCdictl(['lint', '--no-host', '--target', target, GOOD]);
    assert.equal(status, 2);
    assert.match(stderr, hint);
  }
});
