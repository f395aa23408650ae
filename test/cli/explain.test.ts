// cdictl explain: what people read, what programs get, and a container that was started.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

import { measureText } from '../../src/cli/terminal/wrap.ts';
import { assertConforms } from '../support/published-schemas.ts';
import { type CdictlOutcome, runCdictl } from '../support/run-cdictl.ts';
import { createInNode } from '../support/run-node.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
chmodSync(folder, 0o755);

/** A host of its own: a spec directory, a bundle and settings. */
interface Place {
  readonly root: string;
  readonly cdi: string;
  readonly bundle: string;
  readonly config: string;
  readonly settings: string;
  readonly audit: string;
  explain(words: readonly string[], width?: number): Promise<CdictlOutcome>;
  json(...words: readonly string[]): Promise<ReturnType<typeof JSON.parse>>;
}

interface Layout {
  readonly specs: Readonly<Record<string, string>>;
  readonly document?: unknown;
  readonly settings?: string;
}

function place({ specs, document = {}, settings: extra = '' }: Layout): Place {
  const root = mkdtempSync(join(folder, 'p'));
  const [cdi, bundle, settings, audit] = ['cdi', 'bundle', 'settings.yaml', 'audit'].map((name) => join(root, name));
  if (cdi === undefined || bundle === undefined || settings === undefined || audit === undefined) assert.fail();
  for (const directory of [cdi, bundle]) mkdirSync(directory);
  for (const [name, text] of Object.entries(specs)) writeFileSync(join(cdi, name), text);
  const config = join(bundle, 'config.json');
  writeFileSync(config, typeof document === 'string' ? document : JSON.stringify(document));
  writeFileSync(settings, `specDirs: [${cdi}]\naudit: { path: ${audit} }\n${extra}`);
  const explain: Place['explain'] = (words, width) => runCdictl(['explain', '--config', settings, ...words], width);
  const json: Place['json'] = async (...words) => {
    const { status, stdout, stderr } = await explain(['-o', 'json', ...words]);
    const told = JSON.parse(stdout);
    assertConforms('cdictl/explain.schema.json', told);
    assert.deepEqual([status, stderr], [told.refusal === undefined ? 0 : 1, '']);
    return told;
  };
  return { root, cdi, bundle, config, settings, audit, explain, json };
}

/** A spec of one kind; each device with its edits in the flow form of YAML. */
function spec(devices: Readonly<Record<string, string>>, more = ''): string {
  const lines = Object.entries(devices).map(([name, edits]) => `- { name: ${name}, containerEdits: ${edits} }`);
  return ['cdiVersion: 1.1.0', 'kind: v.com/c', 'devices:', ...lines, more, ''].join('\n');
}

/** As YAML takes it: all that is not ASCII by its number. */
function escaped(value: object): string {
  const byNumber = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replaceAll(/[^ -~]/g, byNumber);
}

const asking = (...devices: string[]): object => ({ annotations: { 'cdi.k8s.io/x': devices.join(',') } });

function assertFits(text: string, width: number): void {
  for (const line of text.split('\n')) {
    assert.ok(measureText(line) <= width, line);
    assert.doesNotMatch(line, /\p{Cc}|\p{Cf}/u);
  }
}

