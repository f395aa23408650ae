// The pictures of docs/performance.md. The same figures give the same bytes.
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** What one case took by one program, in µs; or what it may take at most. */
export interface Time {
  readonly title: string;
  readonly program: string;
  readonly time: number;
}

/** What a create takes with so many of an input. */
export interface Growth {
  readonly title: string;
  readonly number: number;
  readonly instructions: number;
}

/** A part of a bar. */
export interface Part {
  /** bars of one group have one scale */
  readonly group: string;
  readonly bar: string;
  readonly stage: string;
  readonly amount: number;
}

/** More than any word takes: without a screen its width is only guessed. */
const WIDTH = 800;

const LOOK = {
  background: 'white',
  padding: 10,
  config: {
    font: 'sans-serif',
    aria: false,
    axis: { labelFontSize: 12, titleFontSize: 12, labelLimit: WIDTH, grid: true, gridColor: '#eeeeee' },
    legend: { labelFontSize: 12, titleFontSize: 12, symbolSize: 120, labelLimit: WIDTH },
    header: { labelFontSize: 12, labelLimit: WIDTH, labelPadding: 2 },
    view: { stroke: '#dddddd' },
  },
} as const;

/** @param programs in the order of the legend, each with its colour */
export function drawTimes(times: readonly Time[], programs: ReadonlyMap<string, string>): Promise<string> {
  const names = [...programs.keys()];
  return draw({
    ...LOOK,
    width: 640,
    height: { step: 40 },
    data: { values: [...times] },
    encoding: {
      y: { field: 'title', type: 'nominal', sort: null, title: null },
      x: { field: 'time', type: 'quantitative', scale: { type: 'log' }, title: 'µs of a whole process' },
    },
    layer: [
      { mark: { type: 'line', color: '#cccccc' }, encoding: { detail: { field: 'title', type: 'nominal' } } },
      {
        mark: { type: 'point', filled: true, size: 110, opacity: 1 },
        encoding: {
          color: { field: 'program', scale: { domain: names, range: [...programs.values()] }, title: null },
          shape: { field: 'program', scale: { domain: names }, title: null },
        },
      },
      // some above and some below, so that two that are close do not cover each other
      ...[-12, 14].map((dy, below) => ({
        transform: [{ filter: { field: 'program', oneOf: names.filter((_, i) => i % 2 === 1 - below) } }],
        mark: { type: 'text', dy, fontSize: 10, color: '#444444' } as const,
        encoding: { text: { field: 'time', type: 'quantitative', format: ',.0f' } } as const,
      })),
    ],
  });
}

/** On a logarithmic axis. */
const POWERS = { values: Array.from({ length: 8 }, (_, power) => 10 ** power), format: ',' };

export function drawGrowth(points: readonly Growth[]): Promise<string> {
  return draw({
    ...LOOK,
    data: { values: [...points] },
    facet: { field: 'title', type: 'nominal', sort: orderOf(points.map(({ title }) => title)), title: null },
    columns: 3,
    spec: {
      width: 260,
      height: 110,
      mark: { type: 'line', point: { size: 40 }, color: '#1f6feb' },
      encoding: {
        x: { field: 'number', type: 'quantitative', scale: { type: 'log' }, title: null, axis: POWERS },
        y: {
          ...{ field: 'millions', type: 'quantitative', scale: { type: 'log' } },
          ...{ title: 'million instructions', axis: POWERS },
        },
      },
    },
    transform: [{ calculate: 'datum.instructions / 1e6', as: 'millions' }],
    resolve: { scale: { x: 'independent', y: 'independent' } },
  });
}

/** Parts of a bar follow each other as they are given. @param stages each with its colour */
export function drawBars(parts: readonly Part[], stages: ReadonlyMap<string, string>, unit: string): Promise<string> {
  const values = withPlaces(parts);
  const y = { field: 'bar', type: 'nominal', sort: null, title: null } as const;
  const colours = { domain: [...stages.keys()], range: [...stages.values()] };
  const bars: Extract<TopLevelSpec, { layer: unknown }> = {
    data: { values },
    width: 900,
    height: { step: 42 },
    layer: [
      {
        mark: { type: 'bar', stroke: 'white', strokeWidth: 0.5 },
        encoding: {
          y,
          x: { field: 'start', type: 'quantitative', title: unit },
          x2: { field: 'end' },
          color: { field: 'stage', scale: colours, title: null },
        },
      },
      {
        transform: [{ filter: 'datum.isWide' }],
        mark: { type: 'text', fontSize: 10, color: 'black' },
        encoding: { y, x: { field: 'middle', type: 'quantitative' }, text: { field: 'stage' } },
      },
    ],
  };
  if (new Set(parts.map(({ group }) => group)).size < 2) return draw({ ...LOOK, ...bars });
  const { data: _, ...spec } = bars;
  const sort = orderOf(parts.map(({ group }) => group));
  const header = { labelAngle: 0, labelAlign: 'left' } as const;
  return draw({
    ...{ ...LOOK, data: { values }, spec },
    facet: { row: { field: 'group', type: 'nominal', sort, title: null, header } },
    resolve: { scale: { x: 'independent' } },
  });
}

function orderOf(names: readonly string[]): string[] {
  return [...new Set(names)];
}

/** For a word in a part, as a share of the longest bar of its group. */
const WIDE_ENOUGH = 0.045;

function withPlaces(parts: readonly Part[]) {
  const ends = new Map<string, number>();
  const placed = parts.map(({ group, bar, stage, amount }) => {
    const start = ends.get(`${group}: ${bar}`) ?? 0;
    ends.set(`${group}: ${bar}`, start + amount);
    return { group, bar, stage, start, end: start + amount, middle: start + amount / 2 };
  });
  return placed.map((part) => {
    const longest = Math.max(...placed.map(({ group, end }) => (group === part.group ? end : 0)));
    return { ...part, isWide: part.end - part.start > longest * WIDE_ENOUGH };
  });
}

async function draw(spec: TopLevelSpec): Promise<string> {
  const view = new View(parse(compile(spec).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return `${svg}\n`;
}
