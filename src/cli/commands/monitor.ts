// cdictl monitor: what comes and goes in the spec directories, as it does.
import { statSync, watch } from 'node:fs';
import { compareBytes } from '../../text/byte-order.ts';
import type { OrderedJson } from '../../text/json.ts';
import { spellJson } from '../../text/json.ts';
import { nearest } from '../../text/nearest.ts';
import { quote } from '../../text/quote.ts';
import type { Run } from '../command.ts';
import type { Context } from '../context.ts';
import { type Look, look } from '../look.ts';
import { UsageError } from '../usage-error.ts';

type Topic = 'specs' | 'vendors' | 'classes' | 'devices';
const TOPICS: readonly Topic[] = ['specs', 'vendors', 'classes', 'devices'];

/** Changes that come together, as when a tool writes several files, are told together. */
const SETTLE_MS = 100;
/** Watchers miss what they cannot watch: directories that are missing, or above. */
const LOOK_AGAIN_MS = 1000;

/** Runs until it is interrupted. */
export const run: Run = async (context, { operands }) => {
  const topics = topicsOf(operands);
  let state = stateOf(look(context), topics);
  tell(context, 'present', new Map(), state);
  return await new Promise((resolve) => {
    const check = (): void => {
      const next = stateOf(look(context), topics);
      tell(context, 'added', state, next);
      state = next;
    };
    const watchers = new Watchers(context.specDirs(), check);
    const stop = (): void => {
      watchers.close();
      resolve(0);
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
};

function topicsOf(operands: readonly string[]): readonly Topic[] {
  const known = [...TOPICS, 'all'];
  const unknown = operands.find((operand) => !known.includes(operand));
  if (unknown !== undefined) throw new UsageError(`monitor knows no ${quote(unknown)}`, nearest(unknown, known));
  if (operands.length === 0) return ['specs', 'devices'];
  return operands.includes('all') ? TOPICS : TOPICS.filter((topic) => operands.includes(topic));
}

/** Each thing by its name, with a text that changes when the thing does. */
type State = ReadonlyMap<string, string>;

function stateOf({ scan, index, sources, errors }: Look, topics: readonly Topic[]): State {
  const state = new Map<string, string>();
  const put = (topic: Topic, name: string, text: string): void => {
    if (topics.includes(topic)) state.set(`${topic.slice(0, -1).replace('classe', 'class')} ${name}`, text);
  };
  for (const { path, vendor, class: className } of scan.specs) {
    put('specs', path, sources.digest(path) ?? '');
    put('vendors', vendor, '');
    put('classes', className, '');
  }
  for (const error of errors) if (error.path !== undefined) put('specs', error.path, `in error: ${error.message}`);
  for (const { name, device, file } of index.devices.values())
    put('devices', name, `${file.path} ${spellJson({ ...device.containerEdits } as OrderedJson)}`);
  return state;
}

function tell(context: Context, word: 'present' | 'added', before: State, after: State): void {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort(compareBytes);
  for (const name of names) {
    const [old, now] = [before.get(name), after.get(name)];
    if (old === now) continue;
    const change = old === undefined ? word : now === undefined ? 'removed' : 'changed';
    if (change === 'present' && context.quiet) continue;
    const [kind = '', ...rest] = name.split(' ');
    const error = now?.startsWith('in error: ') ? now.slice('in error: '.length) : undefined;
    if (context.output === 'table') {
      const coloured = context.stdout.style(COLOURS[change], change.padEnd(7));
      context.stdout.write(
        `${coloured}  ${kind.padEnd(6)}  ${rest.join(' ')}${error === undefined ? '' : `  ${error}`}\n`,
      );
    } else {
      const time = new Date(context.host.now()).toISOString();
      context.stdout.write(`${spellJson({ time, change, kind, name: rest.join(' '), error })}\n`);
    }
  }
}

const COLOURS = { present: 'dim', added: 'green', changed: 'yellow', removed: 'red' } as const;

/** Watches directories, those that are missing too: they are looked for again and again. */
class Watchers {
  readonly #directories: readonly string[];
  readonly #onChange: () => void;
  readonly #watched = new Map<string, { readonly inode: number; readonly close: () => void }>();
  readonly #timer: NodeJS.Timeout;
  #settling: NodeJS.Timeout | undefined;

  constructor(directories: readonly string[], onChange: () => void) {
    this.#directories = directories;
    this.#onChange = onChange;
    this.#arm();
    this.#timer = setInterval(() => {
      this.#arm();
      this.#onChange();
    }, LOOK_AGAIN_MS);
  }

  close(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#settling);
    for (const watcher of this.#watched.values()) watcher.close();
  }

  #arm(): void {
    for (const directory of this.#directories) {
      const inode = statSync(directory, { throwIfNoEntry: false })?.ino;
      const before = this.#watched.get(directory);
      if (before?.inode === inode) continue;
      // Another directory stands there now, or none.
      before?.close();
      this.#watched.delete(directory);
      if (inode === undefined) continue;
      try {
        const watcher = watch(directory, () => this.#settle());
        watcher.on('error', () => watcher.close());
        this.#watched.set(directory, { inode, close: () => watcher.close() });
      } catch {
        // Closed to this user, or inotify is used up: the timer looks again.
      }
    }
  }

  #settle(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(this.#onChange, SETTLE_MS);
  }
}
