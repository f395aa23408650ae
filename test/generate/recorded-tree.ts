// The /dev and /sys of hosts as texts of hosts/, served by the host in memory.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDeviceTree, type DeviceTree } from '../../src/generate/device-tree.ts';
import type { DeviceInfo } from '../../src/host/host.ts';
import { memoryHost } from '../host/memory-host.ts';

type Recorded = { readonly path: string } & (
  | { readonly link: string }
  | { readonly text: string }
  | (DeviceInfo & { readonly gid: number })
);

/** The text of a recording. */
export function recording(name: string): string {
  return readFileSync(join(import.meta.dirname, 'hosts', `${name}.txt`), 'utf8');
}

/**
 * Reads a recording, a thing a line:
 *
 *     /sys/class/x -> ../y         a link
 *     /sys/class/z/type = 4        a file with a line end, \n where there are more
 *     /dev/fuse c 10:229 666 0     a node: type, numbers, mode, group
 *     /dev/dri                     only the start of what follows it, indented
 */
export function readRecording(text: string): Recorded[] {
  const found = new Map<string, Recorded>();
  let folder = '';
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, indent, name, rest = ''] = /^( *)(\S+)(?: (.*))?$/.exec(line) ?? assert.fail(`"${line}" cannot be read`);
    const path = indent === '' ? `${name}` : `${folder}/${name}`;
    if (rest === '') {
      folder = path;
      continue;
    }
    assert.ok(!found.has(path), `${path} is recorded twice`);
    found.set(path, { path, ...readThing(rest) });
  }
  return [...found.values()];
}

function readThing(words: string) {
  if (words.startsWith('-> ')) return { link: words.slice(3) };
  if (words.startsWith('=')) return { text: `${words.slice(2).replaceAll('\\n', '\n')}\n` };
  const [, type, major, minor, mode = '', gid] = /^([bc]) (\d+):(\d+) ([0-7]+) (\d+)$/.exec(words) ?? [];
  assert.ok(type === 'b' || type === 'c', `"${words}" cannot be read`);
  const device = { type, major: Number(major), minor: Number(minor), mode: Number.parseInt(mode, 8) } as const;
  return { ...device, gid: Number(gid) };
}

/** The tree that a recording is of. */
export function recordedTree(text: string): DeviceTree {
  const all = readRecording(text);
  // The host in memory lists what has an entry, which a link by itself has not.
  const entries = all.map(({ path, ...what }) => {
    if ('link' in what) return [path, ''] as const;
    return [path, 'text' in what ? what.text : what] as const;
  });
  const links = all.flatMap((what) => ('link' in what ? [[what.path, what.link] as const] : []));
  const owners = all.flatMap((what) => ('gid' in what ? [[what.path, { gid: what.gid }] as const] : []));
  return createDeviceTree(
    memoryHost(Object.fromEntries(entries), {
      links: Object.fromEntries(links),
      owners: Object.fromEntries(owners),
    }),
  );
}
