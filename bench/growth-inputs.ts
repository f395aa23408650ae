// What grows: for each kind of input, a create with so many of it, as documents, specs and settings in a folder.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configJson } from './bundle.ts';
import { KIND, smallSpec } from './specs.ts';

export interface Input {
  readonly title: string;
  /** the least number that is tried; twice as often, each time by the same factor, there are more */
  readonly from: number;
  readonly factor: number;
  /** parts that are not as in an ordinary create with one device */
  readonly make: (count: number) => Parts;
}

export interface Parts {
  /** texts of specs */
  readonly specs?: readonly string[];
  /** names of the devices that are asked for */
  readonly asked?: readonly string[];
  readonly change?: (document: Document) => Document;
  readonly settings?: object;
  readonly dropIns?: number;
}

// biome-ignore lint/suspicious/noExplicitAny: a document is what JSON says it is
type Document = any;

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

function spec(edits: object, devices: readonly object[] = [{ name: 'wanted', containerEdits: edits }]): string {
  return JSON.stringify({ cdiVersion: '0.7.0', kind: KIND, devices });
}

function edit(edits: (count: number) => object): Input['make'] {
  return (count) => ({ specs: [spec(edits(count))] });
}

function document(change: (document: Document, count: number) => void): Input['make'] {
  return (count) => ({
    change: (before) => {
      change(before, count);
      return before;
    },
  });
}

function device(name: string): object {
  return { name, containerEdits: { env: [`${name.toUpperCase().replaceAll('-', '_')}=1`] } };
}

/** What is counted runs many times slower than it would: no limit of time may end it. */
const LIMITS = { time: '10m', wall: '10m', memory: '1900MiB', config: '64MiB', spec: '64MiB', specs: 100_000 };

const NODE = { type: 'c', major: 1, minor: 3 };

export const INPUTS: readonly Input[] = [
  {
    ...{ title: 'devices of a spec, one asked for', from: 625, factor: 4 },
    make: (count) => ({ specs: [spec({}, [device('wanted'), ...times(count, (i) => device(`d${i}`))])] }),
  },
  {
    ...{ title: 'devices asked for', from: 16, factor: 4 },
    make: (count) => ({
      specs: [
        spec(
          {},
          times(count, (i) => device(`d${i}`)),
        ),
      ],
      asked: times(count, (i) => `d${i}`),
    }),
  },
  {
    ...{ title: 'device nodes of a spec', from: 64, factor: 4 },
    make: edit((count) => ({ deviceNodes: times(count, (i) => ({ path: `/dev/n${i}`, hostPath: '/dev/null' })) })),
  },
  {
    ...{ title: 'device nodes of a spec that the host lacks', from: 64, factor: 4 },
    make: edit((count) => ({ deviceNodes: times(count, (i) => ({ path: `/dev/missing${i}`, ...NODE })) })),
  },
  {
    ...{ title: 'mounts of a spec', from: 64, factor: 4 },
    make: edit((count) => ({
      mounts: times(count, (i) => ({ hostPath: '/etc/hosts', containerPath: `/m/${i}`, options: ['bind', 'ro'] })),
    })),
  },
  {
    ...{ title: 'hooks of a spec', from: 64, factor: 4 },
    make: edit((count) => ({
      hooks: times(count, (i) => ({ hookName: 'createContainer', path: '/bin/true', args: ['true', `${i}`] })),
    })),
  },
  {
    ...{ title: 'env of a spec', from: 64, factor: 4 },
    make: edit((count) => ({ env: times(count, (i) => `NAME_${i}=value`) })),
  },
  {
    ...{ title: 'additional groups of a spec', from: 64, factor: 4 },
    make: edit((count) => ({ additionalGids: times(count, (i) => 1000 + i) })),
  },
  {
    ...{ title: 'mounts of the document', from: 256, factor: 4 },
    make: document((config, count) => {
      for (let i = 0; i < count; i++) {
        config.mounts.push({ destination: `/data/${i}`, type: 'bind', source: '/etc', options: ['rbind'] });
      }
    }),
  },
  {
    ...{ title: 'device nodes and rules of the document', from: 256, factor: 4 },
    make: document((config, count) => {
      config.linux.devices = times(count, (i) => ({ path: `/dev/own${i}`, ...NODE }));
      config.linux.resources.devices.push(...times(count, (i) => ({ allow: true, type: 'c', major: 1, minor: i })));
    }),
  },
  {
    ...{ title: 'env of the document', from: 256, factor: 4 },
    make: document((config, count) => config.process.env.push(...times(count, (i) => `OWN_${i}=value`))),
  },
  {
    ...{ title: 'groups of the document', from: 256, factor: 4 },
    make: document((config, count) => config.process.user.additionalGids.push(...times(count, (i) => 1000 + i))),
  },
  {
    ...{ title: 'hooks of the document', from: 256, factor: 4 },
    make: document((config, count) => {
      config.hooks = { createContainer: times(count, (i) => ({ path: '/bin/true', args: [`${i}`] })) };
    }),
  },
  {
    ...{ title: 'annotations of the document', from: 256, factor: 4 },
    make: document((config, count) => {
      for (let i = 0; i < count; i++) config.annotations[`example.com/annotation-${(i * 7919) % count}`] = `${i}`;
    }),
  },
  {
    ...{ title: 'bytes of the document, in words', from: 32_768, factor: 4 },
    make: document((config, count) => config.process.args.push(...times(count / 64, () => 'x'.repeat(61)))),
  },
  {
    ...{ title: 'rules of the policy', from: 32, factor: 4 },
    make: (count) => ({ settings: { policy: { rules: times(count, makeRule) } } }),
  },
  {
    ...{ title: 'drop-ins of the settings', from: 8, factor: 4 },
    make: (count) => ({ dropIns: count }),
  },
  {
    ...{ title: 'spec files of other kinds', from: 64, factor: 4 },
    make: (count) => ({
      specs: [smallSpec(KIND, 'wanted'), ...times(count, (i) => smallSpec(`vendor${i}.example/class`, `d${i}`))],
    }),
  },
  {
    ...{ title: 'spec files of the kind', from: 16, factor: 4 },
    make: (count) => ({
      specs: [smallSpec(KIND, 'wanted'), ...times(count, (i) => smallSpec(KIND, `d${i}`))],
    }),
  },
  {
    ...{ title: 'aliases of a spec', from: 64, factor: 4 },
    make: (count) => ({ specs: [aliases(count)] }),
  },
];

