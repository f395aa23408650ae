// The audit's line: what it says for each outcome, when it is written, and when a failure to write it matters.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Host, RunRecord } from '../../src/host/host.ts';
import { writeAuditTime } from '../../src/runtime/audit-line.ts';
import { intercept } from '../../src/runtime/intercept.ts';
import { findSettings, SETTINGS_FILE } from '../../src/settings/load.ts';
import { CdiError } from '../../src/text/error.ts';
import { type MemoryHost, memoryHost } from '../host/memory-host.ts';
import { assertConforms } from '../support/published-schemas.ts';
import { spec } from '../support/specs.ts';

const CONFIG = '/bundle/config.json';
const SPEC = '/etc/cdi/gpu.yaml';
const AUDIT = '/var/log/cdi-runtime/audit.jsonl';
const GPU = spec('vendor.com/gpu', '0', '1');

interface Machine {
  readonly config: string;
  readonly settings?: string;
  /** what differs from a machine on which all goes well */
  readonly host?: (host: MemoryHost) => Partial<Host>;
}

interface Outcome {
  readonly error: string | undefined;
  readonly lines: readonly Record<string, unknown>[];
  readonly config: unknown;
}

/** A create on a machine with one spec. */
function create({ config, settings = '', host: differs = () => ({}) }: Machine): Outcome {
  const host = memoryHost({ [SPEC]: GPU, [SETTINGS_FILE]: settings, [CONFIG]: config, '/var/log/other': '' });
  let error: string | undefined;
  try {
    const call = { argv: ['create', '--bundle', '/bundle', 'id'], runtime: '/usr/bin/runc', runtimeProblem: '' };
    const settings = (): ReturnType<typeof findSettings> => findSettings(host);
    intercept({ ...host, settings, now: () => 1_700_000_000_007, ...differs(host) }, call, () => {});
  } catch (thrown) {
    if (!(thrown instanceof CdiError)) throw thrown;
    error = thrown.message;
  }
  return { error, lines: linesOf(host), config: host.entry(CONFIG) };
}

function linesOf(host: MemoryHost): Record<string, unknown>[] {
  const text = host.entry(AUDIT) ?? '';
  assert.ok(typeof text === 'string' && (text === '' || text.endsWith('\n')));
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      assert.ok(line.startsWith('{"time":"'), line);
      const record = JSON.parse(line);
      assertConforms('audit.schema.json', record);
      return record;
    });
}

const sha256 = (text: unknown): string => createHash('sha256').update(String(text)).digest('hex');
const document = (annotations: Record<string, string>, env: string[] = []): string =>
  JSON.stringify({ process: { env }, annotations });
const asking = (...devices: string[]): string => document({ 'cdi.k8s.io/x': devices.join(',') });
const ZERO = 'vendor.com/gpu=0';
const allowed = (device: string): object => ({
  device,
  source: 'annotation',
  key: 'cdi.k8s.io/x',
  action: 'allow',
  rule: 'policy.preset open',
});

/** What does not count, and why. */
const byEnv = (rule: string, reason: string): object => ({
  device: ZERO,
  source: 'env',
  key: 'CDI_DEVICES',
  action: 'off',
  rule,
  reason,
});

test('the line of an injection says who got what, from where, by which rule', () => {
  const config = document(
    {
      'cdi.k8s.io/x': ZERO,
      'optional.cdi.k8s.io/x': 'vendor.com/gpu=7',
      'io.kubernetes.cri.container-type': 'container',
      'io.kubernetes.cri.sandbox-namespace': 'team-a',
      'io.kubernetes.cri.sandbox-name': 'web-0',
    },
    ['CDI_DEVICES=vendor.com/gpu=1'],
  );
  const settings = [
    'requests: { env: { enabled: true } }',
    'policy:',
    '  rules:',
    '  - { source: env, action: ignore, reason: not by env }',
    '  - { namespace: team-*, action: allow }',
  ].join('\n');
  const { error, lines, config: after } = create({ config, settings });
  assert.equal(error, undefined);
  const warning =
    'cannot resolve device "vendor.com/gpu=7" (asked for by annotation optional.cdi.k8s.io/x): "vendor.com/gpu" has "0" and "1"; request one of these';
  const call = { record: '0000000000000001', command: 'create', id: 'id', bundle: '/bundle' };
  assert.deepEqual(lines, [
    {
      time: '2023-11-14T22:13:20.007Z',
      outcome: 'intended',
      ...call,
      engine: 'containerd-cri',
      namespace: 'team-a',
      pod: 'web-0',
      requests: [
        { device: ZERO, source: 'annotation', key: 'cdi.k8s.io/x', action: 'allow', rule: 'policy.rules[1]' },
        {
          device: 'vendor.com/gpu=7',
          source: 'annotation',
          key: 'optional.cdi.k8s.io/x',
          optional: true,
          action: 'allow',
          rule: 'policy.rules[1]',
          dropped: true,
        },
        {
          device: 'vendor.com/gpu=1',
          source: 'env',
          key: 'CDI_DEVICES',
          action: 'ignore',
          rule: 'policy.rules[0]',
          reason: 'not by env',
        },
      ],
      devices: [{ name: ZERO, spec: SPEC, line: 4, digest: sha256(GPU) }],
      warnings: [warning],
      config: { before: sha256(config), after: sha256(after) },
    },
    { time: '2023-11-14T22:13:20.007Z', outcome: 'injected', ...call },
  ]);
  assert.notEqual(after, config);
});

