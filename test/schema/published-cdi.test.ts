// schemas/cdi.schema.json: CDI's own schema in one file.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { writeCdiSchema } from '../../scripts/cdi-schema.ts';
import { assertConforms } from '../support/published-schemas.ts';

test('schemas/cdi.schema.json is fresh: run node scripts/cdi-schema.ts and npm run format', () => {
  const text = readFileSync(new URL('../../schemas/cdi.schema.json', import.meta.url), 'utf8');
  assert.deepEqual(JSON.parse(text), JSON.parse(writeCdiSchema()));
});

test('it takes a spec, and refuses what CDI refuses, by its places', () => {
  const make = (deviceNodes: unknown): unknown => ({
    cdiVersion: '1.1.0',
    kind: 'v.com/c',
    devices: [{ name: 'a', containerEdits: { deviceNodes } }],
  });
  assertConforms('cdi.schema.json', make([{ path: '/dev/a', uid: 0 }]));
  assert.throws(() => assertConforms('cdi.schema.json', make([{ hostPath: '/dev/a' }])), /missingProperty":"path"/);
  assert.throws(() => assertConforms('cdi.schema.json', make([{ path: '/dev/a', uid: -1 }])), /must be >= 0/);
  assert.throws(() => assertConforms('cdi.schema.json', { cdiVersion: '1.1.0' }), /must have required property 'kind'/);
});