test('explain shows a person every edit with its spec, line, request and rule', async () => {
  const { root, bundle, explain } = place({
    specs: {
      'a.yaml': spec(
        { d0: '{ env: [MODE=fast, A=2], additionalGids: [44] }', d1: '{ env: [MODE=slow] }' },
        'containerEdits: { mounts: [{ hostPath: /, containerPath: /host, options: [rbind, ro] }] }',
      ),
    },
    document: {
      process: { env: ['A=1', 'CDI_DEVICES=v.com/c=d1'] },
      mounts: [{ destination: '/host', source: '/old', options: ['bind'] }],
      annotations: { 'cdi.k8s.io/x': 'v.com/c=d0', 'optional.cdi.k8s.io/y': 'v.com/c=none' },
    },
    settings: 'policy:\n  rules:\n  - { source: env, action: allow, reason: on this host env counts }\n',
  });
  const { status, stdout, stderr } = await explain(['--bundle', bundle], 80);
  assert.equal(stderr, '');
  assert.equal(status, 0);
  assertFits(stdout, 80);
  const text = stdout.replaceAll(/\s+/g, ' ').replaceAll(root, '$D');
  for (const part of [
    'config.json: gets 2 devices by 4 edits Requests',
    'v.com/c=d0, by annotation cdi.k8s.io/x allowed by policy.preset open (the default) v.com',
    'v.com/c=none, by annotation optional.cdi.k8s.io/y, optional allowed by policy.preset open (the default) left out: ',
    'v.com/c=d1, by env CDI_DEVICES allowed by policy.rules[0] ($D/settings.yaml:5): on this host env counts Edits',
    '$D/cdi/a.yaml: the whole spec, with v.com/c=d0 (annotation cdi.k8s.io/x) ' +
      '6 replace mount /host from / (rbind, ro) instead of /old (bind) ' +
      '$D/cdi/a.yaml: v.com/c=d0 (annotation cdi.k8s.io/x) ' +
      '4 overridden env MODE=fast by v.com/c=d1, $D/cdi/a.yaml:5 ' +
      '4 replace env A=2 instead of A=1 4 add group 44 ' +
      '$D/cdi/a.yaml: v.com/c=d1 (env CDI_DEVICES) 5 add env MODE=slow Audit',
  ])
    assert.ok(text.includes(part), `${part}\nis not in\n${text}`);
});

test('explain tells the environment of each hook, and where it is from', async () => {
  const hooks = [
    '{ hookName: prestart, path: /bin/sh }',
    '{ hookName: prestart, path: /bin/sh, args: [sh, -c], env: [A=1] }',
    '{ hookName: startContainer, path: /x }',
  ];
  const specs = { 'a.yaml': spec({ d0: `{ hooks: [${hooks.join(', ')}] }` }) };
  for (const [emptyEnv, remark, from] of [
    [
      'minimal',
      'env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin (the spec gives none)',
      'minimal',
    ],
    ['keep', 'env as the runtime has it', 'runtime'],
  ]) {
    const settings = `hooks: { emptyEnv: ${emptyEnv} }\n`;
    const { bundle, explain, json } = place({ specs, document: asking('v.com/c=d0'), settings });
    const { edits } = await json('--bundle', bundle);
    assert.deepEqual(
      edits.map(({ hookEnv }: Record<string, unknown>) => hookEnv),
      [from, 'spec', 'container'],
    );
    const { stdout } = await explain(['--bundle', bundle]);
    const text = stdout.replaceAll(/\s+/g, ' ');
    const want = `prestart /bin/sh ${remark} 4 add hook prestart /bin/sh -c env A=1 4 add hook startContainer /x env of the`;
    assert.ok(text.includes(want), text);
  }
});

test('explain tells that mounts of the document change their places', async () => {
  const document = { ...asking('v.com/c=d0'), mounts: [{ destination: '/a/b' }, { destination: '/a' }] };
  for (const [edits, moved] of [
    ['{ mounts: [{ hostPath: /, containerPath: /z }] }', true],
    ['{ env: [A=1] }', false],
  ] as const) {
    const { bundle, explain, json } = place({ specs: { 'a.yaml': spec({ d0: edits }) }, document });
    assert.equal((await json('--bundle', bundle)).mountsMoved, moved);
    assert.equal((await explain(['--bundle', bundle])).stdout.includes('mounts of the document change their'), moved);
  }
});

