// Where the value of a setting comes from.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SETTINGS_DIRECTORY } from '../../src/settings/combine.ts';
import { loadSettings, SETTINGS_FILE } from '../../src/settings/load.ts';
import { findOrigin } from '../../src/settings/origin.ts';
import { memoryHost } from '../host/memory-host.ts';

const LATER = `${SETTINGS_DIRECTORY}/a.yaml`;
const { files } = loadSettings(
  memoryHost({
    [SETTINGS_FILE]: [
      'stale: fail',
      'policy:',
      '  preset: locked',
      '  rules:',
      '  - { devices: a/b=c, action: allow }',
      '  - { devices: b/c=d, action: allow }',
      'requests:',
      '  annotations: &x { enabled: true }',
      '  env: { <<: *x }',
      '  defaultKind: ~',
    ].join('\n'),
    [LATER]:
      'policy:\n  rules:\n  - action: deny\nrequests: { env: { variables: { "GPUS": { kind: a.b/c } } } }\nlog:\n',
  }),
);

const cases: [keys: (string | number)[], want: string][] = [
  [['stale'], `${SETTINGS_FILE}:1:8`],
  [['policy', 'preset'], `${SETTINGS_FILE}:3:11`],
  [['policy', 'default'], 'default'],
  [['policy', 'rules'], `${LATER}:3:3`],
  [['policy', 'rules', 0], `${LATER}:3:5`],
  [['requests', 'annotations', 'enabled'], `${SETTINGS_FILE}:8:30`],
  [['requests', 'env', 'enabled'], `${SETTINGS_FILE}:9:8`],
  [['requests', 'env', 'variables', 'GPUS', 'kind'], `${LATER}:4:49`],
  [['requests', 'env', 'variables', 'CDI_DEVICES', 'kind'], 'default'],
  [['requests', 'env', 'variables', 'toString', 'kind'], 'default'],
  [['requests', 'defaultKind'], `${SETTINGS_FILE}:10:16`],
  [['log', 'level'], 'default'],
];
for (const [keys, want] of cases)
  test(`findOrigin() finds ${keys.join('.')}`, () => {
    const origin = findOrigin(files, keys);
    assert.equal(origin === undefined ? 'default' : `${origin.path}:${origin.at?.line}:${origin.at?.column}`, want);
  });
