// Where a line of YAML stands.
import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { findExtent, findYamlPlace } from '../../web/yaml-place.ts';

const LINES = `cdiVersion: "0.5.0"
devices:
- name: a
  containerEdits:
    deviceNodes:
      - path: /dev/x
        # of the host
        hostPath: /dev/y

      - path: /dev/z
    env:
      - A=b
containerEdits:
  hooks:
    - hookName: prestart
      path: /bin/y
      `.split('\n');

const cases: [title: string, line: number, path: string, key: string | undefined][] = [
  ['a key of the document', 1, '', 'cdiVersion'],
  ['a key behind a dash that is no further in than its list', 3, 'devices', 'name'],
  ['its neighbour', 4, 'devices', 'containerEdits'],
  ['a key behind a dash', 6, 'devices.containerEdits.deviceNodes', 'path'],
  ['its neighbour behind a comment', 8, 'devices.containerEdits.deviceNodes', 'hostPath'],
  ['an entry behind an empty line', 10, 'devices.containerEdits.deviceNodes', 'path'],
  ['an entry that is a text', 12, 'devices.containerEdits.env', undefined],
  ['a key of the document after all that', 13, '', 'containerEdits'],
  ['an empty line by its indent', 17, 'containerEdits.hooks', undefined],
];
for (const [title, line, path, key] of cases)
  test(`findYamlPlace() of ${title}`, () => {
    const place = findYamlPlace(LINES, line - 1);
    deepEqual([place.path.join('.'), place.key?.name], [path, key]);
  });

test('findYamlPlace() of a line that is being written goes by the indent it is told', () => {
  deepEqual(findYamlPlace(LINES, 16, 2).path, ['containerEdits']);
});

test('findExtent() ends before the next entry, and where the indent falls back', () => {
  deepEqual(findExtent(LINES, 6, 9), [6, 8]);
  deepEqual(findExtent(LINES, 10, 9), [10, 10]);
  deepEqual(findExtent(LINES, 12, 9), [12, 12]);
  deepEqual(findExtent(LINES, 4, 3), [4, 12]);
});
