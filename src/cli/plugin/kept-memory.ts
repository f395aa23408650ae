// What is to be known of devices at the next look, kept for the plugin that comes after this one: a kubelet goes on to
// count by ids. It is beside the sockets, in a folder, which a kubelet leaves alone when it empties its own.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { quote } from '../../text/quote.ts';
import { readErrno } from '../files/errno.ts';
import { tryReadJson, tryReadText } from '../files/folder-entries.ts';
import { putFile } from '../files/put-file.ts';
import type { Memory } from './look.ts';
import type { Resource } from './resource.ts';

const FOLDER = 'cdi-runtime';
/** After another boot a number may be another device, and no container has any. */
const BOOT = '/proc/sys/kernel/random/boot_id';

type Pairs = readonly (readonly [string, string])[];

/** Of one resource. */
interface Kept {
  readonly boot: string;
  readonly chosen: readonly string[];
  readonly identities: Pairs;
  readonly ids: Pairs;
}

export class KeptMemory {
  readonly #directory: string;
  readonly #resources: readonly Resource[];
  readonly #log: Logger;
  readonly #boot: string = tryReadText(BOOT) ?? '';
  readonly #written = new Map<string, string>();
  #errno: string | undefined;

  /** @param directory the kubelet's own */
  constructor(directory: string, resources: readonly Resource[], log: Logger) {
    this.#directory = directory;
    this.#resources = resources;
    this.#log = log;
  }

  /** What cannot be read is as if it had never been there. */
  read(): Memory {
    const all = this.#resources.flatMap(({ name }) => {
      const kept = tryReadJson(this.#findFile(name));
      return isKept(kept) && kept.boot === this.#boot ? [{ name, kept }] : [];
    });
    return {
      chosen: all.flatMap(({ kept }) => kept.chosen),
      identities: new Map(all.flatMap(({ kept }) => kept.identities)),
      ids: new Map(all.map(({ name, kept }) => [name, new Map(kept.ids)])),
    };
  }

  /** Writes what is new. One that cannot be written is told once, and tried again after the next look. */
  write({ chosen, identities, ids }: Memory): void {
    for (const { name, kind } of this.#resources) {
      const own = [...(ids.get(name) ?? [])];
      const things = new Set(own.flatMap(([identity]) => identity.split('\n')));
      const kept: Kept = {
        boot: this.#boot,
        chosen: chosen.filter((device) => device.startsWith(`${kind}=`)),
        identities: [...identities].filter(([, identity]) => things.has(identity)),
        ids: own,
      };
      const text = `${JSON.stringify(kept)}\n`;
      if (this.#written.get(name) !== text && this.#tryWrite(this.#findFile(name), text)) this.#written.set(name, text);
    }
  }

  #findFile(resource: string): string {
    return join(this.#directory, FOLDER, `${resource.replaceAll('/', '_')}.json`);
  }

  #tryWrite(path: string, text: string): boolean {
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
      putFile(path, text);
      this.#errno = undefined;
      return true;
    } catch (error) {
      const errno = readErrno(error);
      if (errno !== this.#errno)
        this.#log.warn({ path, errno }, `ids of devices cannot be kept in ${quote(path)} (${errno})`);
      this.#errno = errno;
      return false;
    }
  }
}

function isKept(value: unknown): value is Kept {
  const { boot, chosen, identities, ids } = Object(value);
  return typeof boot === 'string' && isList(chosen, isText) && isList(identities, isPair) && isList(ids, isPair);
}

function isList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isPair(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every(isText);
}
