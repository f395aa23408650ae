// Clocks and times of files as other machines have them, while some work is done.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { mock } from 'node:test';

const SECOND = 1_000_000_000n;
const HOUR = 3_600_000;

/** On a file system that keeps whole seconds: what happens within one leaves no trace in the times of a file. */
export function withCoarseTimes<T>(work: () => T): T {
  const { statSync, fstatSync } = fs;
  const methods = [
    mock.method(fs, 'statSync', (...args: Parameters<typeof statSync>) => coarse(statSync(...args))),
    mock.method(fs, 'fstatSync', (...args: Parameters<typeof fstatSync>) => coarse(fstatSync(...args))),
  ];
  syncBuiltinESMExports();
  try {
    return work();
  } finally {
    for (const method of methods) method.mock.restore();
    syncBuiltinESMExports();
  }
}

function coarse<T extends fs.Stats | fs.BigIntStats | undefined>(stat: T): T {
  if (stat === undefined || !('ctimeNs' in stat)) return stat;
  stat.ctimeNs -= stat.ctimeNs % SECOND;
  stat.mtimeNs -= stat.mtimeNs % SECOND;
  return stat;
}

/** An hour later, so that all files are old. */
export function anHourLater<T>(work: () => T): T {
  const now = Date.now;
  const method = mock.method(Date, 'now', () => now() + HOUR);
  try {
    return work();
  } finally {
    method.mock.restore();
  }
}

/** Returns when a change of a file gets another time than the file has; some milliseconds at most. */
export function untilTimesDiffer(file: string): void {
  const before = fs.statSync(file, { bigint: true }).ctimeNs;
  const beside = `${file}.times`;
  do fs.writeFileSync(beside, '');
  while (fs.statSync(beside, { bigint: true }).ctimeNs === before);
  fs.rmSync(beside);
}
