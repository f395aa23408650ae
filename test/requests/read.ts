// Requests of a document that is given as a value, for tables.
import assert from 'node:assert/strict';
import { Draft } from '../../src/edits/draft.ts';
import { type RequestsRead, readRequests } from '../../src/requests/read-requests.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../src/settings/settings.ts';
import { parseJson } from '../../src/text/json-syntax.ts';

/** What a test says of the settings' section `requests`; the rest is the default. */
export interface Said {
  readonly annotations?: Partial<Settings['requests']['annotations']>;
  readonly env?: Partial<Settings['requests']['env']>;
  readonly mounts?: Partial<Settings['requests']['mounts']>;
  readonly defaultKind?: string | null;
  readonly precedence?: Settings['requests']['precedence'];
}

export function optionsOf({ annotations, env, mounts, ...rest }: Said): Settings['requests'] {
  const all = DEFAULT_SETTINGS.requests;
  return {
    ...all,
    ...rest,
    annotations: { ...all.annotations, ...annotations },
    env: { ...all.env, ...env },
    mounts: { ...all.mounts, ...mounts },
  };
}

export function read(document: unknown, said: Said = {}, restored = false): RequestsRead {
  const tree = parseJson(typeof document === 'string' ? document : JSON.stringify(document));
  if ('syntax' in tree) return assert.fail(tree.syntax);
  return readRequests(new Draft(tree, 0), optionsOf(said), { restored });
}

/** Each request as `DEVICE by SOURCE KEY`, with `, optional` where the container may start without. */
export function requestsOf(document: unknown, said: Said = {}): string[] {
  return read(document, said).requests.map(
    ({ device, source, key, optional }) => `${device} by ${source} ${key}${optional ? ', optional' : ''}`,
  );
}

/** A document with annotations, and with the entries of its environment. */
export function asking(annotations: unknown, env?: unknown): object {
  return { annotations, process: { env } };
}
