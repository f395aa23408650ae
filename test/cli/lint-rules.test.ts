// The rules of cdictl lint: each with a spec in which it finds something, and one in which it does not.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RULES } from '../../src/cli/lint/rules.ts';
import { run } from '../../src/cli/run.ts';
import { createCollectingTerminal } from '../../src/cli/terminal/terminal.ts';
import { isFailure, type PathInfo, type SpecHost } from '../../src/host/host.ts';
import type { MemoryEntry } from '../host/memory-host.ts';
import { memorySpecHost } from '../support/spec-host.ts';

type Files = Readonly<Record<string, MemoryEntry>>;
type Owners = Readonly<Record<string, Partial<PathInfo>>>;

/** A spec with one device, on five lines; the edits stand on the last one. */
function spec(edits: string, version = '1.1.0', name = 'GPU-4a3b'): string {
  return `cdiVersion: "${version}"\nkind: vendor.com/gpu\ndevices:\n- name: "${name}"\n  containerEdits: ${edits}\n`;
}

const ENV = spec('{ env: [A=1] }');
const JSON_SPEC = '{"cdiVersion":"0.3.0","kind":"v.com/c","devices":[{"name":"a","containerEdits":{"env":["A=1"]}}]}';
const HOOK = '{ hooks: [{ hookName: createRuntime, path: /usr/bin/hook }] }';
const MOUNT = '{ mounts: [{ hostPath: /opt/lib, containerPath: /opt/lib, options: [rbind] }] }';
const NODE = '{ deviceNodes: [{ path: /dev/gpu, type: c, major: 10, minor: 1 }] }';
const GPU: MemoryEntry = { type: 'c', major: 10, minor: 1, mode: 0o660 };
const CLOSED: MemoryEntry = { errno: 'EACCES' };
const OWN = '/etc/cdi/a.yaml';

interface Example {
  /** of the spec at `OWN` */
  readonly text: string;
  readonly others?: Files;
  readonly owners?: Owners;
  /** in place of the spec directories */
  readonly operands?: readonly string[];
  readonly options?: readonly string[];
}

interface Row {
  readonly rule: string;
  readonly bad: Example;
  /** where it is found: `line:column`, or empty for the file as a whole */
  readonly at: readonly string[];
  readonly message: string;
  readonly good: Example;
}

