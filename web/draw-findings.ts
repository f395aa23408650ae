// What is wrong, with its place.
import type { Actions } from './actions.ts';
import { make, makeButton } from './element.ts';
import type { Finding } from './judge.ts';

export function drawFindings(findings: readonly Finding[], actions: Actions): Node {
  if (findings.length === 0) return make('p', { class: 'empty good' }, 'Nothing to find fault with.');
  return make(
    'ul',
    { class: 'findings' },
    ...findings.map(({ severity, path, at, message, cure, rule }, place) => {
      const where = `${path.slice(path.lastIndexOf('/') + 1)}${at === undefined ? '' : `:${at.line}:${at.column}`}`;
      return make(
        'li',
        { class: `finding ${severity}` },
        make('span', { class: 'finding-severity' }, severity),
        make(
          'div',
          {},
          make('p', {}, message),
          ...(cure === undefined ? [] : [make('p', { class: 'cure' }, cure)]),
          make(
            'p',
            { class: 'finding-place' },
            makeButton(where, { class: 'link', id: `finding-${place}` }, () =>
              actions.goTo(path, at?.line ?? 1, at?.column),
            ),
            ...(rule === undefined ? [] : [' · ', make('code', {}, rule)]),
          ),
        ),
      );
    }),
  );
}