test('explain tells why a conflict starts no container', async () => {
  const specs = { 'a.yaml': spec({ d0: '{ env: [A=1] }' }), 'b.yaml': spec({ d0: '{ env: [A=2] }' }) };
  const { root, cdi, bundle, explain, json } = place({ specs, document: asking('v.com/c=d0') });
  const { status, stdout } = await explain(['--bundle', bundle]);
  assert.equal(status, 1);
  const message =
    'cannot resolve device "v.com/c=d0" (asked for by annotation cdi.k8s.io/x): ' +
    `"${cdi}/a.yaml" and "${cdi}/b.yaml" define it with the same priority; let only one of them define it`;
  assert.equal(
    stdout.replaceAll(root, '$D'),
    `$D/bundle/config.json: does not start
  ${message.replaceAll(root, '$D')}
`,
  );
  const verbose = await explain(['--bundle', bundle, '-v']);
  assert.equal(
    verbose.stdout.replaceAll(root, '$D'),
    `$D/bundle/config.json: does not start
  ${message.replaceAll(root, '$D')}

Requests
  v.com/c=d0, by annotation cdi.k8s.io/x
    allowed by policy.preset open (the default)

Audit
  $D/audit has no record of it
`,
  );
  const { outcome, refusal, requests, edits } = await json('--bundle', bundle);
  assert.deepEqual([outcome, edits, requests[0].granted], ['refused', [], false]);
  assert.deepEqual(refusal, {
    code: 'DEVICE_CONFLICT',
    message,
    path: `${cdi}/a.yaml`,
    hint: 'let only one of them define it',
  });
});

test('explain has a line for each of sixty mounts, on eighty columns', async () => {
  const mounts = Array.from(
    { length: 60 },
    (_, i) => `{ hostPath: /, containerPath: /opt/lib-${i}.so.1, options: [ro, bind] }`,
  );
  const { bundle, explain } = place({
    specs: { 'a.yaml': spec({ d0: `{ mounts: [${mounts.join(', ')}] }` }) },
    document: asking('v.com/c=d0'),
  });
  const { stdout } = await explain(['--bundle', bundle], 80);
  assertFits(stdout, 80);
  const lines = stdout.split('\n').filter((line) => line.includes('  mount  '));
  assert.deepEqual(
    lines,
    mounts.map((_, i) => `     4  add         mount        /opt/lib-${i}.so.1 from / (ro, bind)`),
  );
});

test('explain keeps to its columns with wide characters, and shows none that steer a terminal', async () => {
  const wide = '\u6f22\u5b57'.repeat(40);
  const hostile = '\u001b[31m\u009b2J\u202egnp.exe\u200b\nX\u0007';
  const { bundle, explain } = place({
    specs: { 'a.yaml': spec({ d0: escaped({ env: [`W=${wide}`, `H=${hostile}`] }) }) },
    document: {
      annotations: { 'cdi.k8s.io/x': 'v.com/c=d0', [`cdi.k8s.io/${hostile}`]: 'v.com/c=d0,v.com/c=d0' },
      process: { env: [`H=${hostile}old`] },
    },
    settings: `policy: { rules: [{ action: ignore, devices: o.th/er=*, reason: ${JSON.stringify(wide)} }] }\n`,
  });
  for (const width of [80, 40]) {
    const { status, stdout } = await explain(['--bundle', bundle], width);
    assert.equal(status, 0, stdout);
    assertFits(stdout, width);
    const whole = stdout.replaceAll(/\n +/g, '');
    assert.ok(whole.includes(`W=${wide}`));
    assert.ok(whole.includes('H=\\x1b[31m\\x9b2J\\u202egnp.exe\\u200b\\nX\\x07'), whole);
  }
});

test('explain knows what does not count, and why', async () => {
  const specs = { 'a.yaml': spec({ d0: '{ env: [A=1] }' }) };
  const document = {
    process: { env: ['CDI_DEVICES=v.com/c=d0'] },
    annotations: { 'io.kubernetes.cri.container-type': 'container', 'io.kubernetes.cri.sandbox-name': 'web' },
  };
  const { bundle, explain, json } = place({ specs, document });
  const told = await json('--bundle', bundle);
  assert.deepEqual([told.outcome, told.edits, told.container.pod], ['ignored', [], 'web']);
  const reason = 'auto: in Kubernetes an image or a tenant sets the environment';
  const common = { device: 'v.com/c=d0', source: 'env', key: 'CDI_DEVICES', optional: false, granted: false };
  assert.deepEqual(told.requests, [
    { ...common, action: 'off', rule: 'requests.env.enabled', origin: 'default', reason },
  ]);
  const { stdout } = await explain(['--bundle', bundle]);
  assert.match(stdout, /config.json: starts without what it asks for\n/);
  assert.match(stdout, /not counted by requests\.env\.enabled \(the default\): auto: in Kubernetes/);
});

