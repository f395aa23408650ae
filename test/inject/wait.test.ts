// Devices that appear late: who waits, for how long, and what is said when it was in vain.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Settings } from '../../src/settings/settings.ts';
import type { MemoryHost } from '../host/memory-host.ts';
import { spec } from '../support/specs.ts';
import { type Files, type Planned, planned, request } from './planned.ts';

const SPEC = '/etc/cdi/gpu.yaml';
const GPU = spec('vendor.com/gpu', '0');

interface Waited extends Planned {
  /** how often something was waited for */
  readonly waits: number;
  /** directories, and milliseconds */
  readonly watched: (readonly [readonly string[], number])[];
}

/** A plan on a host where something happens in each wait, which takes half of the time that is left. */
function waited(
  document: object,
  files: Files,
  settings: Partial<Settings>,
  happens: (host: MemoryHost) => void,
): Waited {
  let waits = 0;
  const watched: (readonly [readonly string[], number])[] = [];
  const plan = planned(document, {
    files,
    settings: { wait: 8000, ...settings },
    memory: { whileWaiting: happens },
    change: (host) => ({
      ...host,
      watch: (...asked) => {
        watched.push(asked);
        const watch = host.watch(...asked);
        return {
          wait: () => {
            waits++;
            return watch.wait();
          },
        };
      },
    }),
  });
  return { ...plan, waits, watched };
}

test('no one waits where all is there', () => {
  const { waits, watched, pieces } = waited(request('vendor.com/gpu=0'), { [SPEC]: GPU }, {}, () => {});
  assert.deepEqual([waits, watched], [0, []]);
  assert.notEqual(pieces, undefined);
});

test('no one waits where the settings do not say so', () => {
  const { watched, refusal } = waited(request('vendor.com/gpu=0'), {}, { wait: 0 }, () => {});
  assert.deepEqual(watched, []);
  assert.doesNotMatch(refusal?.message ?? '', /waited/);
});

test('the wait ends with the change by which the device is there', () => {
  let changes = 0;
  const { waits, watched, pieces, refusal } = waited(request('vendor.com/gpu=0'), {}, {}, (host) => {
    changes++;
    if (changes === 1) host.put('/etc/cdi/other.yaml', spec('vendor.com/gpu', '1'));
    if (changes === 2) host.put(SPEC, GPU);
  });
  assert.deepEqual([refusal, changes, waits], [undefined, 2, 2]);
  assert.deepEqual(watched, [[['/etc/cdi', '/var/run/cdi'], 8000]]);
  assert.notEqual(pieces, undefined);
});

const late: [title: string, before: Files, happens: (host: MemoryHost) => void][] = [
  ['a spec that is repaired', { [SPEC]: '[' }, (host) => host.put(SPEC, GPU)],
  [
    'a spec that replaces one without the device',
    { [SPEC]: spec('vendor.com/gpu', '1') },
    (host) => host.put(SPEC, GPU),
  ],
  ['a conflict that ends', { [SPEC]: GPU, '/etc/cdi/b.yaml': GPU }, (host) => host.put('/etc/cdi/b.yaml', undefined)],
  [
    'a directory that can be read at last',
    { '/var/run/cdi': { errno: 'EACCES' } },
    (host) => {
      host.put('/var/run/cdi', undefined);
      host.put('/var/run/cdi/gpu.yaml', GPU);
    },
  ],
];
for (const [title, before, happens] of late)
  test(`the wait ends with ${title}`, () => {
    const { refusal, waits } = waited(request('vendor.com/gpu=0'), before, {}, happens);
    assert.deepEqual([refusal, waits], [undefined, 1]);
  });

test('the wait ends with a spec that is trusted at last', () => {
  const owners: Record<string, { uid: number }> = { [SPEC]: { uid: 1000 } };
  const plan = planned(request('vendor.com/gpu=0'), {
    files: { [SPEC]: GPU },
    settings: { wait: 8000 },
    memory: { owners, whileWaiting: () => delete owners[SPEC] },
  });
  assert.equal(plan.refusal, undefined);
});

test('a directory that others may write to by now is seen, though it was fine before the wait', () => {
  const owners: Record<string, { mode: number }> = {};
  const plan = planned(request('vendor.com/gpu=0'), {
    files: { '/etc/cdi/other.yaml': spec('vendor.com/gpu', '1') },
    settings: { wait: 8000 },
    memory: {
      owners,
      whileWaiting: (host) => {
        owners['/etc/cdi'] = { mode: 0o777 };
        host.put(SPEC, GPU);
      },
    },
  });
  assert.match(plan.refusal?.message ?? '', /directory "\/etc\/cdi" can be written by everybody/);
});

test('when the time is over, the message says that it waited', () => {
  const { refusal, watched } = waited(request('vendor.com/gpu=0'), {}, { wait: 1500 }, () => {});
  assert.equal(
    refusal?.message,
    'cannot resolve device "vendor.com/gpu=0" (asked for by annotation cdi.k8s.io/x): ' +
      'no spec in "/etc/cdi" and "/var/run/cdi" is of vendor "vendor.com" (waited 1.5 s); install the spec of its vendor',
  );
  assert.deepEqual(watched, [[['/etc/cdi', '/var/run/cdi'], 1500]]);
});

test('what appears in the last moment counts', () => {
  const plan = planned(request('vendor.com/gpu=0'), {
    files: {},
    settings: { wait: 1000 },
    change: (host) => ({
      ...host,
      watch: () => ({
        wait: () => {
          host.put(SPEC, GPU);
          return false;
        },
      }),
    }),
  });
  assert.equal(plan.refusal, undefined);
});

test('no one waits for an optional device', () => {
  const document = { annotations: { 'optional.cdi.k8s.io/x': 'a.b/c=d', 'cdi.k8s.io/x': 'vendor.com/gpu=0' } };
  const { waits, warnings, refusal } = waited(document, { [SPEC]: GPU }, {}, () => {});
  assert.deepEqual([waits, refusal], [0, undefined]);
  assert.doesNotMatch(warnings[0] ?? '', /waited/);
});

test('a device is waited for also where the container may start without in the end', () => {
  const { waits, warnings, refusal } = waited(request('a.b/c=d'), {}, { unresolved: 'warn', wait: 1 }, () => {});
  assert.equal(refusal, undefined);
  assert.equal(waits, 1);
  assert.match(warnings[0] ?? '', /\(waited 0\.001 s\)/);
});

test('no one waits for a denial', () => {
  const policy = { preset: 'locked', default: null, share: {}, rules: [] } as const;
  assert.deepEqual(waited(request('a.b/c=d'), {}, { policy }, () => {}).watched, []);
});

test('a clock that is set while somebody waits changes nothing', () => {
  let time = 0;
  const plan = planned(request('vendor.com/gpu=0'), {
    files: {},
    settings: { wait: 8000 },
    memory: { whileWaiting: (host) => host.put(SPEC, GPU) },
    // by half a century at each look, as on a board without a battery whose network comes up
    change: (host) => ({ ...host, now: () => (time += 1.6e12) }),
  });
  assert.equal(plan.refusal, undefined);
});
