// The page's answers for the injections of the corpus, beside those of the shim.
import { deepEqual, ok } from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FileCollection } from '../../src/cli/snapshot/file-collection.ts';
import type { HostPicture } from '../../src/host/host-picture.ts';
import { createNodeHost } from '../../src/host/node.ts';
import { makeAskingBundle } from '../../test/support/asking-bundle.ts';
import { corpusCases } from '../../test/support/corpus.ts';
import { compile, STARTED } from '../../test/support/fake-runtime.ts';
import type { InjectCase } from '../../test/support/inject-case.ts';
import { runShim } from '../../test/support/run-shim.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import type { Case } from '../../web/case.ts';
import type { judge } from '../../web/judge.ts';
import { openPage, skip } from './browser.ts';

declare const playground: { readonly judge: typeof judge };

interface Answer {
  readonly id: string;
  /** of who does not inject */
  readonly error: string | undefined;
  readonly after: string;
}

test('the page answers each injection of the corpus as the shim does', { skip }, async (t) => {
  const folder = temporaryFolder();
  const runtime = compile('fake-runc', folder);
  const cases = ['inject', 'random'].flatMap((category) => corpusCases<InjectCase>(category));
  const isOther = (one: InjectCase): boolean => one.needsNonRoot === true && process.getuid?.() === 0;
  // Without devices, or with names that are none, a request is an error, and has to be the same one.
  const asked = cases.filter((one) => one.input.oci !== null && !isOther(one));
  const pairs = asked.map((one) => runCase(folder, one, runtime));
  const { page } = await openPage();
  const answers = await page.evaluate(
    (given) =>
      given.map(({ id, input }) => {
        const { refusal, after } = playground.judge(input);
        return { id, error: refusal?.message, after };
      }),
    pairs.map(({ shim: { id }, input }) => ({ id, input })),
  );
  const wanted = pairs.map(({ shim }) => shim);
  t.diagnostic(
    `${wanted.length} cases compared, ${cases.length - asked.length} left out: they have no document, or must not run as root`,
  );
  ok(wanted.length > 500, `only ${wanted.length} can be compared`);
  deepEqual(answers, wanted);
});

/** By the shim; and as the page gets it: the same files, as a picture. */
function runCase(folder: string, one: InjectCase, runtime: string): { readonly shim: Answer; readonly input: Case } {
  const { root, bundle, settings, before } = makeAskingBundle(folder, one, runtime);
  const picture = takePicture(root, runtime);
  const config = join(bundle, 'config.json');
  writeFileSync(config, before);
  const { status, stderr } = runShim({ folder: root, args: ['create', '--bundle', bundle, 'id'], settings });
  const error = status === STARTED ? undefined : stderr.trimEnd();
  const shim = {
    id: one.id,
    error: error?.replaceAll(config, '/bundle/config.json'),
    after: readFileSync(config, 'utf8'),
  };
  const input = { specs: [], config: before, settings: readFileSync(settings, 'utf8'), host: picture };
  rmSync(root, { recursive: true });
  return { shim, input };
}

/** Of the devices of this machine, and of all in a folder. */
function takePicture(root: string, runtime: string): HostPicture {
  const files = new FileCollection(createNodeHost(), '');
  files.read('/dev');
  files.look(runtime);
  const take = (path: string): void => {
    files.read(path);
    if (files.isFolder(path)) for (const name of files.list(path)) take(`${path}/${name}`);
  };
  take(root);
  const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, inUserNamespace: false };
  return { taken: 0, user, environment: {}, files: files.files };
}