test('explain tells a request that a rule ignores, and one that a rule denies', async () => {
  const specs = { 'a.yaml': spec({ d0: '{ env: [A=1] }', d1: '{ env: [B=1] }' }) };
  const rules =
    'policy:\n  rules:\n  - { devices: v.com/c=d0, action: ignore }\n  - { devices: v.com/c=d1, action: deny, reason: broken }\n';
  const ignored = place({ specs, document: asking('v.com/c=d0'), settings: rules });
  const told = await ignored.json('--bundle', ignored.bundle);
  assert.deepEqual([told.outcome, told.requests[0].action], ['ignored', 'ignore']);
  assert.deepEqual(told.requests[0].origin, { file: ignored.settings, line: 5, column: 5 });
  const denied = place({ specs, document: asking('v.com/c=d1'), settings: rules });
  const { refusal, requests } = await denied.json('--bundle', denied.bundle);
  assert.equal(refusal.code, 'DENIED');
  assert.deepEqual([requests[0].rule, requests[0].origin.line, requests[0].reason], ['policy.rules[1]', 6, 'broken']);
});

test('explain takes names and patterns, as if an annotation asked for them in an empty container', async () => {
  const specs = { 'a.yaml': spec({ d0: '{ env: [A=1] }', d1: '{ env: [A=2] }', e: '{ env: [B=1] }' }) };
  const { root, explain, json } = place({ specs, settings: 'requests: { annotations: { enabled: false } }\n' });
  const told = await json('v.com/c=e', 'v.com/c=d?');
  assert.deepEqual(
    told.edits.map(({ key, effect, device }: Record<string, string>) => [key, effect, device]),
    [
      ['B', 'add', 'v.com/c=e'],
      ['A', 'overridden', 'v.com/c=d0'],
      ['A', 'add', 'v.com/c=d1'],
    ],
  );
  assert.deepEqual([told.subject, told.config, told.path], ['devices', undefined, undefined]);
  const { stdout } = await explain(['v.com/c=e']);
  assert.match(stdout, /^an empty container: gets 1 device by 1 edit\n/);
  const unresolved = await explain(['v.com/c=d7']);
  assert.equal(unresolved.status, 1);
  assert.match(unresolved.stdout, /^an empty container: could not start\n {2}cannot resolve device "v.com\/c=d7"/);
  assert.match(unresolved.stdout, /did you mean "d0" and "d1"\?/);
  for (const [word, why] of [
    ['v.com/x=*', 'cannot find devices for "v.com/x=*": none of 3 matches; did you mean'],
    ['d0', 'cannot resolve device "d0": it has no "="'],
  ] as const) {
    const { status, stdout: out, stderr } = await explain([word]);
    assert.deepEqual([status, out], [1, '']);
    assert.ok(stderr.startsWith(`cdictl: ${why}`), stderr);
  }
  for (const [word, why] of [
    ['dokcer:web', 'did you mean "docker:web"?'],
    ['podman:', 'did you mean "podman:NAME"?'],
    ['containerd:web', 'containers are written docker:web, podman:web, ctr:web, cri:web, oci:web'],
  ] as const) {
    const { status, stderr } = await explain([word]);
    assert.deepEqual([status, stderr], [2, `cdictl: "${word}" is no container, document or device; ${why}\n`]);
  }
  assert.ok(root);
});

test('explain takes a document of its own, also from standard input', async () => {
  const { root, config, settings, json } = place({
    specs: { 'a.yaml': spec({ d0: '{ env: [A=1] }' }) },
    document: asking('v.com/c=d0'),
  });
  const told = await json(config);
  assert.deepEqual([told.subject, told.path, told.outcome, told.audit], ['document', config, 'injected', undefined]);
  const main = resolve(import.meta.dirname, '../../src/cli/main.ts');
  const { status, stdout } = spawnSync(process.execPath, [main, 'explain', '-', '--config', settings], {
    input: readFileSync(config),
    encoding: 'utf8',
  });
  assert.equal(status, 0);
  assert.match(stdout, /^standard input: gets 1 device by 1 edit\n/);
  assert.ok(root);
});

