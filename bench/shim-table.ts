// The rows of the shim's benchmark as a text.
import { describe, isKept, judge, type Measured, overExec } from './limits.ts';
import { align, MISSED } from './table.ts';

export function shimTable(rows: readonly Measured[], pace: number): string {
  const hasPeer = rows.some(({ peer }) => peer !== undefined);
  const head = ['µs', 'exec', 'shim', 'over exec', ...(hasPeer ? ['peer', 'over exec', 'shim of it'] : []), 'limits'];
  const cells = rows.map((row) => {
    const { title, exec, shim, peer } = row;
    const ofPeer = peer === undefined ? [] : [micro(peer.quarter), signed(overExec(row, peer)), share(row)];
    const verdicts = judge(row, rows, pace).map(
      (verdict) => `${describe(verdict)}: ${isKept(verdict) ? 'ok' : MISSED}`,
    );
    return [title, micro(exec.quarter), micro(shim.quarter), signed(overExec(row)), ...ofPeer, verdicts.join('; ')];
  });
  return align([head, ...cells]);
}

function share(row: Measured): string {
  return row.peer === undefined ? '' : (overExec(row) / overExec(row, row.peer)).toFixed(3);
}

function micro(nanoseconds: number): string {
  return (nanoseconds / 1000).toFixed(0);
}

function signed(microseconds: number): string {
  return `${microseconds < 0 ? '' : '+'}${microseconds.toFixed(0)}`;
}
