// Changes of spec files between two queries: the second one sees them, whatever the times of the files say.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { setSchema } from '../../src/library/active-schema.ts';
import { Registry } from '../../src/library/registry.ts';
import { anHourLater, untilTimesDiffer, withCoarseTimes } from '../support/clocks.ts';
import { memoryFolder } from '../support/memory-folder.ts';
import { spec } from '../support/specs.ts';

const folder = memoryFolder();
setSchema('none');

/** A time that all files have which say so. */
const LONG_AGO = new Date('2020-02-02T02:02:02Z');

/** Three files: one in each of two spec directories, and one that a link leads to. */
function place(): string {
  const root = mkdtempSync(join(folder, 'place-'));
  for (const part of ['low', 'high', 'elsewhere']) mkdirSync(join(root, part));
  const files = { 'low/a.yaml': 'a', 'high/b.yaml': 'b', 'elsewhere/l.yaml': 'l', 'elsewhere/m.yaml': 'm' };
  for (const [path, vendor] of Object.entries(files)) writeOld(join(root, path), spec(`${vendor}.com/x`, '0'));
  symlinkSync('../elsewhere/l.yaml', join(root, 'low/link.yaml'));
  return root;
}

function writeOld(path: string, text: string): void {
  writeFileSync(path, text);
  utimesSync(path, LONG_AGO, LONG_AGO);
}

/** A text of the same size as the one that is there. */
const OTHER = spec('a.com/x', '1');

const A = 'a.com/x=0 low/a.yaml';
const A1 = 'a.com/x=1 low/a.yaml';
const B = 'b.com/x=0 high/b.yaml';
const L = 'l.com/x=0 low/link.yaml';

const CHANGES: readonly [title: string, change: (at: (path: string) => string) => void, want: readonly string[]][] = [
  ['a new file', (at) => writeFileSync(at('low/c.yaml'), spec('c.com/x', '0')), [A, B, 'c.com/x=0 low/c.yaml', L]],
  ['a file overwritten with as many bytes', (at) => writeFileSync(at('low/a.yaml'), OTHER), [A1, B, L]],
  ['a file overwritten whose time is set back', (at) => writeOld(at('low/a.yaml'), OTHER), [A1, B, L]],
  [
    'more lines in a file',
    (at) => appendFileSync(at('low/a.yaml'), '- { name: z, containerEdits: { env: [A=1] } }\n'),
    [A, 'a.com/x=z low/a.yaml', B, L],
  ],
  ['a file emptied', (at) => truncateSync(at('low/a.yaml')), [B, L]],
  ['a file deleted', (at) => rmSync(at('low/a.yaml')), [B, L]],
  [
    'a file deleted and made again',
    (at) => {
      rmSync(at('low/a.yaml'));
      writeOld(at('low/a.yaml'), OTHER);
    },
    [A1, B, L],
  ],
  [
    'a file put in place by rename',
    (at) => {
      writeOld(at('low/.a.swp'), OTHER);
      renameSync(at('low/.a.swp'), at('low/a.yaml'));
    },
    [A1, B, L],
  ],
  [
    'a file written again after the old one was kept as a copy',
    (at) => {
      renameSync(at('low/a.yaml'), at('low/a.yaml~'));
      writeOld(at('low/a.yaml'), OTHER);
    },
    [A1, B, L],
  ],
  ['a file renamed', (at) => renameSync(at('low/a.yaml'), at('low/z.json')), ['a.com/x=0 low/z.json', B, L]],
  ['a file renamed to what is no spec', (at) => renameSync(at('low/a.yaml'), at('low/a.off')), [B, L]],
  [
    'two files that change places',
    (at) => {
      renameSync(at('low/a.yaml'), at('low/t'));
      renameSync(at('high/b.yaml'), at('low/a.yaml'));
      renameSync(at('low/t'), at('high/b.yaml'));
    },
    ['a.com/x=0 high/b.yaml', 'b.com/x=0 low/a.yaml', L],
  ],
  [
    'a file moved in',
    (at) => renameSync(at('elsewhere/m.yaml'), at('high/m.yaml')),
    [A, B, L, 'm.com/x=0 high/m.yaml'],
  ],
  [
    'a file moved over another',
    (at) => renameSync(at('elsewhere/m.yaml'), at('low/a.yaml')),
    [B, L, 'm.com/x=0 low/a.yaml'],
  ],
  [
    'a second name for a file',
    (at) => linkSync(at('elsewhere/m.yaml'), at('high/m.yaml')),
    [A, B, L, 'm.com/x=0 high/m.yaml'],
  ],
  ['a new link', (at) => symlinkSync('../elsewhere/m.yaml', at('low/n.yaml')), [A, B, L, 'm.com/x=0 low/n.yaml']],
  [
    'a link that leads to another file',
    (at) => {
      symlinkSync('../elsewhere/m.yaml', at('low/new'));
      renameSync(at('low/new'), at('low/link.yaml'));
    },
    [A, B, 'm.com/x=0 low/link.yaml'],
  ],
  [
    'the file behind a link overwritten',
    (at) => writeOld(at('elsewhere/l.yaml'), spec('l.com/x', '1')),
    [A, B, 'l.com/x=1 low/link.yaml'],
  ],
  ['the file behind a link deleted', (at) => rmSync(at('elsewhere/l.yaml')), [A, B]],
  [
    'a device defined in a higher directory',
    (at) => copyFileSync(at('low/a.yaml'), at('high/z.yaml')),
    ['a.com/x=0 high/z.yaml', B, L],
  ],
  ['a device defined twice in a directory', (at) => copyFileSync(at('low/a.yaml'), at('low/z.yaml')), [B, L]],
  [
    'a folder in place of a file',
    (at) => {
      rmSync(at('low/a.yaml'));
      mkdirSync(at('low/a.yaml'));
    },
    [B, L],
  ],
  [
    'a named pipe in place of a file',
    (at) => {
      rmSync(at('low/a.yaml'));
      assert.equal(spawnSync('mkfifo', [at('low/a.yaml')]).status, 0);
    },
    [B, L],
  ],
  ['a file that is touched', (at) => utimesSync(at('low/a.yaml'), new Date(), new Date()), [A, B, L]],
];

