// Where output goes: a terminal with a width and colours, or a file or pipe without either.
import { fstatSync, writeSync } from 'node:fs';
import { escapeSteering } from '../../text/steering.ts';
import { readErrno } from '../files/errno.ts';

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
  /** The text in a colour, where the stream has colours. */
  style(style: Style, text: string): string;
}

const USUAL = 80;
const NARROWEST = 40;

/**
 * Standard output or standard error of this process. What is written is out when `write` returns.
 *
 * @param refused ends the process where nothing can be written, by the errno's name
 */
export function openTerminal(
  descriptor: 1 | 2,
  environment: Readonly<Record<string, string | undefined>>,
  refused: (errno: string) => never,
): Terminal {
  const stream = openScreen(descriptor);
  const inColour = hasColours(environment, stream !== undefined);
  // Whatever a text was made of; what programs read stays as it is.
  const isShown = stream !== undefined || descriptor === 2;
  return {
    isTerminal: stream !== undefined,
    // A terminal without a size says 0.
    width: stream === undefined ? Number.POSITIVE_INFINITY : Math.max(stream.columns || USUAL, NARROWEST),
    write: (text) => {
      try {
        writeAll(descriptor, Buffer.from(isShown ? escapeSteering(text) : text));
      } catch (error) {
        refused(readErrno(error));
      }
    },
    style: (style, text) => (inColour ? applyStyle(style, text) : text),
  };
}

/** By the variables that programs have in common: who wants none comes first, then who wants them everywhere. */
function hasColours(environment: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  const { NO_COLOR: none, FORCE_COLOR: force, CLICOLOR_FORCE: always, CLICOLOR: usual, TERM: terminal } = environment;
  if ((none ?? '') !== '' || force === '0' || force === 'false') return false;
  if (force !== undefined || !['', '0', undefined].includes(always)) return true;
  return isTerminal && terminal !== 'dumb' && usual !== '0';
}

/** The same terminal for who says on the command line whether there are colours. */
export function colourTerminal(terminal: Terminal, when: string): Terminal {
  if (when === 'auto') return terminal;
  return { ...terminal, style: when === 'always' ? applyStyle : (_, text) => text };
}

/** Node's stream only for what may be a terminal: for a pipe it would load its sockets, to no use here. */
function openScreen(descriptor: 1 | 2): NodeJS.WriteStream | undefined {
  if (!fstatSync(descriptor).isCharacterDevice()) return undefined;
  const stream = descriptor === 1 ? process.stdout : process.stderr;
  return stream.isTTY === true ? stream : undefined;
}

const BUSY_MS = 5;

/** Also into a pipe that another program has made non-blocking, as fast as its reader takes it. */
function writeAll(descriptor: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(descriptor, bytes, done);
    } catch (error) {
      if (readErrno(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_MS);
    }
  }
}

function applyStyle(style: Style, text: string): string {
  const [begin, end] = STYLES[style];
  return `\x1b[${begin}m${text}\x1b[${end}m`;
}

/** A terminal, or a pipe, that only collects: for tests and for output that is looked at first. */
export function createCollectingTerminal(
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
