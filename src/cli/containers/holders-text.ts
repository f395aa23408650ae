// Who holds which device, for people: a line each, and below it what is not as it was.
import { escapeCell } from '../terminal/cell.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { measureText, wrap } from '../terminal/wrap.ts';
import type { Holding } from './holders.ts';

const HEAD: readonly string[] = ['DEVICE', 'HOLDER', 'BY', 'PID', 'SINCE', 'OPEN'];
/** Stands only where a device is limited. */
const SHARE = 'SHARE';
const GAP = '  ';
const INDENT = '  ';

/** Names are never broken: where a terminal is too narrow, they have lines of their own. */
export function writeHoldings(terminal: Terminal, holdings: readonly Holding[], now: number): string {
  if (holdings.length === 0) return '';
  const isLimited = holdings.some(({ share }) => share !== undefined);
  const head = isLimited ? [...HEAD, SHARE] : HEAD;
  const rows = holdings.map((holding) => [...makeCells(holding, now), ...(isLimited ? [writeShare(holding)] : [])]);
  const widths = findWidths([head, ...rows]);
  const names = [0, 1, 2].find((count) => measureRow(widths, count) <= terminal.width) ?? 2;
  const layOut = (cells: readonly string[]): string =>
    `${names === 0 ? '' : INDENT}${cells
      .slice(names)
      .map((cell, column) => pad(cell, widths[names + column] ?? 0))
      .join(GAP)}`.trimEnd();
  const lines = [
    names === 0
      ? terminal.style('bold', layOut(head))
      : terminal.style('bold', `DEVICE${GAP}${layOut(head).trimStart()}`),
  ];
  let above = '';
  for (const [index, cells] of rows.entries()) {
    const [device = '', holder = ''] = cells;
    if (names > 0 && device !== above) lines.push(device);
    if (names > 1) lines.push(`${INDENT}${holder}`);
    lines.push(layOut(cells));
    above = device;
    for (const sentence of listNotes(holdings, index)) {
      const note = wrap(escapeCell(sentence), terminal.width, `${INDENT}${INDENT}`, `${INDENT}${INDENT}`);
      lines.push(...note.map((line) => terminal.style('yellow', line)));
    }
  }
  return `${lines.join('\n')}\n`;
}

/** What befell a container is said once, however many devices it holds. */
function listNotes(holdings: readonly Holding[], index: number): readonly string[] {
  const { holder = '', stale = [] } = holdings[index] ?? {};
  const key = stale.join('\n');
  const same = holdings.findIndex((other) => other.holder === holder && other.stale.join('\n') === key);
  return stale.length > 0 && same < index ? [`as ${holdings[same]?.device}`] : stale;
}

function makeCells({ device, holder, by, pid, since, openBy }: Holding, now: number): readonly string[] {
  const open = openBy.length === 0 ? '-' : String(openBy.length);
  return [escapeCell(device), escapeCell(holder), by, String(pid), writeAge(since, now), open];
}

/** How many containers have it of how many that may. */
function writeShare({ share }: Holding): string {
  if (share === undefined) return '-';
  return share.leased ? `${share.held} of ${share.most}` : 'no lease';
}

/** @param names how many columns of names stand on lines of their own */
function measureRow(widths: readonly number[], names: number): number {
  const indent = names === 0 ? 0 : INDENT.length;
  const beside = widths.slice(names);
  return indent + beside.reduce((sum, width) => sum + width, GAP.length * (beside.length - 1));
}

function findWidths([head = [], ...rows]: readonly (readonly string[])[]): readonly number[] {
  return head.map((title, column) =>
    rows.reduce((most, row) => Math.max(most, measureText(row[column] ?? '')), title.length),
  );
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - measureText(text)));
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const;

/** How long ago, in the largest unit that is there at least once. */
function writeAge(since: string | undefined, now: number): string {
  const age = now - Date.parse(since ?? '');
  if (Number.isNaN(age)) return '-';
  const [unit, length] = UNITS.find(([, most]) => age >= most) ?? ['s', 1000];
  return `${Math.max(0, Math.floor(age / length))}${unit}`;
}
