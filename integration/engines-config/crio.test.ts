// cdictl engine for CRI-O, where CRI-O can be had.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { without } from '../support/command.ts';
import { type OwnHost, ownHost } from './own-host.ts';

const DROP_IN = '/etc/crio/crio.conf.d/99-cdi-runtime.conf';

describe('CRI-O, by cdictl engine', {
  skip: without('crio') && 'crio is not installed: Debian has no package of it',
}, () => {
  let host: OwnHost;
  before(() => {
    host = ownHost();
    host.cdictl(['install']);
  });
  after(() => host.takeDown());

  test('its own check takes what is written, and nothing is left', () => {
    assert.match(host.cdictl(['engine', 'configure', 'crio']).stdout, /^checked: crio .* config$/m);
    host.cdictl(['engine', 'unconfigure', 'crio']);
    assert.ok(!existsSync(DROP_IN));
  });
});