test('what is there already is recorded, and the file stays', () => {
  const first = create({ config: asking(ZERO) });
  const again = create({ config: String(first.config) });
  assert.deepEqual(
    again.lines.map(({ outcome, devices, config }) => ({ outcome, devices, config })),
    [
      {
        outcome: 'already',
        devices: [{ name: ZERO, spec: SPEC, line: 4, digest: sha256(GPU) }],
        config: { before: sha256(first.config), after: sha256(first.config) },
      },
    ],
  );
  assert.equal(again.config, first.config);
});

const ALL_IGNORED = 'policy: { default: ignore }';
const cases: [title: string, machine: Machine, want: Record<string, unknown>][] = [
  [
    'requests that the policy ignores',
    { config: asking(ZERO), settings: ALL_IGNORED },
    {
      outcome: 'ignored',
      requests: [{ ...allowed(ZERO), action: 'ignore', rule: 'policy.default' }],
      devices: [],
    },
  ],
  [
    'requests by a source that is off',
    { config: document({}, [`CDI_DEVICES=${ZERO}`]), settings: 'requests: { env: { enabled: false } }' },
    { outcome: 'ignored', requests: [byEnv('requests.env.enabled', 'this source is off')], devices: [] },
  ],
  [
    'requests that an image turned off, and that are malformed',
    { config: document({}, ['CDI_DEVICES=gpu', 'KUBERNETES_SERVICE_HOST=']) },
    {
      outcome: 'ignored',
      requests: [
        {
          ...byEnv(
            'requests.env.enabled',
            'auto: the container has KUBERNETES_SERVICE_HOST, and in Kubernetes an image or a tenant sets the environment',
          ),
          device: 'gpu',
        },
      ],
      devices: [],
    },
  ],
  [
    'requests by mounts, which are off',
    { config: '{"mounts":[{"source":"/dev/null","destination":"/var/run/cdi-devices/vendor.com/gpu/0"}]}' },
    {
      outcome: 'ignored',
      requests: [
        {
          ...byEnv('requests.mounts.enabled', 'this source is off'),
          source: 'mount',
          key: '/var/run/cdi-devices/vendor.com/gpu/0',
        },
      ],
      devices: [],
    },
  ],
  [
    'devices that may be absent, and are',
    { config: asking('vendor.com/gpu=7'), settings: 'unresolved: warn' },
    { outcome: 'ignored', requests: [{ ...allowed('vendor.com/gpu=7'), dropped: true }], devices: [] },
  ],
  [
    'a request that the policy denies',
    {
      config: asking(ZERO, 'vendor.com/gpu=1'),
      settings: 'policy: { rules: [{ devices: "*=1", action: deny, reason: broken }] }',
    },
    {
      outcome: 'refused',
      requests: [
        allowed(ZERO),
        { ...allowed('vendor.com/gpu=1'), action: 'deny', rule: 'policy.rules[0]', reason: 'broken' },
      ],
      devices: [],
      error: 'DENIED',
    },
  ],
  [
    'a device that is not there',
    { config: asking(ZERO, 'vendor.com/gpu=7') },
    {
      outcome: 'refused',
      requests: [allowed(ZERO), allowed('vendor.com/gpu=7')],
      devices: [],
      error: 'UNRESOLVED_DEVICE',
    },
  ],
  [
    'a request that is malformed',
    { config: asking('gpu') },
    { outcome: 'refused', requests: [], devices: [], error: 'BAD_REQUEST' },
  ],
  [
    'a spec that others may have written',
    {
      config: asking(ZERO),
      host: (host) => ({ fileInfo: (file) => ({ ...host.fileInfo(file), mode: file.path === SPEC ? 0o666 : 0o644 }) }),
    },
    { outcome: 'refused', requests: [allowed(ZERO)], devices: [], error: 'UNRESOLVED_DEVICE' },
  ],
];
for (const [title, machine, want] of cases)
  test(`the line of ${title}`, () => {
    const { error, lines, config } = create(machine);
    assert.equal(lines.length, 1);
    const { outcome, requests, devices, error: said } = lines[0] ?? {};
    const code = typeof said === 'object' && said !== null && 'code' in said ? said.code : undefined;
    const message = typeof said === 'object' && said !== null && 'message' in said ? said.message : undefined;
    assert.deepEqual({ outcome, requests, devices, ...(code !== undefined && { error: code }) }, want);
    assert.equal(message, error);
    assert.deepEqual(lines[0]?.['config'], { before: sha256(machine.config), after: sha256(machine.config) });
    assert.equal(config, machine.config);
  });