const ROWS: readonly Row[] = [
  {
    rule: 'version-too-low',
    bad: { text: spec('{ additionalGids: [7] }', '0.6.0') },
    at: ['1:13'],
    message: 'cdiVersion "0.6.0" is too low: an additional group needs 0.7.0',
    good: { text: spec('{ additionalGids: [7] }', '0.7.0') },
  },
  {
    rule: 'version-too-high',
    bad: { text: ENV },
    at: ['1:13'],
    message: 'cdiVersion is 1.1.0, and 0.3.0 is enough',
    good: { text: spec('{ env: [A=1] }', 'v0.3.0') },
  },
  {
    rule: 'version-too-high',
    bad: { text: spec('{ env: [A=1] }', '0.6.0', '0') },
    at: ['1:13'],
    message: 'cdiVersion is 0.6.0, and 0.5.0 is enough',
    good: { text: spec('{ env: [A=1] }', '2.0.0') },
  },
  {
    rule: 'invalid',
    bad: { text: spec('{ env: [A, "=1"], mounts: [{ hostPath: /a }] }', '0.2.0') },
    at: ['5:27', '5:30', '5:46'],
    message: 'environment entry "A" has no name before a "="',
    good: { text: spec('{ additionalGids: [7] }', '0.6.0') },
  },
  {
    rule: 'invalid',
    bad: { text: 'cdiVersion: [\n' },
    at: ['2:1'],
    message: 'a value is missing',
    good: { text: ENV },
  },
  {
    rule: 'not-json',
    bad: { text: ENV, others: { '/etc/cdi/b.json': `${JSON_SPEC} # more` } },
    at: ['1:99'],
    message: 'it is no JSON: something follows the end of the value',
    good: { text: ENV, others: { '/etc/cdi/b.json': `${JSON_SPEC} ` } },
  },
  {
    rule: 'other-readers',
    bad: { text: spec('{ deviceNodes: [{ path: /dev/a, fileMode: 0660 }, { path: /dev/b, gid: 1_000 }] }') },
    at: ['5:61', '5:90'],
    message: '"0660" is 432 to CDI, and 660 to readers of YAML 1.2',
    good: { text: spec('{ deviceNodes: [{ path: /dev/a, fileMode: 432 }, { path: /dev/b, gid: 1000 }] }') },
  },
  {
    rule: 'other-readers',
    bad: {
      text: `${ENV}---\n`,
      others: { '/etc/cdi/b.json': '{ "cdiVersion": "0.3.0", kind: v.com/c, devices: [{name: on}] }' },
    },
    at: ['6:1', '1:58'],
    message: 'CDI reads no further than here, and other readers do, or refuse a second document',
    good: { text: ENV, others: { '/etc/cdi/b.json': JSON_SPEC } },
  },
  {
    rule: 'no-cgroup-access',
    bad: { text: spec('{ deviceNodes: [{ path: /dev/a, permissions: none }, { path: /dev/b, permissions: m }] }') },
    at: ['5:64', '5:101'],
    message: 'device node "/dev/a" has permissions "none"',
    good: { text: spec('{ deviceNodes: [{ path: /dev/a }, { path: /dev/b, permissions: r }] }') },
  },
  {
    rule: 'mounted-node',
    bad: {
      text: spec('{ mounts: [{ hostPath: /dev/gpu, containerPath: /x }, { hostPath: /dev/dri, containerPath: /y }] }'),
      others: { '/dev/gpu': GPU, '/dev/dri/card0': GPU },
    },
    at: ['5:42', '5:85'],
    message: 'mount of "/dev/gpu" gives no access to devices',
    good: {
      text: spec('{ mounts: [{ hostPath: /dev/log, containerPath: /l }, { hostPath: /dev/null, containerPath: /n }] }'),
      others: { '/dev/log': '', '/dev/null': GPU },
    },
  },
  {
    rule: 'mounted-node',
    bad: {
      text: spec('{ mounts: [{ hostPath: /dev/log, containerPath: /l }] }'),
      operands: [OWN],
      options: ['--no-host'],
    },
    at: ['5:42'],
    message: 'mount of "/dev/log" gives no access to devices',
    good: {
      text: spec(
        '{ mounts: [{ hostPath: /dev/shm/a, containerPath: /l }, { hostPath: /dev/dri/by-path, containerPath: /p }] }',
      ),
      operands: [OWN],
      options: ['--no-host'],
    },
  },
  {
    rule: 'mount-without-options',
    bad: { text: spec('{ mounts: [{ hostPath: /a, containerPath: /b, options: [ro] }] }') },
    at: ['5:30'],
    message: 'mount "/b" has no type, and neither bind nor rbind among its options',
    good: { text: spec('{ mounts: [{ hostPath: a, containerPath: /b, type: tmpfs }] }') },
  },
  {
    rule: 'bind-without-type',
    bad: { text: spec(MOUNT), others: { '/opt/lib': { directory: true } } },
    at: ['5:30'],
    message: 'bind mount "/opt/lib" has no type',
    good: {
      text: spec(MOUNT.replace('options', 'type: bind, options')),
      others: { '/opt/lib': { directory: true } },
    },
  },
  {
    rule: 'relative-path',
    bad: {
      text: spec(
        '{ deviceNodes: [{ path: dev/a, hostPath: b }], mounts: [{ hostPath: c, containerPath: d }], hooks: [{ hookName: poststop, path: e }] }',
      ),
    },
    at: ['5:43', '5:60', '5:87', '5:105', '5:147'],
    message: 'device node "dev/a" is not absolute',
    good: { text: spec('{ mounts: [{ hostPath: tmpfs, containerPath: /t, type: tmpfs }] }') },
  },
  {
    rule: 'odd-file-mode',
    bad: { text: spec('{ deviceNodes: [{ path: /dev/a, fileMode: 666 }] }') },
    at: ['5:61'],
    message: 'fileMode 666 is 01232 in octal digits',
    good: { text: spec('{ deviceNodes: [{ path: /dev/a, fileMode: 0666 }, { path: /dev/b, fileMode: 432 }] }') },
  },
  {
    rule: 'dangerous-hook-env',
    bad: { text: spec('{ hooks: [{ hookName: poststop, path: /h, env: [A=1, LD_PRELOAD=/l] }] }') },
    at: ['5:72'],
    message: 'hook "/h" has "LD_PRELOAD" in its env',
    good: { text: spec('{ hooks: [{ hookName: startContainer, path: /h, env: [LD_PRELOAD=/l] }] }') },
  },
  {
    rule: 'unstable-name',
    bad: { text: spec('{ env: [A=1] }', '1.1.0', 'gpu0') },
    at: ['4:9'],
    message: 'the devices are known by numbers alone: "gpu0"',
    good: { text: `${spec('{ env: [A=1] }', '1.1.0', 'gpu0')}- name: uuid-77\n  containerEdits: { env: [A=1] }\n` },
  },
  {
    rule: 'repeated-edit',
    bad: { text: spec('{ env: [A=1, B=1, A=2], mounts: [{ hostPath: /a, containerPath: /b }] }') },
    at: ['5:37'],
    message: 'variable "A" is already in this list, with something else',
    good: { text: spec('{ env: [A=1, A=1], mounts: [{ hostPath: /a, containerPath: /A }] }') },
  },
  {
    rule: 'overridden-edit',
    bad: {
      text: `${spec(NODE)}- name: b\n  containerEdits: { deviceNodes: [{ path: /dev/gpu }], env: [A=1] }\ncontainerEdits: { env: [A=0] }\n`,
    },
    at: ['7:35', '7:62'],
    message: 'device node "/dev/gpu" is something else for device "GPU-4a3b"',
    good: {
      text: `${spec(NODE)}- name: all\n  containerEdits: { deviceNodes: [{ path: /dev/gpu }] }\ncontainerEdits: { env: [A=0] }\n`,
    },
  },
  {
    rule: 'stale-node',
    bad: { text: spec(NODE), others: { '/dev/gpu': { ...GPU, minor: 2 } } },
    at: ['5:35'],
    message: 'cannot inject device node "/dev/gpu": the host has 10:2, the spec says 10:1',
    good: { text: spec(NODE), others: { '/dev/gpu': GPU } },
  },
  {
    rule: 'stale-node',
    bad: { text: spec(NODE) },
    at: ['5:35'],
    message: 'cannot inject device node "/dev/gpu": the host does not have it',
    good: { text: spec(NODE), operands: [OWN], options: ['--no-host'] },
  },
  {
    rule: 'missing-mount-source',
    bad: { text: spec(MOUNT) },
    at: ['5:42'],
    message: 'cannot mount "/opt/lib": the host does not have it',
    good: { text: spec(MOUNT), others: { '/opt/lib/a.so': '' } },
  },
  {
    rule: 'missing-hook',
    bad: { text: spec(HOOK) },
    at: ['5:62'],
    message: 'cannot run hook "/usr/bin/hook": the host does not have it',
    good: { text: spec(HOOK), others: { '/usr/bin/hook': '' } },
  },
  {
    rule: 'untrusted-hook',
    bad: { text: spec(HOOK), others: { '/usr/bin/hook': '' }, owners: { '/usr/bin': { mode: 0o775, gid: 4 } } },
    at: ['5:62'],
    message: 'cannot run hook "/usr/bin/hook": directory "/usr/bin" can be written by group 4 (mode 0775)',
    good: { text: spec(HOOK), others: { '/usr/bin/hook': '' } },
  },
  {
    rule: 'unusable-hook',
    bad: { text: spec(HOOK), others: { '/usr/bin/hook': '' }, owners: { '/usr/bin/hook': { mode: 0o644 } } },
    at: ['5:62'],
    message: 'cannot run hook "/usr/bin/hook": no one may execute it',
    good: { text: spec(HOOK), others: { '/usr/bin/hook': '' } },
  },
  {
    rule: 'conflict',
    bad: { text: ENV, others: { '/etc/cdi/b.json': ENV, '/var/run/cdi/c.yaml': ENV } },
    at: ['4:9', '4:9'],
    message: 'device "vendor.com/gpu=GPU-4a3b" is also in "/etc/cdi/b.json"',
    good: { text: ENV, others: { '/var/run/cdi/c.yaml': ENV } },
  },
  {
    rule: 'conflict',
    bad: {
      text: ENV,
      others: { '/src/b.yaml': ENV, '/src/c.yaml': ENV },
      operands: ['/src', '/src/c.yaml'],
      options: ['--no-host'],
    },
    at: ['4:9', '4:9'],
    message: 'device "vendor.com/gpu=GPU-4a3b" is also in "/src/c.yaml"',
    good: {
      text: ENV,
      others: { '/src/b.yaml': ENV, '/dst/c.yaml': ENV, '/src/d.yml': ENV },
      operands: ['/src', '/dst'],
      options: ['--no-host'],
    },
  },
  {
    rule: 'shadowed',
    bad: { text: ENV, others: { '/var/run/cdi/c.yaml': ENV } },
    at: ['4:9'],
    message: 'device "vendor.com/gpu=GPU-4a3b" is that of "/var/run/cdi/c.yaml"',
    good: { text: ENV, others: { '/var/run/cdi/c.yaml': spec('{ env: [A=1] }', '1.1.0', 'other') } },
  },
  {
    rule: 'not-scanned',
    bad: {
      text: '',
      others: { '/first': CLOSED, '/second/a.yaml': ENV },
      operands: ['/second'],
      options: ['--spec-dirs=/first,/second'],
    },
    at: [''],
    message: 'spec directory "/first" ended the search: it cannot be read by this user',
    good: {
      text: '',
      others: { '/first': CLOSED, '/second/a.yaml': ENV },
      operands: ['/second'],
      options: ['--spec-dirs=/second,/first'],
    },
  },
  {
    rule: 'outside-spec-dirs',
    bad: { text: '', others: { '/src/a.yaml': ENV }, operands: ['/src/a.yaml'] },
    at: [''],
    message: 'it is in none of "/etc/cdi" and "/var/run/cdi"',
    good: { text: ENV, operands: ['/etc//cdi/a.yaml'] },
  },
  {
    rule: 'ignored-name',
    bad: { text: ENV, others: { '/etc/cdi/b.yml': ENV, '/etc/cdi/c.JSON': ENV, '/etc/cdi/README': '' } },
    at: ['', ''],
    message: 'its name ends neither in .yaml nor in .json',
    good: { text: ENV, others: { '/etc/cdi/b.json': ENV, '/etc/cdi/schema/a.yml': '' } },
  },
  {
    rule: 'not-loaded',
    bad: { text: `${ENV}# ${'x'.repeat(1024 * 1024)}\n` },
    at: [''],
    message: 'it is larger than the limit of 1048576 bytes (limits.spec of the settings)',
    good: { text: `${ENV}# ${'x'.repeat(1000 * 1000)}\n` },
  },
  {
    rule: 'untrusted-spec',
    bad: { text: ENV, owners: { [OWN]: { mode: 0o666 } } },
    at: [''],
    message: 'it can be written by everybody (mode 0666)',
    good: { text: '', others: { '/src/a.yaml': ENV }, owners: { '/src/a.yaml': { uid: 7 } }, operands: ['/src'] },
  },
  {
    rule: 'target-refuses',
    bad: { text: spec('{ additionalGids: [7] }', '0.7.0'), options: ['--target=podman@4.9', '--target=docker@28.1'] },
    at: ['1:13'],
    message: 'podman 4.9 refuses cdiVersion 0.7.0: it knows up to 0.6.0, and an additional group needs 0.7.0',
    good: { text: spec('{ additionalGids: [7] }', '0.7.0'), options: ['--target=podman@5.1'] },
  },
  {
    rule: 'target-ignores',
    bad: {
      text: spec('{ netDevices: [{ hostInterfaceName: a, name: b }], intelRdt: { enableMonitoring: true } }'),
      options: ['--target=crun@1.22', '--target=runc@1.3'],
    },
    at: ['5:33', '5:100', '5:100'],
    message: 'runc 1.3 ignores netDevices, which it knows from 1.4 on',
    good: { text: spec('{ netDevices: [{ hostInterfaceName: a, name: b }] }'), options: ['--target=crun@1.22'] },
  },
  {
    rule: 'ignore-comment',
    bad: {
      text: `# cdictl-ignore\n# cdictl-ignore unstable-nme: a\n${ENV.trimEnd()} # cdictl-ignore mounted-node\n`,
    },
    at: ['1:1', '2:1', '7:34'],
    message: 'it names no rule',
    good: { text: `# cdictl-ignore-file mounted-node: not asked for\n${ENV}` },
  },
];

