// An explanation for people: what comes of it, who asked, every edit, and what the audit says.

import { kindNamed } from '../../edits/kinds.ts';
import { recordedText } from '../audit/recorded-text.ts';
import { cell } from '../terminal/cell.ts';
import { plural } from '../terminal/plural.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { wrap } from '../terminal/wrap.ts';
import { editRemarks, editWords } from './edit-words.ts';
import type { EditData, Explanation, RequestData } from './explanation.ts';

/** The whole text, with a line break at its end. */
export function explainText(terminal: Terminal, explanation: Explanation): string {
  const { width } = terminal;
  const { requests, edits, mountsMoved, warnings, refusal, audit } = explanation;
  const dropped = new Set(requests.map((request) => request.dropped?.message));
  const others = warnings.filter((warning) => !dropped.has(warning));
  const sections = [
    wrap(headline(explanation), width, '', '  ').map((line) => terminal.style(COLOURS[explanation.outcome], line)),
    refusal === undefined ? [] : wrap(cell(refusal.message), width, '  '),
    titled(
      terminal,
      'Requests',
      requests.flatMap((request) => requestLines(terminal, request)),
    ),
    titled(terminal, 'Edits', [...editsLines(terminal, edits), ...(mountsMoved ? wrap(MOVED, width, '  ') : [])]),
    titled(
      terminal,
      'Warnings',
      others.flatMap((warning) => wrap(cell(warning), width, '  ', '    ')),
    ),
    audit === undefined ? [] : titled(terminal, 'Audit', recordedText(width, audit, changing(edits))),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

const MOVED = 'mounts of the document change their places: each comes before those below it';

const COLOURS = {
  nothing: 'bold',
  injected: 'green',
  already: 'green',
  ignored: 'yellow',
  refused: 'red',
  failed: 'red',
} as const;

/** What comes of it, in one sentence. */
function headline({ subject, path, outcome, requests, edits }: Explanation): string {
  const names = new Set(subject === 'devices' || requests.length > 0 ? granted(requests) : devicesOf(edits));
  const devices = plural(names.size, 'device');
  const name = subject === 'devices' ? 'an empty container' : path === undefined ? 'standard input' : cell(path);
  switch (outcome) {
    case 'nothing':
      return `${name}: asks for no device, and is left as it is`;
    case 'injected':
      return `${name}: gets ${devices} by ${plural(changing(edits), 'edit')}`;
    case 'already':
      return `${name}: has all of ${devices} already, and is left as it is`;
    case 'ignored':
      return `${name}: starts without what it asks for`;
    default:
      return `${name}: ${subject === 'devices' ? 'could not start' : 'does not start'}`;
  }
}

function changing(edits: readonly EditData[]): number {
  return edits.filter(({ effect }) => effect === 'add' || effect === 'replace').length;
}

function granted(requests: readonly RequestData[]): string[] {
  return requests.filter((request) => request.granted).map(({ device }) => device);
}

function devicesOf(edits: readonly EditData[]): string[] {
  return edits.flatMap(({ device }) => device ?? []);
}

function titled(terminal: Terminal, title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [terminal.style('bold', title), ...lines];
}

const VERDICTS = { allow: 'allowed', ignore: 'ignored', deny: 'denied', off: 'not looked at' } as const;

function requestLines({ width }: Terminal, request: RequestData): string[] {
  const { device, source, key, optional, action, rule, origin, reason, dropped } = request;
  const where =
    typeof origin === 'string' ? 'the default' : `${origin.file}${origin.line === undefined ? '' : `:${origin.line}`}`;
  const why = reason === undefined ? '' : `: ${reason}`;
  return [
    ...wrap(cell(`${device}, by ${source} ${key}${optional ? ', optional' : ''}`), width, '  ', '    '),
    ...wrap(cell(`${VERDICTS[action]} by ${rule} (${where})${why}`), width, '    ', '      '),
    ...(dropped === undefined ? [] : wrap(cell(`left out: ${dropped.message}`), width, '    ', '      ')),
  ];
}

const EFFECTS = {
  add: ['add', 'green'],
  replace: ['replace', 'yellow'],
  present: ['present', 'dim'],
  overridden: ['overridden', 'dim'],
  none: ['none', 'dim'],
} as const;

/** Edits below the device, or the spec, that brings them. */
function editsLines(terminal: Terminal, edits: readonly EditData[]): string[] {
  const lines: string[] = [];
  let head = '';
  const digits = Math.max(4, ...edits.map(({ line }) => String(line ?? '').length));
  for (const edit of edits) {
    const next = headOf(edit);
    if (next !== head) lines.push(...wrap(cell(next), terminal.width, '  ', '    '));
    head = next;
    lines.push(...editLines(terminal, edit, digits));
  }
  return lines;
}

/** Columns that a terminal needs for all on one line: otherwise the words begin below. */
const WIDE = 64;

function editLines(terminal: Terminal, edit: EditData, digits: number): string[] {
  const { width } = terminal;
  const [word, colour] = EFFECTS[edit.effect];
  const columns = `  ${String(edit.line ?? '').padStart(digits)}  ${word.padEnd(10)}  ${kindNamed(edit.kind).word.padEnd(11)}  `;
  const indent = ' '.repeat(width < WIDE ? digits + 4 : columns.length);
  const [first = '', ...rest] =
    width < WIDE
      ? [columns.trimEnd(), ...wrap(editWords(edit), width, indent)]
      : wrap(editWords(edit), width, columns, indent);
  return [
    first.replace(word, () => terminal.style(colour, word)),
    ...rest,
    ...editRemarks(edit).flatMap((remark) => wrap(remark, width, indent, `${indent}  `)),
  ];
}

function headOf({ spec, device, request }: EditData): string {
  const asked = request === undefined ? '' : `${request.source} ${request.key}`;
  if (device !== undefined) return `${spec}: ${device}${asked === '' ? '' : ` (${asked})`}`;
  return `${spec}: the whole spec${request === undefined ? '' : `, with ${request.device} (${asked})`}`;
}
