// Text and Markdown as roff, for manual pages.
import { lexer, type Token, type Tokens } from 'marked';

/** A text of which nothing is a command to roff. */
export function escapeRoff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha')
    .replace(/^(?=[.'])/gm, '\\&');
}

export function bold(text: string): string {
  return `\\fB${escapeRoff(text)}\\fR`;
}

/** A heading of the page, or one below that. */
export function head(level: 'SH' | 'SS', title: string): string {
  return `.${level} "${escapeRoff(level === 'SH' ? title.toUpperCase() : title).replaceAll('"', '\\(dq')}"`;
}

/** What a term means, indented below it. */
export function explainTerm(term: string, lines: readonly string[]): readonly string[] {
  return ['.TP', term, ...lines];
}

/** Lines that stay as they are. */
export function keepLines(text: string): readonly string[] {
  return ['.PP', '.RS 4', '.nf', escapeRoff(text), '.fi', '.RE'];
}

/** A page of Markdown: its title is a heading of the manual's page, its sections are those below. */
export function writeMarkdown(markdown: string): readonly string[] {
  return lexer(markdown).flatMap((token) => writeBlock(token as Tokens.Generic));
}

function writeBlock(token: Tokens.Generic): readonly string[] {
  const { type, depth, text = '', tokens = [] } = token;
  if (type === 'heading') return [head(depth === 1 ? 'SH' : 'SS', text.replaceAll('`', ''))];
  if (type === 'paragraph') return ['.PP', writeInline(tokens)];
  if (type === 'text') return [tokens.length === 0 ? escapeRoff(text) : writeInline(tokens)];
  if (type === 'code') return keepLines(text);
  if (type === 'list') return writeList(token as Tokens.List);
  if (type === 'table') return writeTable(token as Tokens.Table);
  if (type === 'space' || type === 'html') return [];
  throw new Error(`no way to write ${type} for a manual page is known`);
}

function writeList({ items }: Tokens.List): readonly string[] {
  return items.flatMap(({ tokens }) => ['.IP \\(bu 2', ...tokens.flatMap((one) => writeBlock(one as Tokens.Generic))]);
}

/** Each row as a term with what the other columns say, by their titles. */
function writeTable({ header, rows }: Tokens.Table): readonly string[] {
  return rows.flatMap(([first, ...others]) =>
    explainTerm(
      writeInline(first?.tokens ?? []),
      others
        .map((cell, index) =>
          `${writeInline(header[index + 1]?.tokens ?? [])}: ${writeInline(cell.tokens)}.`.replace(/^: /, ''),
        )
        .flatMap((line, index) => (index === 0 ? [line] : ['.br', line])),
    ),
  );
}

function writeInline(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      const { type, text = '', tokens: inner } = token as Tokens.Generic;
      if (type === 'codespan') return bold(text);
      if (type === 'strong') return `\\fB${writeInline(inner ?? [])}\\fR`;
      if (type === 'em') return `\\fI${writeInline(inner ?? [])}\\fR`;
      if (type === 'br') return '\n.br\n';
      return inner === undefined ? escapeRoff(text) : writeInline(inner);
    })
    .join('')
    .replace(/\n(?=[.'])/g, '\n\\&');
}
