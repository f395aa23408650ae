// Leases under real runtimes: who wins a race, what frees a device, and what is in nobody's way.
import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { noTracing } from '../faults/disturb-stories.ts';
import { fuzzBinary } from '../fuzz/fuzz-binary.ts';
import { makeNamespaces } from '../support/own-namespaces.ts';
import { assertConforms } from '../support/published-schemas.ts';
import { SHIM } from '../support/run-shim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const LONGEST_MS = 120_000;
const LEASES = '/run/cdi-runtime/leases';
const RACERS = 64;
const skip = process.geteuid?.() === 0 ? false : 'containers need root';

/** Numbers that no driver of a machine has: a spec that gives them needs no node of the host. */
const node = (minor: number): object => ({ path: `/dev/gpu${minor}`, type: 'c', major: 240, minor });
const device = (name: string, ...minors: number[]): object => ({
  name,
  containerEdits: { deviceNodes: minors.map(node) },
});
const NUMBERS = [0, 1, 2, 3, 4, 5, 6, 7];
const SPECS = {
  gpu: [...NUMBERS.flatMap((n) => [device(`${n}`, n), device(`GPU-0000${n}`, n)]), device('all', ...NUMBERS)],
  twin: [device('first', 0)],
  other: [device('free', 99)],
};