function makeRule(index: number): object {
  return { devices: [`vendor${index}.example/class=*`], action: 'deny' };
}

function aliases(count: number): string {
  const first = `- name: wanted\n  containerEdits: &edits { env: [WANTED=1] }\n`;
  const others = times(count, (i) => `- name: d${i}\n  containerEdits: *edits\n`).join('');
  return `cdiVersion: 0.7.0\nkind: ${KIND}\ndevices:\n${first}${others}`;
}

/** What a run needs, in a new folder. */
export interface Place {
  readonly bundle: string;
  /** stands where the host has /etc */
  readonly etc: string;
}

/** @param runtime a file that cannot be run, so that the process ends where it would become the runtime */
export function layOut(folder: string, runtime: string, { specs, asked, change, settings, dropIns }: Parts): Place {
  const place = { bundle: join(folder, 'bundle'), etc: join(folder, 'etc') };
  const own = join(place.etc, 'cdi-runtime');
  for (const directory of [place.bundle, join(place.etc, 'cdi'), join(own, 'config.d')]) {
    mkdirSync(directory, { recursive: true });
  }
  writeFileSync(join(place.etc, 'hosts'), '');
  for (const [i, text] of (specs ?? [smallSpec(KIND, 'wanted')]).entries()) {
    writeFileSync(join(place.etc, `cdi/spec-${i}.yaml`), text);
  }
  const request = (asked ?? ['wanted']).map((name) => `${KIND}=${name}`).join(',');
  const text = configJson('/stand-in', '/container', { 'cdi.k8s.io/bench': request });
  const config = change === undefined ? text : JSON.stringify(change(JSON.parse(text)));
  writeFileSync(join(place.bundle, 'config.json'), config);
  const all = { audit: { path: join(folder, 'audit.jsonl') }, limits: LIMITS, ...settings };
  const lines = Object.entries(all).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  writeFileSync(join(own, 'config.yaml'), `runtime: ${runtime}\n${lines.join('')}`);
  for (let i = 0; i < (dropIns ?? 0); i++) writeFileSync(join(own, `config.d/${i}.yaml`), 'wait: 0\n');
  return place;
}