/** The host of an example, with owners and modes of its own. */
function hostOf({ text, others = {}, owners = {} }: Example): SpecHost {
  const host = memorySpecHost({ ...(text !== '' && { [OWN]: text }), ...others });
  return {
    ...host,
    pathInfo: (path) => {
      const info = host.pathInfo(path);
      return isFailure(info) ? info : { ...info, ...owners[path] };
    },
  };
}

interface Found {
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

async function found(example: Example, rules: readonly string[]): Promise<readonly Found[]> {
  const { operands = [], options = [] } = example;
  const [stdout, stderr] = [createCollectingTerminal(), createCollectingTerminal()];
  const words = ['lint', ...rules.flatMap((rule) => ['--rule', rule]), ...options, '--output=json', ...operands];
  const status = await run(words, { host: hostOf(example), stdout, stderr, version: '0' });
  assert.equal(stderr.text(), '');
  const { findings }: { findings: Found[] } = JSON.parse(stdout.text());
  assert.equal(status, findings.some(({ severity }) => severity !== 'info') ? 3 : 0);
  return findings;
}

for (const { rule, bad, at, message, good } of ROWS) {
  test(`${rule} finds: ${message}`, async () => {
    const findings = await found(bad, [rule]);
    assert.deepEqual(
      findings.map(({ line, column }) => (line === undefined ? '' : `${line}:${column}`)),
      at,
    );
    assert.equal(findings[0]?.message, message);
    assert.equal(findings[0]?.severity, RULES.find(({ id }) => id === rule)?.severity);
    assert.deepEqual(await found(good, [rule]), []);
  });
}

test('no rule finds anything in a spec that is as it should be', async () => {
  const edits = `{ deviceNodes: [{ path: /dev/gpu, hostPath: /dev/gpu }], ${HOOK.slice(1, -1)}, ${MOUNT.slice(1).replace('options', 'type: bind, options')}`;
  const others = { '/dev/gpu': GPU, '/usr/bin/hook': '', '/opt/lib/a.so': '' };
  assert.deepEqual(await found({ text: spec(edits, '0.5.0'), others }, []), []);
});

test('every rule has a row above, and a section in docs/lint.md that begins with what the rule says', () => {
  const docs = readFileSync(join(import.meta.dirname, '../../docs/lint.md'), 'utf8');
  const sections = docs.split(/^## /m).slice(1);
  assert.deepEqual(
    sections.map((section) => section.split('\n\n').slice(0, 2).join(': ')),
    RULES.map(({ id, severity, summary }) => `${id}: **${severity}**: ${summary}.`),
  );
  for (const section of sections) assert.match(section, /\*\*What to do:\*\* /);
  assert.deepEqual(
    [...new Set(ROWS.map(({ rule }) => rule))],
    RULES.map(({ id }) => id),
  );
});
