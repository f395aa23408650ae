// The document before and after, as lines; those of an edit lead to its place in the spec.
import type { ExplainedEdit } from '../src/inject/explain.ts';
import type { Actions } from './actions.ts';
import { count } from './count.ts';
import type { DiffRow } from './diff-rows.ts';
import { make, makeButton } from './element.ts';
import type { Lights } from './lights.ts';

/** Unchanged lines beyond so many around a change are folded. */
const CONTEXT = 3;
/** A line so near the lower edge, in pixels, counts as out of sight. */
const MARGIN = 60;

export function drawDiff(
  rows: readonly DiffRow[],
  edits: readonly ExplainedEdit[],
  lights: Lights,
  actions: Actions,
): Node {
  const shown = rows.map((_, place) =>
    rows.slice(Math.max(place - CONTEXT, 0), place + CONTEXT + 1).some(({ sign }) => sign !== ' '),
  );
  const body = make('div', { class: 'diff-rows' });
  let folded = 0;
  const unfold = (): void => {
    if (folded > 0) body.append(make('div', { class: 'diff-fold' }, `${count(folded, 'line')} as before`));
    folded = 0;
  };
  for (const [place, row] of rows.entries()) {
    if (shown[place] !== true) {
      folded++;
      continue;
    }
    unfold();
    body.append(drawRow(row, place, rows, edits, lights, actions));
  }
  unfold();
  return body;
}

const SIGNS = { ' ': 'same', '+': 'added', '-': 'removed' } as const;

function drawRow(
  row: DiffRow,
  place: number,
  rows: readonly DiffRow[],
  edits: readonly ExplainedEdit[],
  lights: Lights,
  actions: Actions,
): HTMLElement {
  const { sign, text, before, after } = row;
  const cells = [
    make('span', { class: 'diff-number', 'aria-hidden': 'true' }, String(before ?? '')),
    make('span', { class: 'diff-number', 'aria-hidden': 'true' }, String(after ?? '')),
    make('span', { class: 'diff-sign' }, sign === ' ' ? '\u00a0' : sign),
    make('span', { class: 'diff-text' }, text),
  ];
  const [first] = row.edits;
  const edit = first === undefined ? undefined : edits[first];
  if (edit === undefined) return make('div', { class: `diff-row ${SIGNS[sign]}` }, ...cells);
  const element = makeButton('', { class: `diff-row linked ${SIGNS[sign]}`, id: `diff-${place}` }, () =>
    actions.goToSource(edit),
  );
  // Of the lines of one edit, the first one is enough for the keyboard.
  const isFirst = rows[place - 1]?.edits.join() !== row.edits.join();
  if (!isFirst) element.tabIndex = -1;
  element.append(...cells);
  lights.attach(element, row.edits);
  return element;
}

/** Scrolls to the first line that is lit, unless the pointer is in there. */
export function revealLit(diff: HTMLElement): void {
  const first = diff.querySelector('.lit');
  if (!(first instanceof HTMLElement) || diff.matches(':hover, :focus-within')) return;
  const top = first.getBoundingClientRect().top - diff.getBoundingClientRect().top;
  if (top < 0 || top > diff.clientHeight - MARGIN) diff.scrollTop += top - diff.clientHeight / 3;
}
