// One editor of a text: numbers, colours, findings in the gutter, and lines that light up.
import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { EditorState, type Extension, RangeSetBuilder, StateEffect, StateField, Transaction } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  EditorView,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { EDITOR_THEME } from './editor-theme.ts';
import { type Hints, makeCompletion, makeHover } from './hints.ts';
import type { Finding } from './judge.ts';
import type { Lines } from './yaml-place.ts';

export interface EditorFile {
  /** as the host of the case has it */
  readonly path: string;
  readonly label: string;
  readonly language: 'yaml' | 'json';
  readonly hints: Hints | undefined;
}

export interface EditorOptions {
  readonly file: EditorFile;
  readonly text: string;
  change(text: string): void;
  /** @param line from 1; undefined where the pointer has left */
  pointAt(line: number | undefined): void;
}

const light = StateEffect.define<readonly Lines[]>();
const LIT = Decoration.line({ class: 'cm-lit' });

const litLines = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (lit, { effects, changes, state }) => {
    for (const effect of effects) if (effect.is(light)) return makeLit(state, effect.value);
    return lit.map(changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function makeLit({ doc }: EditorState, ranges: readonly Lines[]): DecorationSet {
  const numbers = new Set<number>();
  for (const [first, last] of ranges)
    for (let line = Math.max(first, 1); line <= Math.min(last, doc.lines); line++) numbers.add(line);
  const builder = new RangeSetBuilder<Decoration>();
  for (const line of [...numbers].sort((a, b) => a - b)) builder.add(doc.line(line).from, doc.line(line).from, LIT);
  return builder.finish();
}

const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--code-key)' },
  { tag: [tags.string, tags.content, tags.attributeValue], color: 'var(--code-text)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--code-number)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--code-comment)' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--code-mark)' },
]);

/** In a shadow root: there the editor's styles are sheets of their own, which no policy for styles has to allow. */
export class Editor {
  readonly host: HTMLElement;
  readonly #view: EditorView;
  #isLoading = false;

  constructor({ file, text, change, pointAt }: EditorOptions) {
    this.host = document.createElement('div');
    this.host.className = 'editor';
    const root = this.host.attachShadow({ mode: 'open' });
    let pointed: number | undefined;
    const point = (line: number | undefined): void => {
      if (line !== pointed) pointAt(line);
      pointed = line;
    };
    const listen = EditorView.domEventHandlers({
      mousemove: (event, view) => {
        const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
        point(at === null ? undefined : view.state.doc.lineAt(at).number);
      },
      mouseleave: () => point(undefined),
      blur: () => point(undefined),
    });
    const follow = EditorView.updateListener.of(({ docChanged, selectionSet, state, view }) => {
      if (docChanged && !this.#isLoading) change(state.doc.toString());
      if (selectionSet && view.hasFocus) point(state.doc.lineAt(state.selection.main.head).number);
    });
    this.#view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({ doc: text, extensions: [listExtensions(file), listen, follow] }),
    });
  }

  get text(): string {
    return this.#view.state.doc.toString();
  }

  /** Another text, which nobody has typed. */
  load(text: string): void {
    if (text === this.text) return;
    this.#isLoading = true;
    const changes = { from: 0, to: this.#view.state.doc.length, insert: text };
    this.#view.dispatch({ changes, annotations: Transaction.addToHistory.of(true) });
    this.#isLoading = false;
  }

  tell(findings: readonly Finding[]): void {
    const { state } = this.#view;
    this.#view.dispatch(
      setDiagnostics(
        state,
        findings.map((finding) => makeDiagnostic(state, finding)),
      ),
    );
  }

  /** Brings the first of them into sight, unless somebody is at work in here. */
  light(lines: readonly Lines[]): void {
    const { doc } = this.#view.state;
    const [first] = lines;
    const effects: StateEffect<unknown>[] = [light.of(lines)];
    if (first !== undefined && !this.host.matches(':hover, :focus-within')) {
      const at = doc.line(Math.min(first[0], doc.lines)).from;
      effects.push(EditorView.scrollIntoView(at, { y: 'center' }));
    }
    this.#view.dispatch({ effects });
  }

  /** Puts the cursor there, in sight. */
  goTo(line: number, column = 1): void {
    const { doc } = this.#view.state;
    const there = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const anchor = Math.min(there.from + column - 1, there.to);
    this.#view.focus();
    this.#view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
  }

  destroy(): void {
    this.#view.destroy();
    this.host.remove();
  }
}

function listExtensions({ label, language, hints }: EditorFile): Extension {
  return [
    lineNumbers(),
    highlightActiveLineGutter(),
    lintGutter(),
    history(),
    bracketMatching(),
    syntaxHighlighting(COLOURS),
    language === 'json' ? json() : yaml(),
    litLines,
    EDITOR_THEME,
    EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
    hints === undefined ? [] : [autocompletion({ override: [makeCompletion(hints)] }), makeHover(hints)],
    keymap.of([...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
  ];
}

function makeDiagnostic({ doc }: EditorState, { severity, at, message, cure, rule }: Finding): Diagnostic {
  const line = doc.line(Math.min(Math.max(at?.line ?? 1, 1), doc.lines));
  const from = Math.min(line.from + (at?.column ?? 1) - 1, line.to);
  const source = rule === undefined ? {} : { source: rule };
  return {
    from,
    to: Math.max(line.to, from),
    severity,
    message: cure === undefined ? message : `${message}\n${cure}`,
    ...source,
  };
}
