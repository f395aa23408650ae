// The audit as the shim writes it: whole lines from many at once, before the file is replaced, and disks that fail.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { NOBODY } from '../support/ordinary-user.ts';
import { assertConforms } from '../support/published-schemas.ts';
import { type Outcome, runShim, SHIM, type ShimRun } from '../support/run-shim.ts';
import { ASKING, INJECTED, type SmallHost, smallHost } from '../support/small-host.ts';
import { spec } from '../support/specs.ts';
import { layOut, storyNames } from '../support/story.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
chmodSync(folder, 0o755);
const runtime = compile('fake-runc', folder);
const asRoot = process.getuid?.() === 0 ? false : 'other users and mounts need root';

function linesOf(file: string): Record<string, unknown>[] {
  const text = readFileSync(file, 'utf8');
  assert.ok(text.endsWith('\n'), 'the last line does not end');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const record = JSON.parse(line);
      assertConforms('audit.schema.json', record);
      return record;
    });
}

/** The outcomes of the lines in a file; undefined where there is none. */
function outcomesOf(file: string): unknown[] | undefined {
  return statSync(file, { throwIfNoEntry: false }) && linesOf(file).map(({ outcome }) => outcome);
}

function create(host: SmallHost, more: Partial<ShimRun> = {}): Outcome {
  const args = ['create', '--bundle', host.bundle, 'id'];
  return runShim({ folder: host.root, args, settings: host.settings, ...more });
}

test('every line that the shim writes for the stories is as the schema says', () => {
  const seen = new Map<unknown, number>();
  for (const name of storyNames()) {
    const story = layOut(name, join(folder, 'stories', name), runtime);
    const args = ['create', '--bundle', story.bundle, 'id'];
    const run = (): Outcome => runShim({ folder: story.root, args, settings: story.settings });
    const { status, stderr } = run();
    const file = join(story.root, 'audit/audit.jsonl');
    const lines = statSync(file, { throwIfNoEntry: false }) === undefined ? [] : linesOf(file);
    const [{ record, error } = {}] = lines;
    const outcomes = lines.map(({ outcome }) => outcome);
    assert.ok(lines.length <= 1 || (lines.length === 2 && outcomes[0] === 'intended'), name);
    assert.ok(
      lines.every((line) => line['record'] === record),
      name,
    );
    const outcome = outcomes.at(-1) ?? 'none';
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    if (story.want !== undefined && !story.want.equals(story.before)) {
      assert.equal(outcome, 'injected', name);
      assert.equal(run().status, STARTED, name);
      // Mounts that ask are consumed: then nothing asks any more.
      const again = /^mounts-(?:of-nothing-but|that-ask-are-taken)/.test(name) ? [] : ['already'];
      assert.deepEqual(outcomesOf(file), ['intended', 'injected', ...again], name);
    } else if (status === STARTED) assert.ok(['none', 'already', 'ignored'].includes(String(outcome)), name);
    else if (outcome !== 'none') {
      assert.equal(outcome, 'refused', name);
      assert.deepEqual(
        typeof error === 'object' && error !== null && 'message' in error && error.message,
        stderr.trimEnd(),
      );
    }
  }
  for (const outcome of ['injected', 'already', 'refused', 'none']) assert.ok((seen.get(outcome) ?? 0) > 0, outcome);
});

