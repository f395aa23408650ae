// The pages of docs/ that come with the program, section by section, for who reads them where they are needed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { breakLines } from './terminal/wrap.ts';

export interface PageSection {
  readonly title: string;
  /** its first sentence, as it goes on behind a title */
  readonly summary: string;
  /** without its title */
  readonly text: string;
}

/**
 * Beside the built program, or in the checkout that its sources run in.
 *
 * @throws {CdiError} CANNOT_READ
 */
export function readSections(page: 'errors.md' | 'lint.md'): readonly PageSection[] {
  const places = [`./${page}`, `../../docs/${page}`].map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const path = places.find(existsSync) ?? join('docs', page);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const errno = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const why = `it cannot be read (${errno})`;
    throw new CdiError('CANNOT_READ', { what: `read ${quote(path)}`, path, why, hint: 'install the whole package' });
  }
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const end = section.indexOf('\n');
      const body = section.slice(end).trim();
      const [first = ''] = /^.*?\.(?=\s|$)/s.exec(body) ?? [];
      return { title: section.slice(0, end), summary: unmark(first).slice(0, -1), text: body };
    });
}

/** Paragraphs as lines of a terminal; what is fenced stays as it is, two blanks further in. */
export function layOutSection(text: string, width: number): string {
  const blocks = text.split(/^```\w*\n(.*?)^```$/ms).flatMap((part, index) => {
    // Every other part is what stood between fences.
    if (index % 2 === 1) return part.trimEnd().replace(/^/gm, '  ');
    const paragraphs = part.split(/\n\n+/).filter((paragraph) => paragraph.trim() !== '');
    return paragraphs.map((paragraph) => breakParagraph(paragraph.trim(), width).join('\n'));
  });
  return `${blocks.join('\n\n')}\n`;
}

function breakParagraph(paragraph: string, width: number): readonly string[] {
  return paragraph.split(/\n(?=[-|])/).flatMap((line) => breakLines(unmark(line.replaceAll('\n', ' ')), width));
}

/** Without what Markdown marks links and words by. */
function unmark(text: string): string {
  return text.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1').replace(/\*\*|`/g, '');
}