test('a container that asks for nothing leaves no line', () => {
  for (const config of ['{}', document({ 'cdi.k8s.io.example/x': ZERO }), document({}, ['X=CDI_DEVICES'])]) {
    assert.deepEqual(create({ config }), { error: undefined, lines: [], config });
  }
});

test('beside an injection, what gives way to it is on record, unless the container gets it anyway', () => {
  const settings = 'requests: { env: { presets: [nvidia] } }';
  const { lines } = create({
    config: document({ 'cdi.k8s.io/x': ZERO }, ['NVIDIA_VISIBLE_DEVICES=all', `CDI_DEVICES=${ZERO}`]),
    settings,
  });
  assert.deepEqual(
    lines.map(({ outcome, requests }) => [outcome, requests]),
    [
      [
        'intended',
        [
          allowed(ZERO),
          {
            ...byEnv('requests.precedence', 'annotation asks, which goes before env'),
            device: 'nvidia.com/gpu=all',
            key: 'NVIDIA_VISIBLE_DEVICES',
          },
        ],
      ],
      ['injected', undefined],
    ],
  );
});

const OFF = 'requests: { annotations: { enabled: false }, env: { enabled: false } }';
const offered = document({ 'cdi.k8s.io/x': ZERO }, [`CDI_DEVICES=${ZERO}`]);
const harmless: [title: string, machine: Machine, lines: number][] = [
  [
    'that cannot be recorded',
    { config: offered, host: () => ({ beginRecord: () => ({ write: () => ({ errno: 'ENOSPC' }) }) }) },
    0,
  ],
  ['in a document that is cut', { config: offered.slice(0, -1) }, 0],
  ['in a document with a part of another form', { config: `{"annotations":["cdi.k8s.io"],"process":{}}` }, 0],
  [
    'in a document that is larger than the limit',
    { config: offered + ' '.repeat(1024), settings: 'limits: { config: 1KiB }' },
    0,
  ],
  ['in a document that takes long to read', { config: offered + ' '.repeat(1024 * 1024) }, 0],
  ['in a small document', { config: offered }, 1],
];
for (const [title, machine, count] of harmless)
  test(`a request that does not count stops no one: ${title}`, () => {
    const settings = `${OFF}\naudit: { required: true }\n${machine.settings ?? ''}`;
    const { error, lines, config } = create({ ...machine, settings });
    assert.deepEqual([error, lines.length, config], [undefined, count, machine.config]);
  });

test('a sandbox leaves no line', () => {
  const config = document({ 'cdi.k8s.io/x': ZERO, 'io.kubernetes.cri.container-type': 'sandbox' });
  assert.deepEqual(create({ config }), { error: undefined, lines: [], config });
});

test('the line is there before the file is replaced, and a second one says that it could not be', () => {
  const before: unknown[] = [];
  const { error, lines, config } = create({
    config: asking(ZERO),
    host: (host) => ({
      replaceFile: () => {
        before.push(...linesOf(host).map(({ outcome }) => outcome));
        return { errno: 'EROFS' };
      },
    }),
  });
  assert.equal(error, `cannot replace container configuration "${CONFIG}": its file system is read-only`);
  assert.deepEqual(before, ['intended']);
  assert.deepEqual(
    lines.map(({ record, outcome, devices, error }) => [record, outcome, devices === undefined, error]),
    [
      ['0000000000000001', 'intended', false, undefined],
      ['0000000000000001', 'failed', true, { code: 'CANNOT_WRITE', message: error }],
    ],
  );
  assert.equal(config, asking(ZERO));
});

const fullDisk = (): RunRecord => ({ write: () => ({ errno: 'ENOSPC' }) });

const failures: [errno: string, why: string][] = [
  ['EACCES', 'this user may not write there'],
  ['EPERM', 'the kernel refused it (EPERM)'],
  ['ENOENT', 'its directory is missing, and the one above too'],
  ['ENOTDIR', 'a file stands where its directory should be'],
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EROFS', 'the file system is read-only'],
  ['ELOOP', 'it is a link, or a link of somebody else is on the way to it'],
  ['EFTYPE', 'it is no regular file'],
  ['EISDIR', 'it is a folder'],
  ['EIO', 'it was refused (EIO)'],
];
for (const [errno, why] of failures) {
  const host = (): Partial<Host> => ({ beginRecord: () => ({ write: () => ({ errno }) }) });

  test(`an audit that cannot be written stops no one: ${errno}`, () => {
    const { error, config } = create({ config: asking(ZERO), host });
    assert.equal(error, undefined);
    assert.notEqual(config, asking(ZERO));
  });

  test(`an audit that is required and cannot be written stops the container: ${errno}`, () => {
    const { error, config } = create({ config: asking(ZERO), host, settings: 'audit: { required: true }' });
    assert.equal(
      error,
      `cannot write the audit "${AUDIT}", which the settings require: ${why}; fix that, or set audit.required: false`,
    );
    assert.equal(config, asking(ZERO));
  });
}