test('forty shims at once leave forty whole lines', async () => {
  const root = join(folder, 'forty');
  const audit = join(root, 'log', 'audit.jsonl');
  const names = Array.from({ length: 300 }, (_, index) => `device-with-a-long-name-${index}`);
  const devices = names.map((name) => `vendor.com/gpu=${name}`).join(',');
  mkdirSync(join(root, 'cdi'), { recursive: true });
  writeFileSync(join(root, 'cdi/vendor.yaml'), spec('vendor.com/gpu', ...names));
  const settings = join(root, 'settings.yaml');
  writeFileSync(settings, `runtime: ${runtime}\nspecDirs: [${root}/cdi]\naudit: { path: ${audit} }\n`, { mode: 0o644 });
  const config = JSON.stringify({ process: { env: [] }, annotations: { 'cdi.k8s.io/x': devices } });
  const ids = Array.from({ length: 40 }, (_, index) => `container-${index}`);
  for (const id of ids) {
    mkdirSync(join(root, id));
    writeFileSync(join(root, id, 'config.json'), config);
  }
  const statuses = await Promise.all(
    ids.map(
      (id) =>
        new Promise((resolve, reject) => {
          const env = { CDI_RUNTIME_CONFIG: settings, FAKE_RUNC_RECORD: join(root, `${id}.record`) };
          const child = spawn(SHIM, ['create', '--bundle', join(root, id), id], { env, stdio: 'ignore' });
          child.on('error', reject).on('exit', resolve);
        }),
    ),
  );
  assert.deepEqual(new Set(statuses), new Set([STARTED]));
  const lines = linesOf(audit);
  assert.deepEqual(new Set(lines.map(({ id }) => id)), new Set(ids));
  const intents = lines.filter(({ outcome }) => outcome === 'intended');
  assert.deepEqual([lines.length, intents.length], [2 * ids.length, ids.length]);
  for (const { counts } of intents) assert.deepEqual(counts, { requests: 300, devices: 300 });
  // Longer than any buffer on the way, and within the bound.
  const longest = Math.max(
    ...readFileSync(audit, 'utf8')
      .split('\n')
      .map((line) => line.length),
  );
  assert.ok(longest > 32_768 && longest < 65_536, `${longest}`);
  assert.deepEqual([statSync(audit).mode & 0o777, statSync(join(root, 'log')).mode & 0o777], [0o640, 0o750]);
});

