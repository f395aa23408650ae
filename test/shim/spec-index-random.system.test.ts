// Specs that change at random, under an index: each create comes out as without one, to the byte.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { execaSync } from 'execa';
import { fuzzBinary } from '../fuzz/fuzz-binary.ts';
import { type Random, randomFrom } from '../fuzz/random.ts';
import { spec } from '../support/specs.ts';
import { type Came, type Host, IndexedSpecs, LEAST_FILES, untilOld } from './indexed-specs.ts';
import { noMounts } from './mounted-bundle.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 100);
const SEED = Number(process.env['FUZZ_SEED'] ?? 15);
const HOSTS = 3 + Math.ceil(RUNS / 100);

const KINDS = ['a.com/x', 'aa.com/x', 'b.org/x'];
const DEVICES = ['d1', 'd2'];
/** All that can be asked for: one by one, since what is missing is looked for without an index. */
const NAMES = KINDS.flatMap((kind) => DEVICES.map((device) => `${kind}=${device}`));

/** Ways to write a spec, or what only looks like one; what is no text is what the name stands for. */
const FORMS: readonly ((kind: string, device: string) => string | Buffer)[] = [
  (kind, device) => spec(kind, device),
  (kind, device) => spec(kind, device),
  (kind, device) => spec(kind, device),
  (kind, device) => makeJson(kind, device),
  (kind, device) => makeJson(kind, device).replace(kind, kind.replace('a', '\\u0061').replace('/', '\\/')),
  (kind, device) => spec(`"${kind}"`, device),
  (kind, device) => spec(`'${kind}'`, device),
  (kind, device) => spec(`"${kind.slice(0, 2)}\\x${kind.charCodeAt(2).toString(16)}${kind.slice(3)}"`, device),
  (kind, device) => spec(`"${kind.slice(0, 2)}\\\n  ${kind.slice(2)}"`, device),
  (kind, device) => spec(`>-\n  ${kind}`, device),
  (kind, device) => spec(`!!str ${kind}`, device),
  (kind, device) => spec(`&k ${kind}`, device),
  (kind, device) => spec(`[${kind}]`, device),
  (kind, device) =>
    `{kind: ${kind}, cdiVersion: "0.6.0", devices: [{name: ${device}, containerEdits: {env: ["F=1"]}}]}`,
  (kind, device) => Buffer.from(`\ufeff${spec(kind, device)}`, 'utf16le'),
  (kind, device) => `\ufeff${spec(kind, device)}`,
  (kind, device) => spec(kind, device).replaceAll('\n', '\r\n'),
  (kind, device) => `${spec('other.com/y', device)}# not ${kind}\n`,
  (kind, device) => spec(kind, device, device),
  (kind, device) => `${spec(kind, device)}]`,
  (kind, device) => `${spec(kind, device)}${'# padding\n'.repeat(500)}`,
  (kind, device) => spec(`/${kind}`, device),
  (kind, device) => spec(`${kind}/z`, device),
  (kind) => kind,
  () => '',
];

function makeJson(kind: string, device: string): string {
  return JSON.stringify({ cdiVersion: '0.6.0', kind, devices: [{ name: device, containerEdits: { env: ['J=1'] } }] });
}

/** What those do to a file who write specs, or should not. */
const WAYS: readonly ((path: string, text: string | Buffer, random: Random) => void)[] = [
  (path, text) => writeFileSync(path, text),
  (path, text) => writeFileSync(path, text),
  (path, text) => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  },
  rewrite,
  rewrite,
  (path) => rmSync(path),
  (path, _, random) => renameSync(path, join(path, `../moved${random.below(9)}.yaml`)),
  (path, _, random) => {
    rmSync(path);
    symlinkSync(random.pick(['f1.yaml', '../outside', '../nowhere']), path);
  },
  (path) => {
    rmSync(path);
    mkdirSync(path);
  },
  (path) => {
    rmSync(path);
    execaSync('mkfifo', [path]);
  },
];

/** As large as it was, and as old as it was by what it says of itself. */
function rewrite(path: string): void {
  const { atimeMs, mtimeMs } = statSync(path);
  const swapped = readFileSync(path, 'latin1').replace(/a\.com|b\.org/g, (kind) =>
    kind === 'a.com' ? 'b.org' : 'a.com',
  );
  writeFileSync(path, swapped, 'latin1');
  utimesSync(path, atimeMs / 1000, mtimeMs / 1000);
}

function makeText(random: Random): string | Buffer {
  const made = random.pick(FORMS)(random.pick(KINDS), random.pick(DEVICES));
  // tells from which file a device is
  return typeof made === 'string' ? made.replace(/=(1|d\d)"/, `=${random.below(1e6)}"`) : made;
}

function pickPath(directory: string, random: Random): string {
  return join(directory, random.pick(['f0.yaml', 'f1.yaml', 'f2.yaml', 'f3.yaml', 'g0.json', 'g1.json', 'h0.yaml']));
}

function change(directory: string, random: Random): void {
  const path = pickPath(directory, random);
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  if (!isFile) rmSync(path, { recursive: true, force: true });
  if (isFile) random.pick(WAYS)(path, makeText(random), random);
  else writeFileSync(path, makeText(random));
}

function lay(specs: IndexedSpecs, name: string, random: Random): Host {
  const host = specs.make(name, ['low', 'high']);
  writeFileSync(join(host.directories[0] ?? '', '../outside'), makeText(random));
  for (const directory of host.directories) {
    for (let i = 0; i < LEAST_FILES; i++) writeFileSync(join(directory, `f${i}.yaml`), spec(`v${i}.com/x`, 'd'));
    for (let i = 0; i < 6; i++) writeFileSync(pickPath(directory, random), makeText(random));
    symlinkSync(random.pick(['f1.yaml', '../outside', '../nowhere']), join(directory, 'link.yaml'));
  }
  return host;
}

function check(title: string, program: () => string | undefined, hosts: number): void {
  test(`no create comes out differently by an index${title}`, { skip: noMounts }, (t) => {
    const specs = new IndexedSpecs(program());
    const random = randomFrom(SEED);
    const all = Array.from({ length: hosts }, (_, i) => lay(specs, `host${i}`, random));
    const seen: Came[] = [];
    const compare = (when: string): void => {
      for (const host of all)
        for (const name of NAMES) {
          const came = specs.create(host, [name]);
          assert.deepEqual(came, specs.createWithout(host, [name]), `seed ${SEED}: ${host.root}, ${when}: ${name}`);
          seen.push(came);
        }
    };
    for (let turn = 0; turn < 3; turn++) {
      untilOld(all);
      compare(`made ${turn} times`);
      assert.ok(specs.listIndexes().length > 0);
      for (const { directories } of all)
        for (const directory of directories) for (let i = random.below(4); i >= 0; i--) change(directory, random);
      compare(`changed since it was made ${turn} times`);
    }
    const good = seen.filter(({ stderr }) => stderr === '').length;
    t.diagnostic(`${seen.length} creates, ${good} of them with devices`);
    assert.ok(good > 0 && good < seen.length);
  });
}

check('', () => undefined, HOSTS);
check(', with sanitizers', () => fuzzBinary('shim', true), 1);
