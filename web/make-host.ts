// The host of a case: a picture in memory, with the files of the case put into it.

import { tryReadSpec } from '../src/cli/lint/spec-text.ts';
import type { ContainerEdits } from '../src/edits/kinds.ts';
import { type FileContent, type HeldFile, type Host, isFailure, type SpecHost } from '../src/host/host.ts';
import type { Entry, HostPicture } from '../src/host/host-picture.ts';
import { mayRequest } from '../src/host/search.ts';
import { createSnapshotHost, spellBytes } from '../src/host/snapshot-host.ts';
import { SETTINGS_FILE } from '../src/settings/load.ts';
import { cleanPath } from '../src/text/path.ts';
import { type Case, CONFIG_PATH, getSpecPath } from './case.ts';

/** The document can be held as the shim does it: what a plan would write, the page shows. */
export function makeHost(given: Case): SpecHost {
  const base = createSnapshotHost(makePicture(given), () => {
    throw new TypeError('the page keeps no record, so that nobody asks for a digest');
  });
  const holdFile: Host['holdFile'] = (path, most) => {
    const file = base.readFile(path, most);
    // The same object: the host knows its files by it.
    return isFailure(file) ? file : hold(file);
  };
  return {
    ...base,
    holdFile,
    mayRequest: (path, markers) => {
      const file = base.readFile(path, Number.POSITIVE_INFINITY);
      return !isFailure(file) && mayRequest(spellBytes(base.text(file)), markers);
    },
  };
}

function hold(file: FileContent): HeldFile {
  return Object.assign(file, { held: true } as const);
}

function makePicture({ specs, config, settings, host }: Case): HostPicture {
  const given = typeof host === 'string' ? undefined : host;
  const files = new Map<string, Entry>(Object.entries(given?.files ?? {}));
  const add = (path: string, entry: Entry): void => {
    if (!path.startsWith('/')) return;
    const clean = cleanPath(path);
    addFolders(files, clean);
    files.set(clean, entry);
  };
  addFolders(files, '/etc/cdi/x');
  // A file of the snapshot keeps its owner and its mode, whatever is written in it here.
  const write = (path: string, text: string): void =>
    add(path, { ...makeFile(text), ...given?.files[path], kind: 'file', text });
  for (const { name, text } of specs) write(getSpecPath(name), text);
  if (settings.trim() !== '') write(SETTINGS_FILE, settings);
  add(CONFIG_PATH, makeFile(config));
  if (host === 'complete') for (const { text } of specs) addNamed(text, files, add);
  return {
    taken: given?.taken ?? 0,
    user: given?.user ?? { uid: 0, gid: 0, inUserNamespace: false },
    environment: given?.environment ?? {},
    files: Object.fromEntries(files),
  };
}

const ROOTS = { uid: 0, gid: 0, modified: 0 } as const;
const FOLDER: Entry = { ...ROOTS, kind: 'directory', mode: '0755' };

function makeFile(text: string, mode = '0644'): Entry {
  return { ...ROOTS, kind: 'file', mode, text };
}

function addFolders(files: Map<string, Entry>, path: string): void {
  if (!files.has('/')) files.set('/', FOLDER);
  for (let end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1)) {
    const folder = path.slice(0, end);
    if (!files.has(folder)) files.set(folder, FOLDER);
  }
}

/** Experimental, by the kernel's list: where a spec leaves a device's numbers to the host, it gets some of these. */
const SOME_MAJOR = 240;

/** What a spec names of its host, as if it were there. */
function addNamed(text: string, files: ReadonlyMap<string, Entry>, add: (path: string, entry: Entry) => void): void {
  const put = (path: string, entry: Entry): void => {
    if (!files.has(cleanPath(path))) add(path, entry);
  };
  for (const { deviceNodes = [], mounts = [], hooks = [] } of listEdits(text)) {
    for (const { path, hostPath = '', type = '', major = SOME_MAJOR, minor = files.size, fileMode } of deviceNodes) {
      const kind = type === 'b' ? 'block' : type === 'p' ? 'fifo' : 'char';
      const mode = (fileMode ?? 0o666).toString(8).padStart(4, '0');
      put(hostPath === '' ? path : hostPath, { ...ROOTS, kind, mode, device: `${major}:${minor}` });
    }
    for (const { hostPath } of mounts) put(hostPath, /\.[^/]+$/.test(hostPath) ? makeFile('') : FOLDER);
    for (const { path } of hooks) put(path, makeFile('', '0755'));
  }
}

function listEdits(text: string): readonly ContainerEdits[] {
  const spec = tryReadSpec(text);
  if (spec === undefined) return [];
  const edits = spec.devices.map(({ containerEdits }) => containerEdits);
  return spec.containerEdits === undefined ? edits : [spec.containerEdits, ...edits];
}
