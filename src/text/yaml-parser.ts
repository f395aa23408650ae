// The grammar of YAML 1.1 over its tokens: builds the neutral tree of the first document.
import { Malformed } from './malformed.ts';
import type { Cursor } from './yaml-cursor.ts';
import { STRANGE_ESCAPE } from './yaml-quoted.ts';
import { Scanner } from './yaml-scanner.ts';
import type { Property, ScalarToken, Token } from './yaml-token.ts';
import { mayMeanMore, NodeKind, YAML_DEPTH, type YamlTree } from './yaml-tree.ts';

type Kind = Token['kind'];
type Properties = { [K in Property['kind']]?: Extract<Token, { kind: K }> };

const AFTER_ENTRY: readonly Kind[] = ['block entry', 'block end'];
const AFTER_INDENTLESS: readonly Kind[] = ['block entry', 'key', 'value', 'block end'];
const AFTER_KEY: readonly Kind[] = ['key', 'value', 'block end'];
const NO_CONTENT: readonly Kind[] = ['version', 'tag prefix', 'document start', 'document end', 'stream end'];
const WRONG_VERSION = 'a %YAML directive other than 1.1';

export class Parser {
  readonly #cursor: Cursor;
  readonly #scanner: Scanner;
  readonly #codes: number[] = [];
  readonly #texts: string[] = [];
  readonly #tags: (number | string)[] = [];
  readonly #anchors: (number | string)[] = [];
  readonly #offsets: number[] = [];
  readonly #prefixes = new Map<string, string>();
  /** collections that are open */
  #depth = 0;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
    this.#scanner = new Scanner(cursor);
  }

  /** Reads the first document. */
  document(): YamlTree {
    if (!this.#isNext('stream end')) {
      const isExplicit = this.#isNext('version', 'tag prefix', 'document start');
      if (isExplicit) this.#documentStart();
      this.#addDefaultPrefixes();
      if (isExplicit && this.#isNext(...NO_CONTENT)) this.#addEmpty(this.#scanner.peek().start);
      else this.#node(true, false);
      // The Go reader looks at one more token before it is content.
      this.#scanner.peek();
    }
    const offsets = this.#offsets;
    const position = (node: number) => this.#cursor.position(offsets[node] ?? 0);
    return { codes: this.#codes, texts: this.#texts, tags: this.#tags, anchors: this.#anchors, position };
  }

  #kind(): Kind {
    return this.#scanner.peek().kind;
  }

  #isNext(...kinds: readonly Kind[]): boolean {
    return kinds.includes(this.#kind());
  }

  #documentStart(): void {
    const { start } = this.#scanner.peek();
    let version: string | undefined;
    for (;;) {
      const token = this.#scanner.peek();
      if (token.kind === 'version') {
        if (version !== undefined) this.#fail('a directive stands twice', token);
        version = `${token.major}.${token.minor}`;
        if (version !== '1.1' && version !== '1.2') this.#fail(WRONG_VERSION, token);
      } else if (token.kind === 'tag prefix') {
        if (this.#prefixes.has(token.handle)) this.#fail('a directive stands twice', token);
        this.#prefixes.set(token.handle, token.prefix);
      } else break;
      this.#scanner.take();
    }
    const token = this.#scanner.peek();
    if (token.kind !== 'document start') this.#fail('--- is missing after the directives', token);
    if (version === '1.2') this.#cursor.fail(WRONG_VERSION, start);
    this.#scanner.take();
  }

  #addDefaultPrefixes(): void {
    if (!this.#prefixes.has('!')) this.#prefixes.set('!', '!');
    if (!this.#prefixes.has('!!')) this.#prefixes.set('!!', 'tag:yaml.org,2002:');
  }

  /**
   * @param block whether it may be a block collection
   * @param indentless whether it may be a sequence whose entries stand at the parent's column
   */
  #node(block: boolean, indentless: boolean): void {
    const first = this.#scanner.peek();
    if (first.kind === 'scalar') {
      this.#scalar(first, first.start);
      return;
    }
    if (first.kind === 'alias') {
      this.#scanner.take();
      this.#add(NodeKind.alias, first.start, first.name);
      return;
    }
    const properties = this.#properties();
    const tag = this.#fullTag(properties);
    const token = this.#scanner.peek();
    const mark = (node: number): number => {
      if (tag !== undefined) this.#tags.push(node, tag);
      if (properties.anchor !== undefined) this.#anchors.push(node, properties.anchor.name);
      return node;
    };
    const collection = (kind: number, items: () => void): void =>
      this.#collection(mark(this.#add(kind, first.start, '')), items);
    if (indentless && token.kind === 'block entry') collection(NodeKind.sequence, () => this.#indentlessSequence());
    else if (token.kind === 'scalar') mark(this.#scalar(token, first.start));
    else if (token.kind === 'flow sequence') collection(NodeKind.sequence, () => this.#flowSequence());
    else if (token.kind === 'flow mapping') collection(NodeKind.mapping, () => this.#flowMapping());
    else if (block && token.kind === 'block sequence') collection(NodeKind.sequence, () => this.#blockSequence());
    else if (block && token.kind === 'block mapping') collection(NodeKind.mapping, () => this.#blockMapping());
    else if (first !== token) mark(this.#add(NodeKind.plain, first.start, ''));
    else this.#fail('a value is missing', token);
  }

  /** An anchor and a tag, in either order. */
  #properties(): Properties {
    const properties: Properties = {};
    for (;;) {
      const token = this.#scanner.peek();
      if (token.kind === 'anchor' && properties.anchor === undefined) properties.anchor = token;
      else if (token.kind === 'tag' && properties.tag === undefined) properties.tag = token;
      else return properties;
      this.#scanner.take();
    }
  }

  #fullTag({ tag }: Properties): string | undefined {
    if (tag === undefined || tag.handle === '') return tag?.suffix;
    const prefix = this.#prefixes.get(tag.handle);
    return prefix === undefined ? this.#fail('the beginning of a tag is not declared', tag) : prefix + tag.suffix;
  }

  #scalar({ plain, text, slashEscape }: ScalarToken, offset: number): number {
    this.#scanner.take();
    this.#checkDepth();
    if (slashEscape !== undefined) this.#cursor.fail(STRANGE_ESCAPE, slashEscape);
    return this.#add(plain && mayMeanMore(text) ? NodeKind.plain : NodeKind.text, offset, text);
  }

  #blockSequence(): void {
    this.#scanner.take();
    while (this.#isNext('block entry')) this.#nodeAfterMark(AFTER_ENTRY, false);
    this.#end('block end', 'a list entry is missing here, or the indentation is wrong');
  }

  #indentlessSequence(): void {
    while (this.#isNext('block entry')) this.#nodeAfterMark(AFTER_INDENTLESS, false);
  }

  #blockMapping(): void {
    this.#scanner.take();
    while (this.#isNext('key')) {
      this.#nodeAfterMark(AFTER_KEY, true);
      if (this.#isNext('value')) this.#nodeAfterMark(AFTER_KEY, true);
      else this.#addEmpty(this.#scanner.peek().start);
    }
    this.#end('block end', 'a key is missing here, or the indentation is wrong');
  }

  /** Takes `-`, `?` or `:` and the node behind it; what then stands in its place makes the node empty. */
  #nodeAfterMark(empty: readonly Kind[], indentless: boolean): void {
    const { end } = this.#scanner.take();
    if (empty.includes(this.#kind())) this.#addEmpty(end);
    else this.#node(true, indentless);
  }

  #flowSequence(): void {
    this.#flowItems('flow sequence end', ']', () => {
      if (!this.#isNext('key')) return this.#node(false, false);
      // A pair alone among brackets is a mapping of its own.
      const { start } = this.#scanner.take();
      this.#collection(this.#add(NodeKind.mapping, start, ''), () => {
        // As libyaml and the Go reader have it, what stands in the place of the key is lost.
        if (this.#isNext('value', 'flow entry', 'flow sequence end')) this.#addEmpty(this.#scanner.take().end);
        else this.#node(false, false);
        this.#flowValue('flow sequence end');
      });
    });
  }

  #flowMapping(): void {
    this.#flowItems('flow mapping end', '}', () => {
      if (!this.#isNext('key')) {
        this.#node(false, false);
        this.#addEmpty(this.#scanner.peek().start);
        return;
      }
      this.#scanner.take();
      if (this.#isNext('value', 'flow entry', 'flow mapping end')) this.#addEmpty(this.#scanner.peek().start);
      else this.#node(false, false);
      this.#flowValue('flow mapping end');
    });
  }

  #flowItems(end: Kind, bracket: string, item: () => void): void {
    this.#scanner.take();
    if (!this.#isNext(end)) item();
    while (!this.#isNext(end)) {
      if (!this.#isNext('flow entry')) this.#fail(`a comma or ${bracket} is missing`, this.#scanner.peek());
      this.#scanner.take();
      if (!this.#isNext(end)) item();
    }
    this.#scanner.take();
  }

  #flowValue(end: Kind): void {
    const isThere = this.#isNext('value') && this.#scanner.take() !== undefined && !this.#isNext('flow entry', end);
    if (isThere) this.#node(false, false);
    else this.#addEmpty(this.#scanner.peek().start);
  }

  #collection(node: number, items: () => void): void {
    this.#depth++;
    items();
    this.#depth--;
    this.#codes[node] = ((this.#codes[node] ?? 0) & 7) + this.#codes.length * 8;
  }

  #addEmpty(offset: number): void {
    this.#add(NodeKind.plain, offset, '');
  }

  #add(kind: number, offset: number, text: string): number {
    this.#checkDepth();
    const node = this.#codes.length;
    this.#codes.push(kind + (node + 1) * 8);
    this.#texts.push(text);
    this.#offsets.push(offset);
    return node;
  }

  #checkDepth(): void {
    if (this.#depth > YAML_DEPTH) throw new Malformed(`nested deeper than ${YAML_DEPTH} levels`, undefined);
  }

  #end(kind: Kind, otherwise: string): void {
    if (!this.#isNext(kind)) this.#fail(otherwise, this.#scanner.peek());
    this.#scanner.take();
  }

  #fail(reason: string, { start }: Token): never {
    return this.#cursor.fail(reason, start);
  }
}
