// action.yml: it is one, and its steps do what they say.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { temporaryFolder } from '../support/temporary-folder.ts';

// The package is made for bundlers, and imports its JSON without saying so.
registerHooks({
  load: (url, context, next) =>
    next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context),
});
const { parseAction } = await import('@actions/workflow-parser/actions/action-parser');
const { NoOperationTraceWriter } = await import('@actions/workflow-parser/templates/trace-writer');

const ROOT = resolve(import.meta.dirname, '../..');
const TEXT = readFileSync(join(ROOT, 'action.yml'), 'utf8');

function findErrors(content: string): readonly string[] {
  const { context } = parseAction({ name: 'action.yml', content }, new NoOperationTraceWriter());
  return context.errors.getErrors().map(({ message }) => message);
}

test('it is an action by the rules of the host', () => {
  assert.deepEqual(findErrors(TEXT), []);
  assert.notDeepEqual(findErrors(TEXT.replace('shell: bash', 'shel: bash')), []);
});

interface Step {
  readonly name: string;
  readonly run: string;
  readonly env: Readonly<Record<string, string>>;
}
const STEPS: readonly Step[] = parse(TEXT).runs.steps;

/** What a runner does with a step, as far as this one needs it. */
function runStep(name: string, folder: string, env: Readonly<Record<string, string>>) {
  const step = STEPS.find((one) => one.name === name) ?? assert.fail(`there is no step ${name}`);
  assert.deepEqual(Object.keys(step.env).sort(), Object.keys(env).sort());
  const path = `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH']}`;
  return spawnSync('bash', ['--noprofile', '--norc', '-c', step.run], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: path, RUNNER_TEMP: folder, ...env },
  });
}

test('its last step shows findings, writes SARIF and fails as lint does', () => {
  const folder = temporaryFolder();
  const dist = join(folder, 'cdictl/share/cdictl/dist');
  mkdirSync(dist, { recursive: true });
  writeFileSync(join(dist, 'cdictl.js'), `import('${join(ROOT, 'src/cli/main.ts')}');\n`);
  mkdirSync(join(folder, 'specs'));
  writeFileSync(
    join(folder, 'specs/a.yaml'),
    'cdiVersion: 0.7.0\nkind: v.com/c\ndevices: [{ name: a-b, containerEdits: { additionalGids: [4] } }]\n',
  );
  const env = { PATHS: 'specs', TARGETS: 'podman@4.9 crun@1.21', SEVERITY: 'warning', SARIF: 'out.sarif' };
  const { status, stdout, stderr } = runStep('Lint', folder, env);
  assert.equal(stderr, '');
  assert.match(
    stdout,
    /^::error file=specs\/a\.yaml,line=1,col=13,title=target-refuses::podman 4\.9 refuses [^\n]*\n$/,
  );
  assert.equal(status, 3);
  assert.equal(JSON.parse(readFileSync(join(folder, 'out.sarif'), 'utf8')).runs[0].results[0].ruleId, 'target-refuses');
  const fine = runStep('Lint', folder, { ...env, TARGETS: '', SARIF: '' });
  assert.deepEqual([fine.status, fine.stdout], [0, '']);
});

test('its first step takes the archive of a release, and none that the sums do not name', {
  skip: !existsSync('/usr/bin/curl') && 'there is no curl',
}, () => {
  const folder = temporaryFolder();
  const release = join(folder, 'download/v0.1.0');
  const name = 'cdi-runtime-0.1.0-linux-amd64';
  mkdirSync(join(folder, name, 'share'), { recursive: true });
  mkdirSync(release, { recursive: true });
  writeFileSync(join(folder, name, 'share/a'), 'a');
  const make = `tar -C '${folder}' -czf '${name}.tar.gz' '${name}' && sha256sum '${name}.tar.gz' > SHA256SUMS`;
  assert.equal(spawnSync('bash', ['-c', make], { cwd: release }).status, 0);
  const env = { RELEASES: `file://${join(folder, 'download')}`, VERSION: 'v0.1.0' };
  assert.equal(runStep('Bring cdictl', folder, env).status, 0);
  assert.ok(existsSync(join(folder, 'cdictl/share/a')));
  writeFileSync(
    join(release, 'SHA256SUMS'),
    readFileSync(join(release, 'SHA256SUMS'), 'utf8').replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
  );
  assert.notEqual(runStep('Bring cdictl', folder, env).status, 0);
});
