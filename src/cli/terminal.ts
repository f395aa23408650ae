// Where output goes: a terminal with a width and colours, or a file or pipe without either.
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

export interface Terminal {
  readonly isTerminal: boolean;
  /** columns; without a terminal, lines may be as long as they like */
  readonly width: number;
  write(text: string): void;
  /** The text in a colour, where the stream has colours and NO_COLOR is not set. */
  style(style: Style, text: string): string;
}

const NARROWEST = 40;

/** A stream of this process. */
export function terminalOf(stream: NodeJS.WriteStream): Terminal {
  const isTerminal = stream.isTTY === true;
  const columns = isTerminal ? Math.max(stream.columns ?? 80, NARROWEST) : Number.POSITIVE_INFINITY;
  const inColour = isTerminal && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';
  return {
    isTerminal,
    width: columns,
    write: (text) => {
      stream.write(text);
    },
    style: (style, text) => (inColour ? styleText(style, text, { validateStream: false }) : text),
  };
}

/** A terminal that only collects: for tests and for output that is looked at first. */
export function collectingTerminal(width = 80): Terminal & { readonly text: () => string } {
  let collected = '';
  return {
    isTerminal: false,
    width,
    write: (text) => {
      collected += text;
    },
    style: (_, text) => text,
    text: () => collected,
  };
}
