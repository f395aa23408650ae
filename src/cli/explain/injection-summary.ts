// What an injection did, or would do, in one line.
import { escapeCell } from '../terminal/cell.ts';
import { writeCount } from '../terminal/plural.ts';
import type { Explanation } from './explanation.ts';

/** @param isDone whether it was done, and not only planned */
export function summarizeInjection({ path, outcome, requests, edits }: Explanation, isDone: boolean): string {
  const name = path === undefined ? 'standard input' : escapeCell(path);
  if (outcome === 'nothing') return `${name}: asks for no device\n`;
  if (outcome === 'ignored') return `${name}: nothing of what it asks for ${isDone ? 'was' : 'would be'} injected\n`;
  const granted = requests.filter((request) => request.granted).map(({ device }) => device);
  const names = new Set(granted.length > 0 ? granted : edits.flatMap(({ device }) => device ?? []));
  const devices = writeCount(names.size, 'device');
  if (outcome === 'already') return `${name}: has all of ${devices} already\n`;
  const count = (effect: string): number => edits.filter((edit) => edit.effect === effect).length;
  const counts = [
    `${count('add')} added`,
    ...(['replace', 'present', 'overridden'] as const).flatMap((effect) =>
      count(effect) === 0
        ? []
        : `${count(effect)} ${{ replace: 'replaced', present: 'there already', overridden: 'overridden' }[effect]}`,
    ),
  ];
  return `${name}: ${devices} ${isDone ? 'injected' : 'would be injected'} (edits: ${counts.join(', ')})\n`;
}