/** Each device with the file that defines it. */
function devices(registry: Registry, root: string): string[] {
  return registry.listDevices().map((name) => `${name} ${relative(root, registry.getDevice(name)?.spec.path ?? '')}`);
}

type Clock = <T>(work: () => T) => T;
const CLOCKS: readonly [title: string, clock: Clock, beforeChange: (file: string) => void][] = [
  ['', (work) => work(), () => {}],
  [', by times in whole seconds', withCoarseTimes, () => {}],
  [', after an hour without a change', anHourLater, untilTimesDiffer],
];

for (const [title, change, want] of CHANGES)
  for (const [when, clock, beforeChange] of CLOCKS)
    test(`the next query sees ${title}${when}`, () => {
      const root = place();
      const at = (path: string): string => join(root, path);
      clock(() => {
        const registry = new Registry({ specDirs: [at('low'), at('high')] });
        assert.deepEqual(devices(registry, root), [A, B, L]);
        beforeChange(at('elsewhere/m.yaml'));
        change(at);
        assert.deepEqual(devices(registry, root), want);
      });
    });

const QUERIES: readonly [name: string, query: (registry: Registry) => unknown, want: unknown][] = [
  ['listDevices', (registry) => registry.listDevices(), ['b.com/x=0', 'c.com/y=0', 'l.com/x=0']],
  ['listVendors', (registry) => registry.listVendors(), ['b.com', 'c.com', 'l.com']],
  ['listClasses', (registry) => registry.listClasses(), ['x', 'y']],
  ['getDevice', (registry) => registry.getDevice('c.com/y=0')?.qualifiedName, 'c.com/y=0'],
  ['getVendorSpecs', (registry) => registry.getVendorSpecs('a.com'), []],
  ['injectDevices', (registry) => registry.injectDevices('{"process":{}}', 'c.com/y=0'), '{"process":{"env":["D=0"]}}'],
  ['getErrors', (registry) => [...registry.getErrors().values()].flat().map(({ code }) => code), ['EMPTY_SPEC']],
  ['refresh', (registry) => registry.refresh().map(({ code }) => code), ['EMPTY_SPEC']],
];

for (const [name, query, want] of QUERIES)
  test(`${name}() sees a change by itself`, () => {
    const root = place();
    const registry = new Registry({ specDirs: [join(root, 'low'), join(root, 'high')] });
    rmSync(join(root, 'low/a.yaml'));
    writeFileSync(join(root, 'low/c.yaml'), spec('c.com/y', '0'));
    writeFileSync(join(root, 'low/d.yaml'), '');
    assert.deepEqual(query(registry), want);
  });

test('errors of files come and go with what is wrong', () => {
  const root = place();
  const file = join(root, 'low/a.yaml');
  const registry = new Registry({ specDirs: [join(root, 'low'), join(root, 'high')] });
  const errors = (): string[] =>
    [...registry.getErrors()].flatMap(([path, list]) => list.map(({ code }) => `${relative(root, path)} ${code}`));
  const steps: readonly [change: () => void, want: readonly string[]][] = [
    [() => {}, []],
    [() => writeFileSync(file, '['), ['low/a.yaml BAD_SPEC']],
    [() => writeFileSync(file, ''), ['low/a.yaml EMPTY_SPEC']],
    [() => writeFileSync(file, spec('a.com/x', '0')), []],
    [() => copyFileSync(file, join(root, 'low/z.yaml')), ['low/a.yaml DEVICE_CONFLICT', 'low/z.yaml DEVICE_CONFLICT']],
    [() => rmSync(file), []],
    [() => rmSync(join(root, 'elsewhere/l.yaml')), ['low/link.yaml CANNOT_READ']],
    [() => rmSync(join(root, 'low/link.yaml')), []],
  ];
  for (const [change, want] of steps) {
    change();
    assert.deepEqual(errors(), want);
  }
});
