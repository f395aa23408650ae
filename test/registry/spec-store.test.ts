import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Spec } from '../../src/cdi/spec.ts';
import { parseYaml } from '../../src/host/yaml.ts';
import type { SpecJudge } from '../../src/registry/spec-loader.ts';
import { removeSpecFile, writeSpecFile } from '../../src/registry/spec-store.ts';
import { CdiError } from '../../src/text/error.ts';
import { refusal } from '../support/edit-document.ts';
import { memorySpecHost } from '../support/spec-host.ts';

const SPEC: Spec = { cdiVersion: '0.6.0', kind: 'a/x', devices: [{ name: '0', containerEdits: { env: ['A=1'] } }] };
const ANY = { judge: () => {} };
const DIRECTORIES = ['/etc/cdi', '/run/cdi'];

const names: [name: string, path: string][] = [
  ['a', '/run/cdi/a.yaml'],
  ['a.yaml', '/run/cdi/a.yaml'],
  ['a.json', '/run/cdi/a.json'],
  ['a.yml', '/run/cdi/a.yml.yaml'],
  ['sub/a', '/run/cdi/sub/a.yaml'],
  ['', '/run/cdi.yaml'],
];
for (const [name, path] of names)
  test(`writeSpecFile() puts ${JSON.stringify(name)} at ${path}, and removeSpecFile() takes it away`, () => {
    const host = memorySpecHost({});
    assert.equal(writeSpecFile(host, DIRECTORIES, SPEC, name, ANY, parseYaml), path);
    const text = host.entry(path);
    assert.ok(typeof text === 'string' && text.startsWith(path.endsWith('.json') ? '{' : '---\n'));
    removeSpecFile(host, DIRECTORIES, name);
    assert.equal(host.entry(path), undefined);
    removeSpecFile(host, DIRECTORIES, name);
  });

test('writeSpecFile() asks the judge after the rules of CDI, and writes nothing that either refuses', () => {
  const host = memorySpecHost({});
  const asked: unknown[] = [];
  const judge: Pick<SpecJudge, 'judge'> = {
    judge: ({ kind }, { what = '', path }) => {
      asked.push([kind, what, path]);
      throw new CdiError('BAD_SPEC', { what, path, why: 'no one wants it' });
    },
  };
  assert.match(
    refusal(() => writeSpecFile(host, DIRECTORIES, { ...SPEC, kind: 'x' }, 'a', judge, parseYaml)),
    /^BAD_SPEC: cannot write spec "\/run\/cdi\/a\.yaml": kind: /,
  );
  assert.deepEqual(asked, []);
  assert.equal(
    refusal(() => writeSpecFile(host, DIRECTORIES, SPEC, 'a', judge, parseYaml)),
    'BAD_SPEC: cannot write spec "/run/cdi/a.yaml": no one wants it',
  );
  assert.deepEqual(asked, [['a/x', 'write spec "/run/cdi/a.yaml"', '/run/cdi/a.yaml']]);
  assert.equal(host.entry('/run/cdi'), undefined);
});
