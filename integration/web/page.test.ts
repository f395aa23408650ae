// The page in a real browser: what it shows, what lights up, what a link keeps, and for whom it can be used.
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { type FirstVerdict, keepScreen, measureFirstVerdict, openPage, skip } from './browser.ts';

const PHONE = { viewport: { width: 390, height: 844 } };

async function findViolations(page: Page): Promise<string[]> {
  // By the debugger, which the page's policy does not bind.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => axe.run());
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

async function choose(page: Page, example: string): Promise<void> {
  await page.getByLabel('Example').selectOption(example);
}

/** Until the verdict is this: files are read, and what is typed is judged, a little later. */
async function waitForVerdict(page: Page, says: RegExp): Promise<void> {
  await page.locator('#verdict', { hasText: says }).waitFor();
}

/** A line of an editor, from 1. */
function findLine(page: Page, panel: string, line: number): ReturnType<Page['locator']> {
  return page.locator(`#${panel} .panel:not([hidden]) .cm-line`).nth(line - 1);
}

test('shows a verdict from a file, without a word to anybody', { skip }, async () => {
  const { page, said, asked } = await openPage();
  match(await page.locator('#verdict').innerText(), /^Injected 1 device, 6 edits$/);
  equal(await page.locator('.edit').count(), 6);
  ok((await page.locator('.flow-box').count()) >= 8);
  ok((await page.locator('.diff-row.added').count()) > 20);
  match(
    (await page.locator('meta[http-equiv]').getAttribute('content')) ?? '',
    /^default-src 'none'; script-src 'self' /,
  );
  await keepScreen(page, 'desk');
  deepEqual({ said, asked }, { said: [], asked: [] });
});

test('tells how long the first verdict takes', { skip }, async (t) => {
  const rounds: FirstVerdict[] = [];
  for (let round = 0; round < 5; round++) rounds.push(await measureFirstVerdict());
  const list = (of: (one: FirstVerdict) => number): string => rounds.map((one) => Math.round(of(one))).join(', ');
  t.diagnostic(
    `first verdict, ms of the processor: ${list(({ cpu }) => cpu)}; by the clock: ${list(({ wall }) => wall)}`,
  );
  ok(rounds.every(({ cpu }) => cpu > 0));
});

test('an edit, its line of the spec and its request light each other up', { skip }, async () => {
  const { page } = await openPage();
  const node = page.locator('.edit', { hasText: '/dev/vendor0' });
  await node.hover();
  const specLines = page.locator('#specs .cm-lit');
  match((await specLines.allInnerTexts()).join('\n'), /- path: \/dev\/vendor0\n\s+permissions: rw/);
  match(await page.locator('#container .cm-lit').innerText(), /cdi\.k8s\.io\/playground/);
  ok((await page.locator('.diff-row.lit').allInnerTexts()).join('\n').includes('"path": "/dev/vendor0"'));
  ok((await page.locator('.flow-arrow.lit').count()) > 0);
  await keepScreen(page, 'lit');
  await findLine(page, 'specs', 6).hover();
  match(await page.locator('.edit.lit').innerText(), /VENDOR_VISIBLE=cdi/);
  await page.locator('.diff-row.linked', { hasText: '"update-ldcache"' }).click();
  match((await specLines.allInnerTexts()).join('\n'), /hookName: createContainer/);
});

test('by the keyboard alone: devices, edits, and on to the spec', { skip }, async () => {
  const { page } = await openPage();
  await page.locator('[id="device-vendor.com/gpu=gpu-90ab"]').focus();
  await page.keyboard.press('Space');
  match(await page.locator('#verdict').innerText(), /^Injected 2 devices, 8 edits$/);
  equal(await page.evaluate(() => document.activeElement?.id), 'device-vendor.com/gpu=gpu-90ab');
  await page.locator('#edit-0').focus();
  match(await page.locator('.edit.lit').innerText(), /VENDOR_VISIBLE/);
  await page.keyboard.press('Enter');
  ok(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.classList.contains('cm-content')));
  // Tab leaves an editor.
  await page.keyboard.press('Tab');
  ok(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement === undefined));
});

test('says why a device does not resolve, and puts the nearest name in', { skip }, async () => {
  const { page } = await openPage();
  await choose(page, 'A name that does not resolve');
  match(await page.locator('#verdict').innerText(), /Refused UNRESOLVED_DEVICE[\s\S]*did you mean "gpu-4f1c"/);
  await keepScreen(page, 'unresolved');
  await page.getByRole('button', { name: 'vendor.com/gpu=gpu-4f1c', exact: true }).click();
  match(await page.locator('#verdict').innerText(), /^Injected/);
});

