// cdictl engine for CRI-O, where CRI-O can be had.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { without } from '../support/command.ts';
import { ownHost } from './own-host.ts';

const DROP_IN = '/etc/crio/crio.conf.d/99-cdi-runtime.conf';
const skip = without('crio') && 'crio is not installed: Debian has no package of it';

describe('CRI-O, by cdictl engine', () => {
  test('its own check takes what is written, and nothing is left', { skip }, () => {
    const host = ownHost();
    try {
      host.cdictl(['install']);
      assert.match(host.cdictl(['engine', 'configure', 'crio']).stdout, /^checked: crio .* config$/m);
      host.cdictl(['engine', 'unconfigure', 'crio']);
      assert.ok(!existsSync(DROP_IN));
    } finally {
      host.takeDown();
    }
  });
});
