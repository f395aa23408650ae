// Which edits are pointed at, wherever that is, and all parts of the page that show it.

export class Lights {
  readonly #followers: ((edits: ReadonlySet<number>) => void)[] = [];
  #now = '';

  follow(show: (edits: ReadonlySet<number>) => void): void {
    this.#followers.push(show);
  }

  set(edits: readonly number[]): void {
    const now = edits.join();
    if (now === this.#now) return;
    this.#now = now;
    const lit = new Set(edits);
    for (const element of document.querySelectorAll('[data-edits]')) {
      const own = element.getAttribute('data-edits')?.split(' ') ?? [];
      element.classList.toggle(
        'lit',
        own.some((edit) => lit.has(Number(edit))),
      );
    }
    for (const show of this.#followers) show(lit);
  }

  /** What is drawn anew has no light yet. */
  reset(): void {
    this.#now = '';
  }

  /** Of an element that stands for some edits: pointed at, or reached by the keyboard, they light up. */
  attach(element: Element, edits: readonly number[]): void {
    if (edits.length === 0) return;
    element.setAttribute('data-edits', edits.join(' '));
    const on = (): void => this.set(edits);
    const off = (): void => this.set([]);
    element.addEventListener('pointerenter', on);
    element.addEventListener('pointerleave', off);
    element.addEventListener('focus', on);
    element.addEventListener('blur', off);
  }
}