test('finds faults where they are, completes keys and explains them', { skip }, async () => {
  const { page } = await openPage();
  await choose(page, 'A spec with faults');
  match(await page.locator('#findings').innerText(), /device name "front cam" contains a space/);
  equal(await page.locator('#targets').innerText(), 'cam.yaml has faults: no engine takes it.');
  ok((await page.locator('#specs .cm-lint-marker-error').count()) >= 2);
  await keepScreen(page, 'faults');
  await page.getByRole('button', { name: 'cam.yaml:4:11' }).click();
  await choose(page, 'A GPU and its driver');
  await findLine(page, 'specs', 13).click();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.keyboard.type('op');
  const option = page.locator('#specs .cm-tooltip-autocomplete li', { hasText: 'options' });
  await option.waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+z');
  await page
    .locator('#specs .cm-line', { hasText: 'hookName' })
    .locator('span', { hasText: 'hookName' })
    .first()
    .hover();
  match(await page.locator('#specs .hint').innerText(), /hookName text, needed\s+When it runs/);
  await keepScreen(page, 'hover');
});

test('shows each other outcome: a policy, a bare host, an engine that answers itself', { skip }, async () => {
  const { page } = await openPage();
  for (const [example, says] of [
    ['A device that the policy denies', /Refused DENIED[\s\S]*GPUs are for the batch queue/],
    ['A device that the host lacks', /Refused STALE_DEVICE/],
    ['A request that CRI-O answers itself', /Nothing is asked for[\s\S]*does not count/],
    ['Two vendors, in Kubernetes', /^Injected 3 devices/],
  ] as const) {
    await choose(page, example);
    match(await page.locator('#verdict').innerText(), says);
  }
  match(
    await page.locator('#targets').innerText(),
    /Docker\s+from 29\.2 on\s+nic\.yaml: docker 28\.1\.0 refuses cdiVersion 1\.1\.0/,
  );
  await keepScreen(page, 'kubernetes');
  await page.getByLabel('Typical of').selectOption('podman');
  match(await page.locator('#verdict').innerText(), /^Injected 3 devices/);
  await page.locator('#host').selectOption('bare');
  match(await page.locator('#verdict').innerText(), /^Refused/);
});

test('a link keeps the case', { skip }, async () => {
  const { page } = await openPage();
  await page.waitForFunction(() => location.hash !== '');
  const before = await page.evaluate(() => location.hash);
  await choose(page, 'Two vendors, in Kubernetes');
  await page.waitForFunction((old) => location.hash !== old, before);
  const fragment = await page.evaluate(() => location.hash);
  const { page: other } = await openPage({}, fragment);
  equal(await other.locator('#verdict').innerText(), await page.locator('#verdict').innerText());
  deepEqual(await other.getByRole('tab').allInnerTexts(), ['vendor.yaml', 'nic.yaml', 'config.json', 'settings']);
  const { page: broken, said } = await openPage({}, '#case1=nonsense');
  match(await broken.locator('#verdict').innerText(), /^Injected 1 device/);
  deepEqual(said, []);
});

test('takes what is opened: specs, a document, a snapshot', { skip }, async () => {
  const { page } = await openPage();
  const file = (name: string, value: unknown): { name: string; mimeType: string; buffer: Buffer } => ({
    name,
    mimeType: 'text/plain',
    buffer: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  });
  const spec = 'cdiVersion: "0.5.0"\nkind: a.b/c\ndevices: [{ name: d, containerEdits: { env: [X=y] } }]\n';
  const document = { ociVersion: '1.2.0', process: { env: ['X=old'] }, annotations: { 'cdi.k8s.io/t': 'a.b/c=d' } };
  await page.locator('#open').setInputFiles([file('a.yaml', spec), file('config.json', document)]);
  await waitForVerdict(page, /^Injected 1 device, 1 edit$/);
  match(await page.locator('.edit').innerText(), /X=y\s+replaces/);
  const root = { uid: 0, gid: 0, modified: 0 };
  const folder = { ...root, kind: 'directory', mode: '0755' };
  const own = { ...root, kind: 'file', mode: '0666', text: spec };
  const files = { '/': folder, '/etc': folder, '/etc/cdi': folder, '/etc/cdi/own.yaml': own };
  const user = { uid: 0, gid: 0, inUserNamespace: false };
  await page.locator('#open').setInputFiles(file('host.json', { taken: 0, user, environment: {}, files }));
  await page.locator('#specs').getByRole('tab', { name: '/etc/cdi/own.yaml' }).waitFor();
  equal(await page.locator('#host').inputValue(), 'snapshot');
  match(await page.locator('#verdict').innerText(), /can be written by everybody/);
});

for (const [name, options] of [
  ['desk, light', {}],
  ['desk, dark', { colorScheme: 'dark' }],
  ['phone, light', PHONE],
  ['phone, dark', { ...PHONE, colorScheme: 'dark' }],
] as const)
  test(`axe finds no violation: ${name}`, { skip }, async () => {
    const { page } = await openPage(options);
    for (const example of ['A GPU and its driver', 'A name that does not resolve', 'A spec with faults']) {
      await choose(page, example);
      deepEqual(await findViolations(page), [], example);
    }
    equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, 'it scrolls sideways');
    await choose(page, 'Two vendors, in Kubernetes');
    await keepScreen(page, name.replace(', ', '-'));
  });
