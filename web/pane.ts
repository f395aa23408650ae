// Tabs over one place for an editor: the files of a case, one of them in sight.
import { Editor, type EditorFile } from './editor.ts';
import { make } from './element.ts';
import type { Finding } from './judge.ts';
import type { Lines } from './yaml-place.ts';

export interface PaneEvents {
  change(path: string, text: string): void;
  pointAt(path: string, line: number | undefined): void;
}

interface Open {
  readonly file: EditorFile;
  readonly editor: Editor;
  readonly tab: HTMLButtonElement;
  readonly panel: HTMLElement;
}

export class Pane {
  readonly #id: string;
  readonly #tabs: HTMLElement;
  readonly #panels: HTMLElement;
  readonly #events: PaneEvents;
  #open: readonly Open[] = [];
  #shown = '';

  constructor(id: string, name: string, root: HTMLElement, events: PaneEvents) {
    this.#id = id;
    this.#events = events;
    this.#tabs = make('div', { role: 'tablist', 'aria-label': name, class: 'tabs' });
    this.#panels = make('div', { class: 'panels' });
    this.#tabs.addEventListener('keydown', (event) => this.#onKey(event));
    root.append(this.#tabs, this.#panels);
  }

  get shown(): string {
    return this.#shown;
  }

  has(path: string): boolean {
    return this.#open.some(({ file }) => file.path === path);
  }

  /** Editors of files that stay keep what was done in them. */
  open(files: readonly (EditorFile & { readonly text: string })[]): void {
    const before = new Map(this.#open.map((one) => [one.file.path, one]));
    this.#open = files.map((file, place) => {
      const there = before.get(file.path);
      before.delete(file.path);
      if (there === undefined) return this.#make(file, place);
      there.editor.load(file.text);
      return there;
    });
    for (const { editor, tab, panel } of before.values()) {
      editor.destroy();
      tab.remove();
      panel.remove();
    }
    this.#tabs.replaceChildren(...this.#open.map(({ tab }) => tab));
    this.show(this.has(this.#shown) ? this.#shown : (files[0]?.path ?? ''));
  }

  show(path: string): void {
    this.#shown = path;
    for (const { file, tab, panel } of this.#open) {
      const isShown = file.path === path;
      tab.setAttribute('aria-selected', String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
      panel.hidden = !isShown;
    }
  }

  goTo(path: string, line: number, column?: number): void {
    this.show(path);
    this.#open.find(({ file }) => file.path === path)?.editor.goTo(line, column);
  }

  tell(findings: readonly Finding[]): void {
    for (const { file, editor, tab } of this.#open) {
      const own = findings.filter(({ path }) => path === file.path);
      editor.tell(own);
      const worst = ['error', 'warning'].find((severity) => own.some((finding) => finding.severity === severity));
      tab.dataset['worst'] = worst ?? '';
      tab.title = worst === undefined ? file.path : `${file.path}: has ${worst}s`;
    }
  }

  light(lines: ReadonlyMap<string, readonly Lines[]>): void {
    for (const { file, editor, tab } of this.#open) {
      const own = lines.get(file.path) ?? [];
      editor.light(own);
      tab.classList.toggle('lit', own.length > 0);
    }
  }

  #make(file: EditorFile & { readonly text: string }, place: number): Open {
    const { path, label, text } = file;
    const key = `${this.#id}-${place}-${path.replace(/[^\w-]/g, '-')}`;
    const tab = make(
      'button',
      { type: 'button', role: 'tab', id: `tab-${key}`, 'aria-controls': key, class: 'tab' },
      label,
    );
    tab.addEventListener('click', () => this.show(path));
    const editor = new Editor({
      file,
      text,
      change: (changed) => this.#events.change(path, changed),
      pointAt: (line) => this.#events.pointAt(path, line),
    });
    const panel = make(
      'div',
      { role: 'tabpanel', id: key, 'aria-labelledby': `tab-${key}`, class: 'panel' },
      editor.host,
    );
    this.#panels.append(panel);
    return { file, editor, tab, panel };
  }

  #onKey(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = this.#open.findIndex(({ file }) => file.path === this.#shown);
    if (step === undefined || at < 0) return;
    const next = this.#open.at((at + step) % this.#open.length);
    if (next === undefined) return;
    event.preventDefault();
    this.show(next.file.path);
    next.tab.focus();
  }
}
