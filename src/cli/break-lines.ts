// A text on several lines, none of them wider than there is room for, and nothing of it lost.
import { textWidth } from './text-width.ts';

/** Where a word that is longer than a line is best broken: behind what joins paths, kinds and names. */
const JOINTS = /(?<=[/=,:])/;

/**
 * Breaks at blanks; a word that is longer than a line behind a slash or the like, and where there is none, anywhere.
 *
 * @param room columns of a line, at least 2
 */
export function breakLines(text: string, room: number): string[] {
  if (textWidth(text) <= room) return [text];
  const lines: string[] = [];
  let line = '';
  const add = (piece: string): void => {
    if (textWidth(`${line}${piece}`.trimEnd()) > room) {
      if (line !== '') lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
  };
  for (const word of text.split(/(?<= )/)) {
    if (textWidth(word.trimEnd()) <= room) add(word);
    else for (const part of word.split(JOINTS)) for (const piece of pieces(part, room)) add(piece);
  }
  return [...lines, line.trimEnd()];
}

function pieces(word: string, room: number): string[] {
  if (textWidth(word.trimEnd()) <= room) return [word];
  const parts: string[] = [];
  let [part, width] = ['', 0];
  for (const character of word) {
    const more = textWidth(character);
    if (width + more > room) {
      parts.push(part);
      [part, width] = ['', 0];
    }
    part += character;
    width += more;
  }
  return [...parts, part];
}
