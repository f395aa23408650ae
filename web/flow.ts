// The picture of the flow: who asks, for which device, of which spec, and what that changes.
import type { KindName } from '../src/edits/kinds.ts';
import type { ExplainedEdit } from '../src/inject/explain.ts';
import { describeSource } from '../src/requests/request.ts';
import { makeSvg } from './element.ts';
import type { Verdict } from './judge.ts';
import { nameKind } from './kind-names.ts';
import type { Lights } from './lights.ts';

interface Box {
  readonly text: string;
  readonly edits: number[];
  readonly isBad: boolean;
}

interface Arrow {
  readonly from: readonly [column: number, row: number];
  readonly to: readonly [column: number, row: number];
  readonly edits: number[];
}

interface Flow {
  readonly columns: readonly (readonly Box[])[];
  readonly arrows: readonly Arrow[];
}

const COLUMNS = ['asked by', 'device', 'spec', 'edits'] as const;
const WIDTH = 176;
const GAP = 44;
const HEIGHT = 30;
const STEP = 40;
const TOP = 26;
/** letters of a box's text */
const ROOM = 25;

export function drawFlow(verdict: Verdict, lights: Lights): SVGSVGElement {
  const { columns, arrows } = makeFlow(verdict);
  const rows = Math.max(...columns.map((column) => column.length), 1);
  const size = [COLUMNS.length * WIDTH + (COLUMNS.length - 1) * GAP + 2, TOP + rows * STEP] as const;
  const svg = makeSvg('svg', {
    viewBox: `0 0 ${size[0]} ${size[1]}`,
    width: String(size[0]),
    height: String(size[1]),
    role: 'img',
    'aria-label': describeFlow(columns),
    class: 'flow',
  });
  for (const [index, title] of COLUMNS.entries())
    svg.append(makeSvg('text', { x: String(left(index) + 1), y: '14', class: 'flow-title' }, title));
  for (const { from, to, edits } of arrows) {
    const [x1, y1, x2, y2] = [left(from[0]) + WIDTH, middle(from[1]), left(to[0]), middle(to[1])];
    const bend = `M${x1} ${y1} C${x1 + GAP / 2} ${y1} ${x2 - GAP / 2} ${y2} ${x2} ${y2}`;
    const path = makeSvg('path', { d: bend, class: 'flow-arrow' });
    lights.attach(path, edits);
    svg.append(path);
  }
  for (const [index, column] of columns.entries())
    for (const [row, box] of column.entries()) {
      const group = makeSvg(
        'g',
        { class: `flow-box${box.isBad ? ' bad' : ''}` },
        makeSvg('title', {}, box.text),
        makeSvg('rect', rect(index, row)),
        makeSvg('text', { x: String(left(index) + 10), y: String(middle(row) + 4) }, shorten(box.text)),
      );
      lights.attach(group, box.edits);
      svg.append(group);
    }
  return svg;
}

function left(column: number): number {
  return 1 + column * (WIDTH + GAP);
}

function middle(row: number): number {
  return TOP + row * STEP + HEIGHT / 2;
}

function rect(column: number, row: number): Readonly<Record<string, string>> {
  const y = TOP + row * STEP;
  return { x: String(left(column)), y: String(y), width: String(WIDTH), height: String(HEIGHT), rx: '7' };
}

/** The end says more than the beginning. */
function shorten(text: string): string {
  return text.length <= ROOM ? text : `…${text.slice(1 - ROOM)}`;
}

function describeFlow(columns: Flow['columns']): string {
  const parts = columns.map(
    (column, index) => `${COLUMNS[index]}: ${column.map(({ text }) => text).join(', ') || 'none'}`,
  );
  return `How the edits come about. ${parts.join('; ')}`;
}

function makeFlow({ plan, edits, index }: Verdict): Flow {
  const columns: [Map<string, Box>, Map<string, Box>, Map<string, Box>, Map<string, Box>] = [
    new Map(),
    new Map(),
    new Map(),
    new Map(),
  ];
  const arrows = new Map<string, Arrow>();
  const put = (column: 0 | 1 | 2 | 3, key: string, text: string, edit?: number, isBad = false): number => {
    const box = columns[column].get(key) ?? { text, edits: [], isBad };
    if (edit !== undefined && !box.edits.includes(edit)) box.edits.push(edit);
    columns[column].set(key, box);
    return [...columns[column].keys()].indexOf(key);
  };
  const join = (column: number, from: number, to: number, edit?: number): void => {
    const key = `${column} ${from} ${to}`;
    const arrow = arrows.get(key) ?? { from: [column, from], to: [column + 1, to], edits: [] };
    if (edit !== undefined && !arrow.edits.includes(edit)) arrow.edits.push(edit);
    arrows.set(key, arrow);
  };
  for (const { request } of plan?.decisions ?? []) {
    const found = index.devices.get(request.device);
    const isGranted = plan?.granted.some(({ device }) => device === request.device) === true;
    const asker = put(0, describeSource(request), request.key);
    const device = put(1, request.device, request.device, undefined, !isGranted);
    join(0, asker, device);
    if (found !== undefined) join(1, device, put(2, found.file.path, found.file.path));
  }
  const counts = countByKind(edits);
  for (const [place, edit] of edits.entries()) {
    const { request, device = request?.device ?? '', spec, kind } = edit;
    if (request === undefined) continue;
    const asker = put(0, describeSource(request), request.key, place);
    const named = put(1, device, device, place);
    const file = put(2, spec, spec, place);
    const kinds = put(3, `${spec} ${kind}`, writeCount(counts.get(`${spec} ${kind}`) ?? 0, kind), place);
    join(0, asker, named, place);
    join(1, named, file, place);
    join(2, file, kinds, place);
  }
  return { columns: columns.map((column) => [...column.values()]), arrows: [...arrows.values()] };
}

function countByKind(edits: readonly ExplainedEdit[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { spec, kind } of edits) counts.set(`${spec} ${kind}`, (counts.get(`${spec} ${kind}`) ?? 0) + 1);
  return counts;
}

function writeCount(count: number, kind: KindName): string {
  const word = nameKind(kind);
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