test('explain does not wait for devices', async () => {
  const { bundle, json } = place({ specs: {}, document: asking('v.com/c=d0'), settings: 'wait: 1h\n' });
  const { refusal, warnings } = await json('--bundle', bundle);
  assert.equal(refusal.code, 'UNRESOLVED_DEVICE');
  assert.deepEqual(warnings, ['the shim would look for it for 3600 s before it gives up']);
});

test('explain of a container that was started: what the audit recorded, and what differs today', async () => {
  const { bundle, cdi, config, settings, audit, explain, json } = place({
    specs: { 'a.yaml': spec({ d0: '{ env: [A=1] }', d1: '{ env: [B=1] }' }), 'b.yaml': spec({ e: '{ env: [C=1] }' }) },
    document: asking('v.com/c=d0', 'v.com/c=e'),
  });
  createInNode(['create', '--bundle', bundle, 'ctr7'], '/usr/bin/true', settings);
  const devices = ({ audit: { record } }: { audit: { record: { devices: Record<string, unknown>[] } } }): unknown[] =>
    record.devices.map(({ name, spec: path, line, today, todaySpec }) => [name, path, line, today, todaySpec]);
  const [a, b] = [join(cdi, 'a.yaml'), join(cdi, 'b.yaml')];

  const same = await json('--bundle', bundle);
  assert.equal(same.outcome, 'already');
  assert.deepEqual(
    same.edits.map(({ effect }: { effect: string }) => effect),
    ['present', 'present'],
  );
  const { id, command, outcome, unchanged } = same.audit.record;
  assert.deepEqual([id, command, outcome, unchanged], ['ctr7', 'create', 'injected', true]);
  assert.deepEqual(devices(same), [
    ['v.com/c=d0', a, 4, 'same', a],
    ['v.com/c=e', b, 4, 'same', b],
  ]);

  writeFileSync(a, spec({ d0: '{ env: [A=1, NEW=1] }' }));
  renameSync(b, join(cdi, 'c.yaml'));
  const changed = await json('--bundle', bundle);
  assert.deepEqual(
    changed.edits.map(({ key, effect }: Record<string, string>) => [key, effect]),
    [
      ['A', 'present'],
      ['NEW', 'add'],
      ['C', 'present'],
    ],
  );
  assert.deepEqual(devices(changed), [
    ['v.com/c=d0', a, 4, 'changed', a],
    ['v.com/c=e', b, 4, 'moved', join(cdi, 'c.yaml')],
  ]);

  assert.match((await explain(['--bundle', bundle])).stdout, /\n {4}of today's specs it lacks 1 edit\n$/);

  rmSync(a);
  const gone = await json('--bundle', bundle);
  assert.equal(gone.refusal.code, 'UNRESOLVED_DEVICE');
  assert.deepEqual(devices(gone)[0], ['v.com/c=d0', a, 4, 'gone', undefined]);
  const text = await explain(['--bundle', bundle]);
  assert.equal(text.status, 1);
  assert.match(
    text.stdout,
    /: create of container ctr7: injected\n {4}v.com\/c=d0 from .*a.yaml:4; today it does not resolve\n/,
  );
  assert.match(text.stdout, /\n {4}config.json is as it was left then\n$/);

  writeFileSync(config, `${readFileSync(config, 'utf8')}\n`);
  assert.equal((await json('--bundle', bundle)).audit.record.unchanged, false);

  // Another bundle with the very same document: the id tells which is meant.
  const [first = ''] = readFileSync(audit, 'utf8').split('\n');
  const other = first.replaceAll('ctr7', 'ctr8').replace(/"record":"[^"]+"/, '"record":"0123456789abcdef"');
  appendFileSync(audit, `${other}\n`);
  for (const [wanted, found] of [
    ['ctr7', 'ctr7'],
    ['ctr8', 'ctr8'],
  ])
    assert.equal((await json('--bundle', bundle, '--id', wanted ?? '')).audit.record.id, found);
  assert.equal((await json('--bundle', bundle, '--id', 'other')).audit.record, undefined);

  renameSync(audit, `${audit}.1`);
  assert.equal((await json('--bundle', bundle)).audit.record.id, 'ctr8');
  mkdirSync(audit);
  assert.match((await json('--bundle', bundle)).audit.problem, /^cannot read the audit ".*\/audit": it cannot be read/);
});

test('explain tells a record of a start that was refused', async () => {
  const { bundle, settings, json, explain } = place({ specs: {}, document: asking('v.com/c=d0') });
  createInNode(['create', '--bundle', bundle, 'ctr'], '/usr/bin/true', settings);
  const { record } = (await json('--bundle', bundle)).audit;
  assert.deepEqual([record.outcome, record.devices, record.unchanged], ['refused', [], true]);
  assert.match(record.error, /^cannot resolve device "v.com\/c=d0"/);
  assert.match(
    (await explain(['--bundle', bundle, '-v'])).stdout,
    /of container ctr: refused\n {4}cannot resolve device/,
  );
  // The same reason is not told twice.
  assert.equal((await explain(['--bundle', bundle])).stdout.match(/cannot resolve device/g)?.length, 1);
});

const usage: [why: string, words: readonly string[], want: string][] = [
  ['nothing', [], 'explain needs a bundle, a container, a document, or devices; see cdictl explain --help'],
  ['a bundle and more', ['--bundle', '/b', 'v.com/c=d'], 'explain takes a bundle or other operands, not both; see'],
  ['a document and devices', ['c.json', 'v.com/c=d'], 'explain takes one document, and no devices with it; see'],
  ['an id without a bundle', ['--id', 'x', 'v.com/c=d'], 'option --id needs --bundle; see'],
];
for (const [why, words, want] of usage)
  test(`explain cannot be called with ${why}`, async () => {
    const { status, stdout, stderr } = await runCdictl(['explain', ...words]);
    assert.deepEqual([status, stdout], [2, '']);
    assert.ok(stderr.startsWith(`cdictl: ${want}`), stderr);
  });

test('explain fails on what cannot be read, and on what the runtime would refuse', async () => {
  const { root, bundle, config, explain } = place({ specs: {}, document: '{"a":1,}' });
  for (const words of [[config], ['--bundle', bundle]]) {
    const { status, stderr } = await explain(words);
    assert.equal(status, 1);
    assert.match(stderr, /^cdictl: cannot read the OCI document ".*config.json": line 1, column 8: /);
  }
  const { status, stderr } = await explain(['--bundle', root]);
  assert.equal(status, 1);
  assert.match(stderr, /^cdictl: cannot read the OCI document ".*config.json": it is missing/);
});

test('-v tells each path of one cause, and so does JSON', async () => {
  const host = mkdtempSync(join(folder, 'gone-'));
  chmodSync(host, 0o755);
  const mounts = ['/gone/a', '/gone/b'].map((path) => ({ hostPath: path, containerPath: path, type: 'bind' }));
  writeFileSync(
    join(host, 'v.json'),
    JSON.stringify(
      { cdiVersion: '0.6.0', kind: 'v.com/c', devices: [{ name: 'x', containerEdits: { mounts } }] },
      undefined,
      1,
    ),
    { mode: 0o644 },
  );
  const settings = join(host, 'settings.yaml');
  writeFileSync(settings, '', { mode: 0o644 });
  const words = ['explain', 'v.com/c=x', '-d', host, '--config', settings];
  const short = await runCdictl(words);
  assert.match(short.stdout, /cannot mount "\/gone\/a" and "\/gone\/b" of spec/);
  assert.doesNotMatch(short.stdout, /Problems/);
  const { stdout } = await runCdictl([...words, '-v']);
  for (const [path, line] of [
    ['/gone/a', 10],
    ['/gone/b', 15],
  ])
    assert.match(
      stdout,
      new RegExp(
        `^  cannot mount "${path}" of spec ".*/v.json": line ${line}, column \\d+: the host does not have it`,
        'm',
      ),
    );
  const told = JSON.parse((await runCdictl([...words, '-o', 'json'])).stdout);
  assertConforms('cdictl/explain.schema.json', told);
  assert.equal(told.problems.length, 2);
});
