// What every host does alike: one suite, run on each of them.
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';
import type { Bench } from './contract-bench.ts';
import { listing, reading, searching } from './contract-looking.ts';
import { parsing } from './contract-parsing.ts';
import { digesting, logging, recording, trusting, waiting } from './contract-trusting.ts';
import { replacing, writing } from './contract-writing.ts';
import { memoryHost } from './memory-host.ts';
import type { Operation } from './operations.ts';

/** Runs operations on a host, one after another, with these variables in its environment. */
export type Operate = (operations: readonly Operation[], environment: Record<string, string>) => unknown[];

/** @param start a host that works in a folder of its own, which is not the test's */
export function hostContract(name: string, start: (folder: string) => Operate): void {
  const folder = temporaryFolder();
  const operate = start(mkdtempSync(join(folder, 'own-')));
  const place = (): string => mkdtempSync(join(folder, 'place-'));
  const make = (content: string | Uint8Array, file = join(place(), 'file')): string => {
    writeFileSync(file, content);
    return file;
  };
  const asked = new Set<string>();
  const run = (operations: readonly Operation[], environment = {}): unknown[] => {
    for (const [operation] of operations) asked.add(operation);
    return operate(operations, environment);
  };
  const last = (...operations: Operation[]): unknown => run(operations).at(-1);
  const is = (title: string, ask: () => unknown, want: unknown | (() => unknown), options = {}): void => {
    test(`${name}: ${title}`, options, () => assert.deepEqual(ask(), typeof want === 'function' ? want() : want));
  };
  const bench = { is, last, place, make, run };
  for (const part of [
    reading,
    searching,
    listing,
    parsing,
    writing,
    replacing,
    trusting,
    digesting,
    logging,
    recording,
    waiting,
    knowing,
  ])
    part(bench);
  test(`${name}: every operation was asked for`, () => {
    const operations = Object.keys(memoryHost({})).filter((operation) => !UNSEEN.includes(operation));
    assert.deepEqual(
      operations.filter((operation) => !asked.has(operation)),
      [],
    );
  });
}

/** What gives nothing back that tells one host from another, and what only the host in memory has. */
const UNSEEN = ['limit', 'entry', 'put'];

function knowing({ is, last, run }: Bench): void {
  is('environment() gives a variable', () => run([['environment', 'HOST_TEST']], { HOST_TEST: 'ä=b' }), ['ä=b']);
  is('environment() gives an empty variable', () => run([['environment', 'HOST_TEST']], { HOST_TEST: '' }), ['']);
  is('environment() has no other', () => last(['environment', 'HOST_TEST_NONE']), null);
  is('newId() is 16 digits, others in each run', () => {
    const ids = [String(last(['newId'])), String(last(['newId']))];
    return [new Set(ids).size, ids.every((id) => /^[0-9a-f]{16}$/.test(id))];
  }, [2, true]);
  is('workingDirectory() is absolute', () => String(last(['workingDirectory'])).startsWith('/'), true);
  is('ids() are the effective ones', () => last(['ids']), { uid: process.geteuid?.(), gid: process.getegid?.() });
  is('now() is the time in whole milliseconds', () => {
    const before = Date.now();
    const now = Number(last(['now']));
    return [Number.isInteger(now), now >= before && now <= Date.now()];
  }, [true, true]);
  is('a failure carries an errno name and nothing else', () => Object.keys(Object(last(['readFile', '/none', 1]))), [
    'errno',
  ]);
}
