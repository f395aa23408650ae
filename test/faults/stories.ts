// The creates that are disturbed: what the bundle holds before, and what it may hold afterwards.
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { attributesOf, setAttributes } from '../shim/extended-attributes.ts';
import { layOut } from '../support/story.ts';
import type { Create } from './injected-run.ts';

export interface Story {
  readonly title: string;
  /** of test/fixtures/inject */
  readonly fixture: string;
  /** in place of the fixture's document */
  readonly document?: string;
  /** config.json is a link, and the file has an owner, a mode and attributes that must be kept */
  readonly marked?: true;
  /** a killed run has left its file */
  readonly leftover?: true;
  /** the name of a call that fails in every run, and how */
  readonly failing?: readonly [name: string, errno: string];
  /** whether the settings require the audit */
  readonly required?: true;
  /** whether only one container may have the device */
  readonly shared?: true;
  /** whether the document is too large to be read and written at once */
  readonly big?: true;
}

export const stories: readonly Story[] = [
  { title: 'every kind of edit', fixture: 'every-edit-at-device-level' },
  { title: 'a link, an owner and attributes', fixture: 'the-higher-directory-wins', marked: true },
  { title: 'a node of the host, a spec in JSON', fixture: 'a-spec-in-json', leftover: true },
  { title: 'the rename fails', fixture: 'asked-by-env', failing: ['renameat', 'EBUSY'] },
  { title: 'the runtime is refused by the kernel', fixture: 'asked-by-env', failing: ['execve', 'ENOEXEC'] },
  { title: 'the audit is required, and lasts', fixture: 'asked-by-env', required: true },
  { title: 'a device for one container at a time', fixture: 'asked-by-env', shared: true },
  { title: 'a big document', fixture: 'asked-by-env', big: true },
  { title: 'the request is refused', fixture: 'the-device-is-unknown' },
  { title: 'nobody brings what is waited for', fixture: 'unresolved-after-a-wait' },
  { title: 'one of the optional devices is absent', fixture: 'env-that-is-optional' },
  { title: 'each optional device is absent', fixture: 'annotations-that-are-optional-and-absent' },
  { title: 'the words of a request, but none', fixture: 'marker-words-but-no-request' },
  { title: 'edited before', fixture: 'nothing-of-this-edit-is-needed' },
  { title: 'no request', fixture: 'asked-by-env', document: '{"process":{"env":["A=1"]}}\n' },
];

/** A story on the disk. */
export interface Stage {
  readonly create: Create;
  readonly runtime: string;
  readonly log: string;
  readonly audit: string;
  /** the bytes of the document, and those of an edited one; the same where it must stay */
  readonly before: string;
  readonly edited: string;
  /** whether the runtime is started in a run without a fault */
  readonly starts: boolean;
  /** Puts everything in place again, as before the first run. */
  reset(): void;
  /** What is there now: the document's bytes, the names in its folders, and what else belongs to the file. */
  look(): { readonly text: string; readonly names: readonly string[]; readonly marks: string };
}

/** Of white space: more than the shim has room for without memory of its own. */
const BIG_BYTES = 300_000;

/** Leases of root are where those of the host are. */
const OWN_RUN = ['unshare', '--mount', '--propagation', 'private', 'sh', '-euc'].concat(
  'mount -t tmpfs -o mode=755 tmpfs /run; exec "$@"',
  'sh',
);

const LEFTOVER = '.config.json.cdi-runtime-abcdefgh';

/** @param root a folder that is not there yet */
export function stage(story: Story, root: string, runtime: string): Stage {
  const { bundle, config, settings, before: bytes, want } = layOut(story.fixture, root, runtime);
  if (story.required)
    writeFileSync(settings, readFileSync(settings, 'utf8').replace(/^audit: \{/m, 'audit: { required: true,'));
  if (story.shared) appendFileSync(settings, `policy: { share: { '*': 1 } }\n`);
  const gap = story.big ? ' '.repeat(BIG_BYTES) : '';
  const before = story.document ?? `${gap}${bytes}`;
  const far = join(root, 'far');
  mkdirSync(far);
  const file = story.marked ? join(far, 'config.json') : config;
  const log = join(root, 'log.json');
  const reset = (): void => {
    for (const folder of [bundle, far])
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
    for (const made of [log, join(root, 'audit')]) rmSync(made, { recursive: true, force: true });
    if (story.marked) symlinkSync('../far/config.json', config);
    writeFileSync(file, before);
    if (story.leftover) writeFileSync(join(bundle, LEFTOVER), 'half');
    if (story.marked) mark(file);
  };
  reset();
  letSettle(settings);
  const names = (): string[] => [bundle, far].flatMap((folder) => readdirSync(folder).sort());
  const look = (): ReturnType<Stage['look']> => ({
    text: readFileSync(file, 'utf8'),
    names: names(),
    marks: `${modeOf(file)}${story.marked ? ` ${readlinkSync(config)} ${JSON.stringify(attributesOf(file))}` : ''}`,
  });
  return {
    create: {
      folder: root,
      args: ['--log', log, '--log-format', 'json', 'create', '--bundle', bundle, 'id'],
      settings,
      failing: story.failing,
      prefix: story.shared ? OWN_RUN : [],
    },
    runtime,
    log,
    audit: join(root, 'audit/audit.jsonl'),
    before,
    edited: story.document ?? (want === undefined ? before : `${gap}${want}`),
    starts: (want !== undefined || story.document !== undefined) && story.failing === undefined,
    reset,
    look,
  };
}

/** Settings that have just been written are read with more calls. */
function letSettle(settings: string): void {
  const words = ['-c', 'sleep 0.01'];
  while (Date.now() - statSync(settings).ctimeMs < 150) spawnSync('sh', words);
}

function mark(file: string): void {
  if (process.getuid?.() === 0) chownSync(file, 12345, 54321);
  chmodSync(file, 0o4640);
  for (const attribute of ['user.text', 'security.label']) setAttributes(file, { [attribute]: '00ff' });
}

function modeOf(file: string): string {
  const { mode, uid, gid } = statSync(file);
  return [mode.toString(8), uid, gid].join(' ');
}
