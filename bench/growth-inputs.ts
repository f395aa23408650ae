// What grows: for each kind of input, a create with so many of it.
import type { Document, Parts } from './lay-out.ts';
import { KIND, smallSpec } from './specs.ts';

export interface Input {
  readonly title: string;
  /** the least number that is tried; twice, each time by the same factor, there are more */
  readonly from: number;
  readonly factor: number;
  /** parts that are not as in an ordinary create with one device */
  readonly make: (count: number) => Parts;
}

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

const NODE = { type: 'c', major: 1, minor: 3 };

export const INPUTS: readonly Input[] = [
  {
    ...{ title: 'devices of a spec, one asked for', from: 100, factor: 10 },
    make: (count) => ({ specs: [spec({}, [device('wanted'), ...times(count, (i) => device(`d${i}`))])] }),
  },
  {
    ...{ title: 'devices asked for', from: 1, factor: 16 },
    make: (count) => ({ specs: [devices(count)], asked: times(count, (i) => `d${i}`) }),
  },
  {
    ...{ title: 'devices asked for by an annotation each', from: 1, factor: 16 },
    make: (count) => ({ specs: [devices(count)], asked: [], ...annotate(count, (i) => `d${i}`) }),
  },
  {
    ...{ title: 'shared devices asked for', from: 1, factor: 16 },
    make: (count) => ({ specs: [devices(count)], asked: times(count, (i) => `d${i}`), settings: SHARED }),
  },
  {
    ...{ title: 'times that any shared device is asked for', from: 1, factor: 16 },
    make: (count) => ({ specs: [devices(count)], asked: [], settings: SHARED, ...annotate(count, () => 'any') }),
  },
  {
    ...{ title: 'device nodes of a spec', from: 10, factor: 10 },
    make: edit((count) => ({ deviceNodes: times(count, (i) => ({ path: `/dev/n${i}`, hostPath: '/dev/null' })) })),
  },
  {
    ...{ title: 'device nodes of a spec that the host lacks', from: 10, factor: 10 },
    make: edit((count) => ({ deviceNodes: times(count, (i) => ({ path: `/dev/missing${i}`, ...NODE })) })),
  },
  {
    ...{ title: 'mounts of a spec', from: 10, factor: 10 },
    make: edit((count) => ({
      mounts: times(count, (i) => ({ hostPath: '/etc/hosts', containerPath: `/m/${i}`, options: ['bind', 'ro'] })),
    })),
  },
  {
    ...{ title: 'mounts of a spec that the document has otherwise', from: 10, factor: 10 },
    make: (count) => ({
      ...edit(() => ({ mounts: times(count, (i) => ({ hostPath: '/etc/hosts', containerPath: `/m/${i}` })) }))(count),
      ...document((config) => config.mounts.push(...times(count, (i) => ({ destination: `/m/${i}` }))))(count),
    }),
  },
  {
    ...{ title: 'hooks of a spec', from: 10, factor: 10 },
    make: edit((count) => ({
      hooks: times(count, (i) => ({ hookName: 'createContainer', path: '/bin/true', args: ['true', `${i}`] })),
    })),
  },
  {
    ...{ title: 'env of a spec', from: 10, factor: 10 },
    make: edit((count) => ({ env: times(count, (i) => `NAME_${i}=value`) })),
  },
  {
    ...{ title: 'additional groups of a spec', from: 10, factor: 10 },
    make: edit((count) => ({ additionalGids: times(count, (i) => 1000 + i) })),
  },
  {
    ...{ title: 'mounts of the document', from: 40, factor: 10 },
    make: document((config, count) => {
      for (let i = 0; i < count; i++) {
        config.mounts.push({ destination: `/data/${i}`, type: 'bind', source: '/etc', options: ['rbind'] });
      }
    }),
  },
  {
    ...{ title: 'device nodes and rules of the document', from: 40, factor: 10 },
    make: document((config, count) => {
      config.linux.devices = times(count, (i) => ({ path: `/dev/own${i}`, ...NODE }));
      config.linux.resources.devices.push(...times(count, (i) => ({ allow: true, type: 'c', major: 1, minor: i })));
    }),
  },
  {
    ...{ title: 'device nodes of a spec, and rules of the document for all of theirs', from: 10, factor: 10 },
    make: (count) => ({
      ...edit(() => ({
        deviceNodes: times(count, (i) => ({ path: `/dev/n${i}`, type: 'c', major: 1 + i, minor: i })),
      }))(count),
      ...document((config) => {
        config.linux.resources.devices = times(count, (i) => ({
          allow: i % 2 === 0,
          type: 'c',
          major: 1 + i,
          access: 'rwm',
        }));
      })(count),
    }),
  },
  {
    ...{ title: 'env of the document', from: 40, factor: 10 },
    make: document((config, count) => config.process.env.push(...times(count, (i) => `OWN_${i}=value`))),
  },
  {
    ...{ title: 'groups of the document', from: 40, factor: 10 },
    make: document((config, count) => config.process.user.additionalGids.push(...times(count, (i) => 1000 + i))),
  },
  {
    ...{ title: 'hooks of the document', from: 10, factor: 10 },
    make: document((config, count) => {
      config.hooks = { createContainer: times(count, (i) => ({ path: '/bin/true', args: [`${i}`] })) };
    }),
  },
  {
    ...{ title: 'hooks of a spec and of the document', from: 10, factor: 10 },
    make: (count) => ({
      ...edit(() => ({
        hooks: times(count, (i) => ({ hookName: 'createContainer', path: '/bin/true', args: [`${i}`] })),
      }))(count),
      ...document((config) => {
        config.hooks = { createContainer: times(count, (i) => ({ path: '/bin/true', args: [`${count - i}`] })) };
      })(count),
    }),
  },
  {
    ...{ title: 'annotations of the document', from: 10, factor: 10 },
    make: document((config, count) => {
      for (let i = 0; i < count; i++) config.annotations[`example.com/annotation-${(i * 7919) % count}`] = `${i}`;
    }),
  },
  {
    ...{ title: 'bytes of the document, in words', from: 4096, factor: 45 },
    make: document((config, count) => {
      config.process.args = times(count / 64, () => 'x'.repeat(61));
    }),
  },
  {
    ...{ title: 'members of one object of the document', from: 100, factor: 30 },
    make: document((config, count) => {
      for (let i = 0; i < count; i++) config.process[`extension-${i}`] = i;
    }),
  },
  {
    ...{ title: 'rules of the policy', from: 10, factor: 10 },
    make: (count) => ({ settings: { policy: { rules: times(count, makeRule) } } }),
  },
  {
    ...{ title: 'drop-ins of the settings', from: 4, factor: 4 },
    make: (count) => ({ dropIns: count }),
  },
  {
    ...{ title: 'spec files of other kinds', from: 100, factor: 10 },
    make: (count) => ({
      specs: [smallSpec(KIND, 'wanted'), ...times(count, (i) => smallSpec(`vendor${i}.example/class`, `d${i}`))],
    }),
  },
  {
    ...{ title: 'spec files of the kind', from: 10, factor: 10 },
    make: (count) => ({
      specs: [smallSpec(KIND, 'wanted'), ...times(count, (i) => smallSpec(KIND, `d${i}`))],
    }),
  },
  {
    ...{ title: 'spec files with one device in conflict', from: 10, factor: 10 },
    make: (count) => ({ specs: [smallSpec(KIND, 'wanted'), ...times(count, () => smallSpec(KIND, 'other'))] }),
  },
  {
    ...{ title: 'aliases of a spec', from: 64, factor: 4 },
    make: (count) => ({ specs: [aliases(count)] }),
  },
];

/** A spec with so many devices. */
function devices(count: number): string {
  return spec(
    {},
    times(count, (i) => device(`d${i}`)),
  );
}

const SHARED = { requests: { any: true }, policy: { share: { [`${KIND}=*`]: 1 } } };

/** Requests by an annotation each. */
function annotate(count: number, nameDevice: (index: number) => string): Parts {
  return document((config) => {
    for (let i = 0; i < count; i++) config.annotations[`cdi.k8s.io/bench-${i}`] = `${KIND}=${nameDevice(i)}`;
  })(count);
}

function makeRule(index: number): object {
  return { devices: [`vendor${index}.example/class=*`], action: 'deny' };
}

function aliases(count: number): string {
  const first = `- name: wanted\n  containerEdits: &edits { env: [WANTED=1] }\n`;
  const others = times(count, (i) => `- name: d${i}\n  containerEdits: *edits\n`).join('');
  return `cdiVersion: 0.7.0\nkind: ${KIND}\ndevices:\n${first}${others}`;
}
