// An explanation for people: what comes of it, who asked, every edit, and what the audit says.

import { findKind } from '../../edits/kinds.ts';
import { describeRecorded } from '../audit/recorded-text.ts';
import { escapeCell } from '../terminal/cell.ts';
import { writeCount } from '../terminal/plural.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { wrap } from '../terminal/wrap.ts';
import { describeEdit, listRemarks } from './edit-words.ts';
import type { EditData, Explanation, RequestData } from './explanation.ts';

/**
 * The whole text, with a line break at its end.
 *
 * @param isVerbose of a container that does not start, with more than the reason
 */
export function explainText(terminal: Terminal, explanation: Explanation, isVerbose: boolean): string {
  const { problems = [] } = explanation;
  const { width } = terminal;
  const { mountsMoved, warnings, refusal } = explanation;
  const isShort = refusal !== undefined && !isVerbose;
  const requests = isShort ? explanation.requests.filter(isNotPlain) : explanation.requests;
  const edits = isShort ? [] : explanation.edits;
  const { record, problem } = explanation.audit ?? {};
  const isToldAlready = problem === undefined && (record === undefined || record.error === refusal?.message);
  const audit = isShort && isToldAlready ? undefined : explanation.audit;
  const dropped = new Set(requests.map((request) => request.dropped?.message));
  const others = warnings.filter((warning) => !dropped.has(warning));
  const sections = [
    [
      ...wrap(writeHeadline(explanation), width, '', '  ').map((line) =>
        terminal.style(COLOURS[explanation.outcome], line),
      ),
      ...(refusal === undefined ? [] : wrap(escapeCell(refusal.message), width, '  ')),
    ],
    addTitle(
      terminal,
      'Problems',
      isVerbose ? problems.flatMap((problem) => wrap(escapeCell(problem), width, '  ', '    ')) : [],
    ),
    addTitle(
      terminal,
      'Requests',
      requests.flatMap((request) => writeRequest(terminal, request)),
    ),
    addTitle(terminal, 'Edits', [
      ...writeEdits(terminal, edits),
      ...(mountsMoved && !isShort ? wrap(MOVED, width, '  ') : []),
    ]),
    addTitle(
      terminal,
      'Warnings',
      others.flatMap((warning) => wrap(escapeCell(warning), width, '  ', '    ')),
    ),
    audit === undefined ? [] : addTitle(terminal, 'Audit', describeRecorded(width, audit, countChanging(edits))),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** What is allowed is no reason why something does not start. */
function isNotPlain({ action, dropped }: RequestData): boolean {
  return action !== 'allow' || dropped !== undefined;
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
function writeHeadline({ subject, path, outcome, requests, edits }: Explanation): string {
  const names = new Set(subject === 'devices' || requests.length > 0 ? listGranted(requests) : listDevices(edits));
  const devices = writeCount(names.size, 'device');
  const name = subject === 'devices' ? 'an empty container' : path === undefined ? 'standard input' : escapeCell(path);
  switch (outcome) {
    case 'nothing':
      return `${name}: asks for no device, and is left as it is`;
    case 'injected':
      return `${name}: gets ${devices} by ${writeCount(countChanging(edits), 'edit')}`;
    case 'already':
      return `${name}: has all of ${devices} already, and is left as it is`;
    case 'ignored':
      return `${name}: starts without what it asks for`;
    default: {
      const verdict = subject === 'devices' ? 'could not start' : 'does not start';
      return `${name}: ${verdict}${outcome === 'failed' ? ', since the runtime refuses it' : ''}`;
    }
  }
}

function countChanging(edits: readonly EditData[]): number {
  return edits.filter(({ effect }) => effect === 'add' || effect === 'replace').length;
}

function listGranted(requests: readonly RequestData[]): string[] {
  return requests.filter((request) => request.granted).map(({ device }) => device);
}

function listDevices(edits: readonly EditData[]): string[] {
  return edits.flatMap(({ device }) => device ?? []);
}

function addTitle(terminal: Terminal, title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [terminal.style('bold', title), ...lines];
}

const VERDICTS = { allow: 'allowed', ignore: 'ignored', deny: 'denied', off: 'not counted' } as const;

function writeRequest({ width }: Terminal, request: RequestData): string[] {
  const { device, source, key, optional, action, rule, origin, reason, dropped, asked, shared } = request;
  const where =
    typeof origin === 'string' ? 'the default' : `${origin.file}${origin.line === undefined ? '' : `:${origin.line}`}`;
  const why = reason === undefined ? '' : `: ${reason}`;
  return [
    ...wrap(
      escapeCell(
        `${device}${asked === undefined ? '' : ` for ${asked}`}, by ${source} ${key}${optional ? ', optional' : ''}`,
      ),
      width,
      '  ',
      '    ',
    ),
    ...wrap(escapeCell(`${VERDICTS[action]} by ${rule} (${where})${why}`), width, '    ', '      '),
    ...(shared === undefined ? [] : wrap(escapeCell(describeShared(shared)), width, '    ', '      ')),
    ...(dropped === undefined ? [] : wrap(escapeCell(`left out: ${dropped.message}`), width, '    ', '      ')),
  ];
}

/** Of a device that is several, as `all` is, those who have one of them. */
function describeShared(shared: NonNullable<RequestData['shared']>): string {
  const most = Math.min(...shared.map((one) => one.most));
  const holders = new Set(shared.flatMap((one) => one.holders.map(({ id, since }) => `${id} since ${since}`)));
  const who = holders.size === 0 ? 'no other container has it' : `held by ${[...holders].join(', ')}`;
  return `${who}; ${writeCount(most, 'container')} may by policy.share`;
}

const EFFECTS = {
  add: ['add', 'green'],
  replace: ['replace', 'yellow'],
  present: ['present', 'dim'],
  overridden: ['overridden', 'dim'],
  none: ['none', 'dim'],
} as const;

/** Edits below the device, or the spec, that brings them. */
function writeEdits(terminal: Terminal, edits: readonly EditData[]): string[] {
  const lines: string[] = [];
  let head = '';
  const digits = Math.max(4, ...edits.map(({ line }) => String(line ?? '').length));
  for (const edit of edits) {
    const next = writeHead(edit);
    if (next !== head) lines.push(...wrap(escapeCell(next), terminal.width, '  ', '    '));
    head = next;
    lines.push(...writeEdit(terminal, edit, digits));
  }
  return lines;
}

/** Columns that a terminal needs for all on one line: otherwise the words begin below. */
const WIDE = 64;

function writeEdit(terminal: Terminal, edit: EditData, digits: number): string[] {
  const { width } = terminal;
  const [word, colour] = EFFECTS[edit.effect];
  const columns = `  ${String(edit.line ?? '').padStart(digits)}  ${word.padEnd(10)}  ${findKind(edit.kind).word.padEnd(11)}  `;
  const indent = ' '.repeat(width < WIDE ? digits + 4 : columns.length);
  const [first = '', ...rest] =
    width < WIDE
      ? [columns.trimEnd(), ...wrap(describeEdit(edit), width, indent)]
      : wrap(describeEdit(edit), width, columns, indent);
  return [
    first.replace(word, () => terminal.style(colour, word)),
    ...rest,
    ...listRemarks(edit).flatMap((remark) => wrap(remark, width, indent, `${indent}  `)),
  ];
}

function writeHead({ spec, device, request }: EditData): string {
  const source = request === undefined ? '' : `${request.source} ${request.key}`;
  if (device !== undefined) return `${spec}: ${device}${source === '' ? '' : ` (${source})`}`;
  return `${spec}: the whole spec${request === undefined ? '' : `, with ${request.device} (${source})`}`;
}