test('the intent is written before the file is replaced, and the outcome before the runtime, each by one write', () => {
  const root = join(folder, 'order');
  mkdirSync(root);
  const host = smallHost(root, { runtime, config: ASKING, settings: `audit: { path: ${root}/log/a.jsonl }\n` });
  const trace = join(root, 'trace');
  const calls = 'trace=write,rename,renameat,renameat2,execve';
  assert.equal(create(host, { prefix: ['strace', '-f', '-o', trace, '-e', calls, '-s', '20'] }).status, STARTED);
  const lines = readFileSync(trace, 'utf8').split('\n');
  const all = (pattern: RegExp): number[] => lines.flatMap((line, index) => (pattern.test(line) ? [index] : []));
  const [written = [], renamed = [], started = []] = [/ write\(\d+, "\{\\"time\\":/, / rename/, /fake-runc/].map(all);
  assert.deepEqual([written.length, renamed.length], [2, 1], lines.join('\n'));
  const order = [written[0], renamed[0], written[1], started.at(-1)].map(Number);
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
    lines.join('\n'),
  );
  assert.equal(all(/ fdatasync/).length, 0);
});

for (const [title, more, syncs] of [
  ['that is to last', 'sync: true', 1],
  ['that is required', 'required: true', 1],
  ['that is required and need not last', 'required: true, sync: false', 0],
] as const)
  test(`an intent ${title} is ${syncs === 0 ? 'not synced' : 'on the disk before the file is replaced'}`, () => {
    const root = mkdtempSync(join(folder, 'sync-'));
    const settings = `audit: { path: ${root}/log/a.jsonl, ${more} }\n`;
    const host = smallHost(root, { runtime, config: ASKING, settings });
    const trace = join(root, 'trace');
    const prefix = ['strace', '-f', '-o', trace, '-e', 'trace=write,fdatasync,fsync,renameat', '-s', '9'];
    assert.equal(create(host, { prefix }).status, STARTED);
    const names = [...readFileSync(trace, 'utf8').matchAll(/ (fdatasync|fsync|renameat)\(/g)].map(([, name]) => name);
    // Of a new file the name has to last, too; and the document is synced in any case.
    assert.deepEqual(names, [...(syncs === 0 ? [] : ['fdatasync', 'fsync']), 'fsync', 'renameat']);
    writeFileSync(host.config, ASKING);
    assert.equal(create(host, { prefix }).status, STARTED);
    const again = [...readFileSync(trace, 'utf8').matchAll(/ (fdatasync|fsync)\(/g)].map(([, name]) => name);
    assert.deepEqual(again, [...(syncs === 0 ? [] : ['fdatasync']), 'fsync']);
  });

/** A small host with an audit in a folder of its own, which commands prepare in a mount namespace of their own. */
interface Trouble {
  readonly title: string;
  /** of a shell, with the folder as $1; empty: no mounts are needed */
  readonly mounts: string;
  readonly prepare?: (log: string) => void;
  /** below the folder */
  readonly file?: string;
  readonly why: string;
}

const troubles: readonly Trouble[] = [
  {
    title: 'a full disk',
    mounts: 'mount -t tmpfs -o size=4k none "$1" && head -c 4096 /dev/zero >"$1/full"',
    why: 'the disk is full',
  },
  {
    title: 'a disk that is full within the line',
    mounts: 'mount -t tmpfs -o size=4k none "$1" && head -c 4000 /dev/zero >"$1/a.jsonl"',
    why: 'the disk is full',
  },
  {
    title: 'a disk without inodes',
    mounts: 'mount -t tmpfs -o nr_inodes=1 none "$1"',
    why: 'the disk is full',
  },
  {
    title: 'a read-only disk',
    mounts: 'mount -t tmpfs -o ro none "$1"',
    why: 'the file system is read-only',
  },
  {
    title: 'a missing folder',
    mounts: '',
    file: 'missing/also-missing/a.jsonl',
    why: 'its directory is missing, and the one above too',
  },
  {
    title: 'a file for a folder',
    mounts: '',
    prepare: (log) => writeFileSync(join(log, 'x'), ''),
    file: 'x/a.jsonl',
    why: 'a file stands where its directory should be',
  },
  {
    title: 'a link',
    mounts: '',
    prepare: (log) => symlinkSync('elsewhere', join(log, 'a.jsonl')),
    why: 'it is a link, or a link of somebody else is on the way to it',
  },
  { title: 'a folder', mounts: '', prepare: (log) => mkdirSync(join(log, 'a.jsonl')), why: 'it is a folder' },
  {
    title: 'a pipe that no one reads',
    mounts: '',
    prepare: (log) => assert.equal(spawnSync('mkfifo', [join(log, 'a.jsonl')]).status, 0),
    why: 'it was refused (ENXIO)',
  },
];

function troubled(
  { mounts, prepare, file = 'a.jsonl' }: Trouble,
  required: boolean,
): { host: SmallHost; run: () => Outcome; path: string } {
  const root = mkdtempSync(join(folder, 'trouble-'));
  const log = join(root, 'log');
  mkdirSync(log);
  prepare?.(log);
  const path = join(log, file);
  const host = smallHost(root, {
    runtime,
    config: ASKING,
    settings: `audit: { path: ${path}, required: ${required} }\n`,
  });
  const script = `${mounts} && shift && exec "$@"`;
  const prefix = mounts === '' ? [] : ['unshare', '-m', '--propagation', 'private', 'sh', '-c', script, 'sh', log];
  return { host, run: () => create(host, { prefix, env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } }), path };
}

for (const trouble of troubles) {
  const skip = trouble.mounts === '' ? false : asRoot;

  test(`${trouble.title} stops no container`, { skip }, () => {
    const { host, run } = troubled(trouble, false);
    const { status, stderr } = run();
    assert.deepEqual([status, stderr], [STARTED, '']);
    assert.equal(readFileSync(host.config, 'utf8'), INJECTED);
  });

  test(`${trouble.title} stops a container whose audit is required`, { skip }, () => {
    const { host, run, path } = troubled(trouble, true);
    const { status, stderr, record } = run();
    assert.deepEqual([status, record], [1, undefined]);
    assert.equal(
      stderr,
      `cannot write the audit "${path}", which the settings require: ${trouble.why}; fix that, or set audit.required: false\n`,
    );
    assert.equal(readFileSync(host.config, 'utf8'), ASKING);
  });
}

for (const required of [false, true])
  test(`a user who may not write the audit ${required ? 'is stopped where it is required' : 'is not stopped'}`, {
    skip: asRoot,
  }, () => {
    const root = join(folder, `user-${required}`);
    mkdirSync(join(root, 'log'), { recursive: true });
    const path = join(root, 'log/a.jsonl');
    const host = smallHost(root, {
      runtime,
      config: ASKING,
      settings: `audit: { path: ${path}, required: ${required} }\n`,
    });
    for (const place of [host.root, host.bundle, host.config]) chownSync(place, NOBODY, NOBODY);
    chmodSync(host.root, 0o755);
    const prefix = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
    const { status, stderr } = create(host, { prefix, env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } });
    if (required) {
      assert.equal(status, 1);
      assert.match(stderr, /^cannot write the audit ".*", which the settings require: this user may not write there; /);
    } else assert.deepEqual([status, stderr], [STARTED, '']);
    assert.equal(readFileSync(host.config, 'utf8'), required ? ASKING : INJECTED);
  });
