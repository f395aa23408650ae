// The list of edits: what each is, what it does, where it is from, and who asked for it.
import { findKind } from '../src/edits/kinds.ts';
import type { ExplainedEdit } from '../src/inject/explain.ts';
import { describeSource } from '../src/requests/request.ts';
import type { Actions } from './actions.ts';
import { make, makeButton } from './element.ts';
import { nameKind } from './kind-names.ts';
import type { Lights } from './lights.ts';

const EFFECTS: Readonly<Record<ExplainedEdit['effect'], string>> = {
  add: 'added',
  replace: 'replaces',
  present: 'there already',
  overridden: 'overridden',
  none: 'no effect',
};

export function drawEdits(edits: readonly ExplainedEdit[], lights: Lights, actions: Actions): Node {
  if (edits.length === 0) return make('p', { class: 'empty' }, 'No edits.');
  return make('ol', { class: 'edits' }, ...edits.map((edit, place) => drawEdit(edit, place, lights, actions)));
}

function drawEdit(edit: ExplainedEdit, place: number, lights: Lights, actions: Actions): HTMLElement {
  const { kind, value, effect, device, spec, at, request } = edit;
  const name = spec.slice(spec.lastIndexOf('/') + 1);
  const where = `${name}${at === undefined ? '' : `:${at.line}`}`;
  const item = make(
    'li',
    { class: `edit ${effect}` },
    make('span', { class: 'edit-kind' }, nameKind(kind)),
    make('code', { class: 'edit-words' }, findKind(kind).words(value)),
    make('span', { class: 'edit-effect' }, EFFECTS[effect]),
    make(
      'span',
      { class: 'edit-from' },
      device === undefined ? 'whole spec' : device,
      ' · ',
      makeButton(where, { class: 'link', id: `edit-${place}` }, () => actions.goToSource(edit)),
      ' · ',
      ...(request === undefined
        ? []
        : [
            makeButton(describeSource(request), { class: 'link', id: `ask-${place}` }, () => actions.goToRequest(edit)),
          ]),
    ),
  );
  lights.attach(item, [place]);
  for (const button of item.querySelectorAll('button')) {
    button.addEventListener('focus', () => lights.set([place]));
    button.addEventListener('blur', () => lights.set([]));
  }
  return item;
}