describe('leases', { skip }, () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const at = (name: string): string => join(folder, name);
  let prefix: readonly string[] = [];
  let end = (): unknown => undefined;
  after(() => end());

  const run = (script: string): SpawnSyncReturns<string> => {
    const [tool = '', ...others] = [...prefix, 'sh', '-c', script];
    const env = { PATH, CDI_RUNTIME_CONFIG: at('settings.yaml') };
    return spawnSync(tool, others, { env, cwd: folder, encoding: 'utf8', timeout: LONGEST_MS });
  };
  const must = (script: string): string => {
    const { status, stdout, stderr } = run(script);
    assert.equal(status, 0, `${script}: ${stderr}`);
    return stdout;
  };
  const set = (more = ''): void =>
    writeFileSync(
      at('settings.yaml'),
      `specDirs: [${at('cdi')}]\naudit: { path: ${at('audit.jsonl')} }\nrequests: { any: true }\n` +
        `policy: { share: { v.com/gpu=*: 1 } }\n${more}`,
      { mode: 0o644 },
    );
  const bundle = (id: string, ...devices: readonly string[]): string => {
    const place = at(`bundle-${id}`);
    mkdirSync(place, { recursive: true });
    const document = {
      ociVersion: '1.0.2',
      process: { user: { uid: 0, gid: 0 }, args: ['/bin/sleep', '1000'], env: ['PATH=/bin'], cwd: '/' },
      root: { path: at('rootfs'), readonly: true },
      mounts: [
        { destination: '/proc', type: 'proc', source: 'proc' },
        { destination: '/dev', type: 'tmpfs', source: 'tmpfs' },
      ],
      annotations: {
        'cdi.k8s.io/test': devices.map((name) => (name.includes('=') ? name : `v.com/gpu=${name}`)).join(),
      },
      linux: { cgroupsPath: `/lease-${id}`, namespaces: ['pid', 'mount', 'ipc'].map((type) => ({ type })) },
    };
    writeFileSync(join(place, 'config.json'), JSON.stringify(document));
    return place;
  };
  /** The words of a create; what it says goes to a file, since a container keeps the streams that its create had. */
  const creating = (runtime: string, id: string, ...devices: readonly string[]): string =>
    `${at(`cdi-${runtime}`)} create --bundle ${bundle(id, ...devices)} --pid-file ${at(`pid-${id}`)} ${id} ` +
    `</dev/null >/dev/null 2>${at(`said-${id}`)}`;
  /** @returns nothing where the container was created, else why not */
  const create = (runtime: string, id: string, ...devices: readonly string[]): string => {
    const { status } = run(creating(runtime, id, ...devices));
    const said = readFileSync(at(`said-${id}`), 'utf8');
    assert.equal(status === 0, said === '', said);
    return said;
  };
  const granted = (): Map<string, string[]> => {
    const lines = readFileSync(at('audit.jsonl'), 'utf8').trim().split('\n');
    const all = new Map<string, string[]>();
    for (const line of lines) {
      const entry = JSON.parse(line);
      assertConforms('audit.schema.json', entry);
      const { outcome, id, devices = [] } = entry;
      const names = devices.map(({ name, share }: { name: string; share?: number }) => {
        assert.equal(share, name === 'v.com/other=free' ? undefined : 1);
        return name;
      });
      if (outcome === 'intended') all.set(id, [...(all.get(id) ?? []), ...names]);
    }
    return all;
  };

  const clear = (): void => {
    for (const name of ['runc', 'crun'])
      run(`for id in $(ls /run/${name}); do ${name} delete --force $id; done; rm -rf /run/cdi-runtime`);
  };

  before(async () => {
    for (const path of ['bin', 'proc', 'dev', 'sys']) mkdirSync(join(at('rootfs'), path), { recursive: true });
    copyFileSync('/usr/bin/busybox', at('rootfs/bin/busybox'));
    symlinkSync('busybox', at('rootfs/bin/sleep'));
    for (const name of ['runc', 'crun']) symlinkSync(SHIM, at(`cdi-${name}`));
    mkdirSync(at('cdi'), { mode: 0o755 });
    for (const [name, devices] of Object.entries(SPECS)) {
      const spec = { cdiVersion: '0.6.0', kind: `v.com/${name}`, devices };
      writeFileSync(at(`cdi/${name}.json`), JSON.stringify(spec), { mode: 0o644 });
    }
    // In the place of a runtime: it shows what it was handed, and stays or fails as it is told.
    const stand = `#!/bin/sh\nls -l /proc/self/fd >&2\ntest -e ${at('stays')} && exec sleep 1000\nexit 1\n`;
    writeFileSync(at('stand-in'), stand, { mode: 0o755 });
    ({ prefix, end } = await makeNamespaces());
  });
  beforeEach(() => {
    set();
    writeFileSync(at('audit.jsonl'), '');
    rmSync(at('stays'), { force: true });
  });
  afterEach(clear);
  for (const runtime of ['runc', 'crun']) {
    for (const [what, ask] of [
      ['any of a kind', () => 'any'],
      ['each a name, its alias or the same of another kind', (racer: number) => ASKED[racer % ASKED.length] ?? ''],
    ] as const) {
      test(`${runtime}: of ${RACERS} creates at once that ask for ${what}, as many win as there are devices`, (context) => {
        const racers = Array.from({ length: RACERS }, (_, racer) => ({ id: `r${racer}`, asked: ask(racer) }));
        const jobs = racers.map(
          ({ id, asked }) => `{ ${creating(runtime, id, asked)}; echo $? >${at(`rc-${id}`)}; } &`,
        );
        const begin = process.hrtime.bigint();
        must(`${jobs.join('\n')}\nwait`);
        context.diagnostic(`${Number((process.hrtime.bigint() - begin) / 1_000_000n)} ms`);
        const winners = racers.filter(({ id }) => readFileSync(at(`rc-${id}`), 'utf8') === '0\n').map(({ id }) => id);
        assert.equal(winners.length, 8, racers.map(({ id }) => readFileSync(at(`said-${id}`), 'utf8')).join(''));
        const grants = granted();
        assert.deepEqual([...grants.keys()].sort(), winners.toSorted());
        const minors = winners
          .flatMap((id) => grants.get(id) ?? [])
          .map((name) => name.replace('twin=first', '0').slice(-1));
        assert.deepEqual(minors.sort(), NUMBERS.map(String));
        const others = racers.filter(({ id }) => !winners.includes(id));
        for (const { id } of others) {
          const [, holder = '', place, root] =
            /is held by container "(r\d+)" \(bundle "([^"]+)", state in "([^"]+)"\) since 20\S+Z; policy\.share/.exec(
              readFileSync(at(`said-${id}`), 'utf8'),
            ) ?? [];
          assert.ok(winners.includes(holder), readFileSync(at(`said-${id}`), 'utf8'));
          assert.deepEqual([place, root], [at(`bundle-${holder}`), `/run/${runtime}`]);
        }
      });
    }

    test(`${runtime}: a device is free when its container is killed, deleted or gone without a word`, () => {
      assert.equal(create(runtime, 'a', '0'), '');
      assert.match(create(runtime, 'b', '0'), HELD_BY_A);
      must(`kill -9 $(cat ${at('pid-a')})`);
      until(
        () =>
          run(`grep -q '^State:.*[ZX]' /proc/$(cat ${at('pid-a')})/status || ! test -e /proc/$(cat ${at('pid-a')})`)
            .status === 0,
      );
      assert.equal(create(runtime, 'b', '0'), '');
      must(`${runtime} delete --force b`);
      assert.equal(create(runtime, 'c', '0'), '');
      must(`kill -9 $(cat ${at('pid-c')}); rm -rf /run/${runtime}/c`);
      assert.equal(create(runtime, 'd', '0'), '');
      assert.deepEqual(must(`ls ${LEASES} | wc -l`).trim(), '1');
    });

    test(`${runtime}: whoever has all of a kind has each, by every name, and the other way round`, () => {
      assert.equal(create(runtime, 'a', 'all'), '');
      for (const name of ['0', 'GPU-00007', 'v.com/twin=first', 'all', 'any'])
        assert.match(create(runtime, 'b', name), HELD_BY_A);
      must(`${runtime} delete --force a`);
      assert.equal(create(runtime, 'a', 'GPU-00003'), '');
      for (const name of ['3', 'all']) assert.match(create(runtime, 'b', name), HELD_BY_A);
      assert.equal(create(runtime, 'b', '4', 'v.com/twin=first'), '');
      assert.equal(create(runtime, 'c', 'any'), '');
      assert.deepEqual(granted().get('c'), ['v.com/gpu=1']);
    });

    test(`${runtime}: the state of a container is found below --root, too`, () => {
      const inRoot = (id: string): SpawnSyncReturns<string> =>
        run(creating(runtime, id, '0').replace(' create ', ` --root /run/elsewhere create `));
      assert.equal(inRoot('a').status, 0);
      assert.equal(inRoot('b').status, 1);
      assert.match(readFileSync(at('said-b'), 'utf8'), /state in "\/run\/elsewhere"/);
      must(`${runtime} --root /run/elsewhere delete --force a`);
      assert.equal(inRoot('b').status, 0);
      must(`${runtime} --root /run/elsewhere delete --force b`);
    });
  }

  test('crun: the state of a container is found where XDG_RUNTIME_DIR has it, and a detached run is a container, too', () => {
    const start = (id: string): SpawnSyncReturns<string> =>
      run(`export XDG_RUNTIME_DIR=/run/user-of-it; ${creating('crun', id, '0').replace(' create ', ' run --detach ')}`);
    assert.equal(start('a').status, 0);
    assert.equal(start('b').status, 1);
    assert.match(readFileSync(at('said-b'), 'utf8'), HELD_BY_A);
    must('export XDG_RUNTIME_DIR=/run/user-of-it; crun delete --force a');
    assert.equal(start('b').status, 0);
    must('export XDG_RUNTIME_DIR=/run/user-of-it; crun delete --force b');
  });

  test('who asks for something else waits for no lock, and who has to wait does not do so for ever', () => {
    set('limits: { wall: 1s }\n');
    assert.equal(create('crun', 'a', '7'), '');
    const holder = run(`flock ${LEASES} sleep 1000 </dev/null >/dev/null 2>&1 & echo $!`).stdout.trim();
    until(() => run(`flock --nonblock ${LEASES} true`).status === 1);
    assert.equal(create('crun', 'b', 'v.com/other=free'), '');
    assert.match(create('crun', 'c', '7'), HELD_BY_A);
    assert.match(
      create('crun', 'c', '0'),
      /cannot take a lease in "\/run\/cdi-runtime\/leases": others have its lock for too long; correct that/,
    );
    // flock lets its child have the lock, too
    run(`pkill -P ${holder}; kill ${holder}`);
    until(() => run(`flock --nonblock ${LEASES} true`).status === 0);
    assert.equal(create('crun', 'c', '0'), '');
  });

  test('what a runtime fails to start, it does not hold, and it gets no descriptor of the leases', () => {
    set(`runtime: ${at('stand-in')}\n`);
    const start = `${SHIM} create --bundle ${bundle('a', '0')} a`;
    const { status, stderr } = run(start);
    assert.equal(status, 1);
    assert.match(stderr, / 0 -> /);
    assert.doesNotMatch(stderr, /leases/);
    assert.match(must(`cat ${LEASES}/*`), /"devices":\["v\.com\/gpu=0"\]/);
    assert.equal(create('crun', 'b', '0'), '');
  });

  test('a create that is under way holds its device, and one that is killed does not', () => {
    set(`runtime: ${at('stand-in')}\n`);
    writeFileSync(at('stays'), '');
    const pid = run(`${SHIM} create --bundle ${bundle('a', '0')} a </dev/null >/dev/null 2>&1 & echo $!`).stdout.trim();
    until(() => run(`test -n "$(ls ${LEASES})"`).status === 0);
    assert.match(create('crun', 'b', '0'), HELD_BY_A);
    must(`kill -9 ${pid}`);
    until(() => run(`test -e /proc/${pid}`).status === 1);
    assert.equal(create('crun', 'b', '0'), '');
  });

  test('a create that ends while it is looked at holds nothing', { skip: noTracing }, () => {
    set(`runtime: ${at('stand-in')}\n`);
    writeFileSync(at('stays'), '');
    const pid = run(`${SHIM} create --bundle ${bundle('a', '0')} a </dev/null >/dev/null 2>&1 & echo $!`).stdout.trim();
    until(() => run(`test -n "$(ls ${LEASES})"`).status === 0);
    const trace = `strace -o ${at('trace')} -P /proc/${pid}/stat -e inject=read:error=ESRCH`;
    const { status } = run(`${trace} ${creating('crun', 'b', '0')}`);
    assert.equal(status, 0, readFileSync(at('said-b'), 'utf8'));
    assert.match(readFileSync(at('trace'), 'utf8'), /read\(.*ESRCH/);
  });

  for (const [title, script, want] of [
    [
      'of somebody else',
      `chown 12345 ${LEASES}`,
      /cannot trust "\/run\/cdi-runtime\/leases": it belongs to user 12345; correct that/,
    ],
    ['in which everybody may write', `chmod 777 ${LEASES}`, /cannot trust "\/run\/cdi-runtime\/leases": .*writ/],
    [
      'that is a link',
      `mv ${LEASES} /run/x && ln -s /run/x ${LEASES}`,
      /cannot take a lease in "\/run\/cdi-runtime\/leases": /,
    ],
    [
      'that is a file',
      `rm -r ${LEASES} && touch ${LEASES}`,
      /cannot read "\/run\/cdi-runtime\/leases": it cannot be read \(ENOTDIR\)/,
    ],
    [
      'with a file that is no lease',
      `echo '{"id": 1}' >${LEASES}/0123456789abcdef`,
      /cannot read "\/run\/cdi-runtime\/leases\/0123456789abcdef": it is no lease; remove it/,
    ],
    [
      'with a pipe in it',
      `mkfifo ${LEASES}/0123456789abcdef`,
      /cannot read "\/run\/cdi-runtime\/leases\/0123456789abcdef": it is no lease; remove it/,
    ],
  ] as const) {
    test(`a folder of leases ${title} keeps everybody from what is shared, and from nothing else`, () => {
      must(`mkdir -p ${LEASES} && ${script}`);
      assert.match(create('crun', 'a', '0'), want);
      assert.equal(create('crun', 'b', 'v.com/other=free'), '');
      run(`rm -rf /run/x`);
    });
  }

  test("what is left of a lease that was not finished is in nobody's way", () => {
    must(`mkdir -p ${LEASES} && mkfifo ${LEASES}/.new && echo x >${LEASES}/note`);
    assert.equal(create('crun', 'a', '0'), '');
    assert.match(create('crun', 'b', '0'), HELD_BY_A);
  });

  // the first name is the lease's, the second that of the new config.json
  for (const nth of [1, 2])
    test(`a create that is killed with the folder locked, before its rename ${nth}, is in nobody's way`, {
      skip: noTracing,
    }, () => {
      const trace = `strace -f -o ${at('trace')} -e trace=renameat,flock -e inject=renameat:signal=KILL:when=${nth}`;
      assert.notEqual(run(`${trace} ${creating('crun', 'a', '0')}`).status, 0);
      assert.match(readFileSync(at('trace'), 'utf8'), /flock\(.* = 0\n[\s\S]*\+\+\+ killed by SIGKILL \+\+\+/);
      assert.equal(create('crun', 'b', '0'), '');
    });

  test('a restore takes a lease as a create does', () => {
    set(`runtime: ${at('stand-in')}\n`);
    writeFileSync(at('stays'), '');
    const restore = (id: string): string =>
      creating('crun', id, '0').replace(' create ', ' restore --image-path /none ');
    const pid = run(`${restore('a').replace(at('cdi-crun'), SHIM)} & echo $!`).stdout.trim();
    until(() => run(`test -n "$(ls ${LEASES})"`).status === 0);
    assert.match(create('crun', 'b', '0'), HELD_BY_A);
    assert.equal(run(restore('c')).status, 1);
    assert.match(readFileSync(at('said-c'), 'utf8'), HELD_BY_A);
    must(`kill -9 ${pid}`);
    until(() => run(`test -e /proc/${pid}`).status === 1);
    assert.equal(create('crun', 'b', '0'), '');
  });

  test('ps and devices --held name the container, and the lease', () => {
    assert.equal(create('crun', 'a', '0'), '');
    const cdictl = (...words: readonly string[]): string => must([process.execPath, MAIN, ...words].join(' '));
    const { holdings } = JSON.parse(cdictl('ps', '-o', 'json', '--device', 'v.com/gpu=0'));
    assert.deepEqual(
      holdings.map(({ device: name, holder, by, share }: { [key: string]: unknown }) => [name, holder, by, share]),
      [['v.com/gpu=0', 'oci:a', 'shim', { pattern: 'v.com/gpu=*', most: 1, held: 1, leased: true }]],
    );
    const rows = cdictl('devices', '--held').split('\n');
    assert.deepEqual(
      rows.filter((row) => row.includes('oci:a')).map((row) => row.trim().split(/ +/)[0]),
      // with what it is a part of
      ['v.com/gpu=0', 'v.com/gpu=all', 'v.com/twin=first'],
    );
    const free = cdictl('devices', '-q', 'v.com/gpu', '--filter', 'free').trim().split('\n');
    assert.deepEqual([free.includes('v.com/gpu=all'), free.includes('v.com/gpu=1')], [false, true]);
    must('crun delete --force a');
    assert.doesNotMatch(cdictl('devices', '--held'), /oci:a/);
  });

  test('the shim with sanitizers takes, refuses and waits for leases, and reports nothing', () => {
    mkdirSync(at('sanitized'));
    symlinkSync(fuzzBinary('shim', true), at('sanitized/cdi-crun'));
    set('limits: { wall: 2s }\n');
    const said = (id: string, name: string): string => {
      run(creating('crun', id, name).replace(at('cdi-crun'), at('sanitized/cdi-crun')));
      return readFileSync(at(`said-${id}`), 'utf8');
    };
    assert.equal(said('a', '0'), '');
    assert.match(said('b', 'all'), HELD_BY_A);
    assert.equal(said('b', 'any'), '');
    must('crun delete --force a');
    assert.equal(said('c', '0'), '');
    const holder = run(`flock ${LEASES} sleep 1000 </dev/null >/dev/null 2>&1 & echo $!`).stdout.trim();
    until(() => run(`flock --nonblock ${LEASES} true`).status === 1);
    assert.match(said('d', '7'), /^cannot take a lease in .*: others have its lock for too long; [^\n]*\n$/);
    run(`pkill -P ${holder}; kill ${holder}`);
    must(`rm -r ${LEASES} && touch ${LEASES}`);
    assert.match(said('d', '7'), /^cannot read .*: it cannot be read \(ENOTDIR\)[^\n]*\n$/);
  });

  test('explain tells who has a device, and that a container has its own', () => {
    const explain = (...words: readonly string[]): string =>
      run([process.execPath, MAIN, 'explain', ...words].join(' ')).stdout;
    assert.match(explain('v.com/gpu=0'), /no other container has it; 1 container may by policy\.share/);
    assert.equal(create('crun', 'a', '0'), '');
    assert.match(explain('v.com/twin=first'), /could not start[\s\S]*is held by container "a"/);
    assert.match(explain('v.com/gpu=any'), /v\.com\/gpu=1/);
    assert.match(explain('--bundle', at('bundle-a')), /has all of 1 device already/);
  });
});

const HELD_BY_A = /is held by container "a" \(bundle "/;

/** What comes soon. */
function until(look: () => boolean): void {
  for (let tries = 0; tries < 100 && !look(); tries++) spawnSync('sleep', ['0.05']);
  assert.ok(look());
}

/** Of each device three or four ways to ask for it. */
const ASKED: readonly string[] = [...NUMBERS.flatMap((n) => [`${n}`, `GPU-0000${n}`]), 'v.com/twin=first'];
