import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal } from '../support/edit-document.ts';
import { asking, requestsOf, type Said } from './read.ts';

const A = 'vendor.com/gpu=a';
const B = 'vendor.com/gpu=b';
const variables = (more: Readonly<Record<string, string | null>>): Said => ({
  env: {
    variables: Object.fromEntries(
      Object.entries({ CDI_DEVICES: null, ...more }).map(([name, kind]) => [name, { kind }]),
    ),
  },
});

const taken: [title: string, env: unknown[], want: string[], said?: Said][] = [
  ['names in order', [`CDI_DEVICES=${B},${A}`], [`${B} by env CDI_DEVICES`, `${A} by env CDI_DEVICES`]],
  ['the last entry of a variable', [`CDI_DEVICES=${A}`, 'X=1', `CDI_DEVICES=${B}`], [`${B} by env CDI_DEVICES`]],
  ['a variable among odd entries', [5, null, `CDI_DEVICES=${A}`, {}], [`${A} by env CDI_DEVICES`]],
  ['an optional name', [`CDI_DEVICES_OPTIONAL=${A}`], [`${A} by env CDI_DEVICES_OPTIONAL, optional`]],
  [
    'optional names behind needed ones',
    [`CDI_DEVICES_OPTIONAL=${A}`, `CDI_DEVICES=${B}`],
    [`${B} by env CDI_DEVICES`, `${A} by env CDI_DEVICES_OPTIONAL, optional`],
  ],
  [
    'a variable of the settings behind ours',
    [`MINE=${A}`, `CDI_DEVICES=${B}`],
    [`${B} by env CDI_DEVICES`, `${A} by env MINE`],
    variables({ MINE: null }),
  ],
  [
    'bare names by the kind of their variable',
    [`MINE=0,all,${A}`],
    ['a.b/c=0 by env MINE', 'a.b/c=all by env MINE', `${A} by env MINE`],
    variables({ MINE: 'a.b/c' }),
  ],
  [
    'bare names by the default kind, where the variable has none',
    ['MINE=0', 'OURS=1', 'CDI_DEVICES=2', 'CDI_DEVICES_OPTIONAL=3'],
    [
      'd.e/f=2 by env CDI_DEVICES',
      'd.e/f=3 by env CDI_DEVICES_OPTIONAL, optional',
      'a.b/c=0 by env MINE',
      'd.e/f=1 by env OURS',
    ],
    { ...variables({ MINE: 'a.b/c', OURS: null }), defaultKind: 'd.e/f' },
  ],
  [
    'bare names of CDI_DEVICES by a kind of its own, optional ones too',
    ['CDI_DEVICES=0', 'CDI_DEVICES_OPTIONAL=1'],
    ['a.b/c=0 by env CDI_DEVICES', 'a.b/c=1 by env CDI_DEVICES_OPTIONAL, optional'],
    variables({ CDI_DEVICES: 'a.b/c' }),
  ],
  [
    'variables with names that objects have of their own',
    [`__proto__=${A}`, `constructor=${B}`],
    [`${A} by env __proto__`, `${B} by env constructor`],
    { env: { variables: JSON.parse('{"__proto__":{"kind":null},"constructor":{"kind":null}}') } },
  ],
];
for (const [title, env, want, said] of taken)
  test(`env: ${title} is taken`, () => assert.deepEqual(requestsOf(asking({}, env), said), want));

const ignored: [title: string, env: unknown[], said?: Said][] = [
  ['other variables', [`XCDI_DEVICES=${A}`, `cdi_devices=${A}`, `CDI_DEVICES =${A}`, `=CDI_DEVICES=${A}`]],
  ['a variable without a value', ['CDI_DEVICES', 'CDI_DEVICES=', 'CDI_DEVICES_OPTIONAL=']],
  ['a variable that is emptied later', [`CDI_DEVICES=${A}`, 'CDI_DEVICES=']],
  [
    'variables of presets that are not on',
    ['NVIDIA_VISIBLE_DEVICES=all', 'AMD_VISIBLE_DEVICES=;', 'ASCEND_VISIBLE_DEVICES=0'],
  ],
  ['a variable that the settings do not have', [`toString=${A}`, `MINE=${A}`]],
];
for (const [title, env, said] of ignored)
  test(`env: ${title} is ignored`, () => assert.deepEqual(requestsOf(asking({}, env), said), []));

const HINT = 'write it as vendor.com/class=name';
const refused: [entry: string, why: string, said?: Said][] = [
  ['CDI_DEVICES=gpu0', `device "gpu0": it has no "="; ${HINT}`],
  [`CDI_DEVICES=${A},`, 'device "": a name between commas is missing'],
  ['CDI_DEVICES_OPTIONAL=,', 'device "": a name between commas is missing'],
  [
    'MINE=0 ',
    'device "0 ": device name "0 " ends with a space; use ASCII letters, digits and . _ - : with a letter or digit first and last',
    variables({ MINE: 'a.b/c' }),
  ],
  ['MINE=0', `device "0": it has no "="; ${HINT}`, variables({ MINE: null })],
];
for (const [entry, why, said] of refused)
  test(`env: ${entry} is refused`, () =>
    assert.equal(
      refusal(() => requestsOf(asking({}, [entry]), said)),
      `BAD_REQUEST: cannot read the device request of env "${entry.split('=')[0]}": ${why}`,
    ));