const unread: [title: string, machine: Machine][] = [
  ['is cut', { config: asking(ZERO).slice(0, -1) }],
  ['is larger than the limit', { config: asking(ZERO) + ' '.repeat(1024), settings: 'limits: { config: 1KiB }' }],
];
for (const [title, machine] of unread)
  test(`the line of a document that asks and ${title} says why no one knows for what`, () => {
    const { error, lines, config } = create(machine);
    assert.match(
      String(error),
      /^cannot .*, which may ask for devices: |^cannot .*it may ask for devices and is larger/,
    );
    const call = { record: '0000000000000001', command: 'create', id: 'id', bundle: '/bundle' };
    const who = { time: '2023-11-14T22:13:20.007Z', ...call };
    const why = { code: 'BAD_BUNDLE', message: error };
    assert.deepEqual(lines, [{ ...who, outcome: 'refused', requests: [], devices: [], error: why }]);
    assert.equal(config, machine.config);
    const refused = { ...machine, host: () => ({ beginRecord: fullDisk }) };
    const settings = `${machine.settings ?? ''}\naudit: { required: true }\n`;
    assert.equal(create({ ...refused, settings }).error, error);
  });

test('a required audit that cannot be written does not hide why a container is refused', () => {
  const { error } = create({
    config: asking('vendor.com/gpu=7'),
    host: () => ({ beginRecord: fullDisk }),
    settings: 'audit: { required: true }',
  });
  assert.match(String(error), /^cannot resolve device "vendor.com\/gpu=7"/);
});

test('a required audit that cannot be written stops no one who asks for nothing', () => {
  const host = (): Partial<Host> => ({ beginRecord: fullDisk });
  assert.equal(create({ config: document({}), host, settings: 'audit: { required: true }' }).error, undefined);
});

test('without audit nothing is written, and with another path it is written there', () => {
  assert.deepEqual(create({ config: asking(ZERO), settings: 'audit: { enabled: false, required: true }' }).lines, []);
  const paths: string[] = [];
  const host = (): Partial<Host> => ({
    beginRecord: (path) => {
      paths.push(path);
      return { write: () => undefined };
    },
  });
  create({ config: asking(ZERO), settings: 'audit: { path: /var/log/other.jsonl }', host });
  assert.deepEqual(paths, ['/var/log/other.jsonl']);
});

test('writeAuditTime() has milliseconds', () => {
  for (const [milliseconds, want] of [
    [0, '1970-01-01T00:00:00.000Z'],
    [1_700_000_000_999, '2023-11-14T22:13:20.999Z'],
    [951_782_400_050, '2000-02-29T00:00:00.050Z'],
  ] as const) {
    assert.equal(writeAuditTime(milliseconds), want);
    assert.equal(new Date(milliseconds).toISOString(), want);
  }
});

test('the log of warnings has what its level says', () => {
  const settings = (level: string): string => `log: { path: /var/log/x.jsonl, level: ${level} }\nunresolved: warn`;
  const levels = (level: string): unknown[] => {
    const written: string[] = [];
    const host = (): Partial<Host> => ({
      appendLog: (path, text) => {
        if (path === '/var/log/x.jsonl') written.push(text);
        return undefined;
      },
    });
    create({ config: asking(ZERO, 'vendor.com/gpu=7'), settings: settings(level), host });
    create({ config: asking('gpu'), settings: settings(level), host });
    return written.map((line) => JSON.parse(line).level);
  };
  assert.deepEqual(levels('error'), ['error']);
  assert.deepEqual(levels('warning'), ['warning', 'error']);
  assert.deepEqual(levels('info'), ['warning', 'info', 'error']);
});

test('the manual has every member of the record', () => {
  const path = (name: string): string => join(import.meta.dirname, '../..', name);
  const manual = readFileSync(path('docs/audit.md'), 'utf8');
  const schema = JSON.parse(readFileSync(path('schemas/audit.schema.json'), 'utf8'));
  const { requests, devices, error, config } = schema.properties;
  const members = [schema, requests.items, devices.items, error, config].flatMap(({ properties }) =>
    Object.keys(properties),
  );
  assert.deepEqual(
    members.filter((name) => !manual.includes(`\`${name}\``)),
    [],
  );
});
