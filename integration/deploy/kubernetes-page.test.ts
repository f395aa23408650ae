// docs/kubernetes.md, walked from nothing: a cluster of one node, as far as a machine without a kubelet can be one.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertAsPromised, readPage, runSteps } from '../../test/docs/page.ts';
import type { OwnHost } from '../engines-config/own-host.ts';
import { without } from '../support/command.ts';
import { startNode } from '../support/manifest-node.ts';

const PAGE = 'docs/kubernetes.md';
const KUBECTL = resolve(import.meta.dirname, '../support/kubectl.ts');
const skip =
  without('containerd', 'ctr', 'runc', 'busybox', 'setpriv') || (!existsSync('/dev/fuse') && 'there is no /dev/fuse');

describe(PAGE, { skip }, () => {
  let host: OwnHost;
  let end: () => Promise<void>;
  before(async () => {
    ({ host, end } = await startNode());
    const text = `#!/bin/sh\nCDI_CLUSTER=${host.folder} exec ${process.execPath} ${KUBECTL} "$@"\n`;
    writeFileSync('/usr/local/bin/kubectl', text, { mode: 0o755 });
  });
  after(() => end?.());

  test('installed, tested and removed, as the page has it', () => {
    const steps = readPage(PAGE).filter(({ engine }) => engine);
    assert.ok(steps.length >= 12);
    const path = `export PATH=/usr/local/bin:$PATH`;
    for (const ran of runSteps(steps, [], path)) {
      assertAsPromised(PAGE, ran);
      assert.equal(ran.status, 0, `${ran.step.command}: ${ran.said}`);
    }
    assert.ok(!existsSync('/usr/local/bin/cdi-runtime'));
  });
});
