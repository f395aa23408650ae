// Rows of figures as a text, and whether each keeps to its target.
import type { Comparison, Summary } from './figures.ts';

/** What a row must keep to: a bound on the ratio, or on the difference in milliseconds. */
export type Target = { readonly ratio: number } | { readonly milliseconds: number };

export interface Row {
  readonly title: string;
  /** in nanoseconds */
  readonly figures: Comparison;
  readonly must?: Target | undefined;
}

/** A figure that is no time. */
export interface Fact {
  readonly title: string;
  readonly value: number;
  readonly unit: string;
  readonly most: number;
}

type Cells = readonly string[];

export const MISSED = 'MISSED';

/** Whether a target is met; a row without one has nothing to miss. */
export function isMet({ figures, must }: Row): boolean {
  if (must === undefined) return true;
  return 'ratio' in must ? figures.ratio <= must.ratio : figures.difference <= must.milliseconds * 1e6;
}

export function factIsMet({ value, most }: Fact): boolean {
  return value <= most;
}

/** @param base what the left half of the figures is of */
export function timeTable(base: string, own: string, rows: readonly Row[]): string {
  const of = (name: string): Cells => [`${name}: least`, 'quarter', 'median'];
  const head: Cells = ['µs', ...of(base), ...of(own), 'over it', 'paired', 'ratio', 'must', ''];
  return align([head, ...rows.map(timeCells)]);
}

function timeCells(row: Row): Cells {
  const { title, figures, must } = row;
  return [
    title,
    ...summaryCells(figures.base),
    ...summaryCells(figures.own),
    signed(figures.difference),
    signed(figures.pairedDifference),
    figures.ratio.toFixed(2),
    must === undefined ? '' : 'ratio' in must ? `ratio ${must.ratio}` : `+${must.milliseconds * 1000}`,
    must === undefined ? '' : isMet(row) ? 'ok' : MISSED,
  ];
}

function summaryCells({ least, quarter, median }: Summary): Cells {
  return [least, quarter, median].map(micro);
}

function micro(nanoseconds: number): string {
  return (nanoseconds / 1000).toFixed(0);
}

function signed(nanoseconds: number): string {
  return `${nanoseconds < 0 ? '' : '+'}${micro(nanoseconds)}`;
}

export function factTable(facts: readonly Fact[]): string {
  const cells = facts.map((fact) => [
    fact.title,
    `${fact.value} ${fact.unit}`,
    `${fact.most} ${fact.unit}`,
    factIsMet(fact) ? 'ok' : MISSED,
  ]);
  return align([['', 'is', 'must', ''], ...cells]);
}

/** The first column to the left, the others to the right. */
export function align(lines: readonly Cells[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((cells) => (cells[column] ?? '').length)));
  const pad = (cell: string, column: number) => cell[column === 0 ? 'padEnd' : 'padStart'](widths[column] ?? 0);
  return lines.map((cells) => cells.map(pad).join('  ').trimEnd()).join('\n');
}
