// Where output goes: a terminal with a width and colours, or a file or pipe without either.

/** Colours and the like, by the numbers of ECMA-48 that begin and end them. */
const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

type Style = keyof typeof STYLES;

export interface Terminal {
  readonly isTerminal: boolean;
  /** columns; without a terminal, lines may be as long as they like */
  readonly width: number;
  write(text: string): void;
  /** The text in a colour, where the stream has colours and NO_COLOR is not set. */
  style(style: Style, text: string): string;
}

const USUAL = 80;
const NARROWEST = 40;

/** A stream of this process. */
export function terminalOf(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Terminal {
  const isTerminal = stream.isTTY === true;
  // A terminal without a size says 0.
  const columns = Math.max(stream.columns || USUAL, NARROWEST);
  const inColour = isTerminal && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
  return {
    isTerminal,
    width: isTerminal ? columns : Number.POSITIVE_INFINITY,
    write: (text) => {
      stream.write(text);
    },
    style: (style, text) => (inColour ? styled(style, text) : text),
  };
}

function styled(style: Style, text: string): string {
  const [begin, end] = STYLES[style];
  return `\x1b[${begin}m${text}\x1b[${end}m`;
}

/** A terminal, or a pipe, that only collects: for tests and for output that is looked at first. */
export function collectingTerminal(
  width: number = USUAL,
  isTerminal = false,
): Terminal & { readonly text: () => string } {
  let collected = '';
  return {
    isTerminal,
    width,
    write: (text) => {
      collected += text;
    },
    style: (_, text) => text,
    text: () => collected,
  };
}
