// What is shown of the audit: the records that are wanted, as lines of JSON, as YAML, or as a table.
import type { OrderedJson } from '../../text/json.ts';
import { escapeSteering } from '../../text/steering.ts';
import type { Arguments, Context } from '../command.ts';
import { writeYamlText } from '../print.ts';
import { writeCount } from '../terminal/plural.ts';
import { layOutTable } from '../terminal/table.ts';
import { UsageError } from '../usage-error.ts';
import { listAuditDevices, makeAuditFilter } from './filter.ts';
import { RecordJoiner } from './join.ts';
import { type AuditRecord, getList, getMember, getText, readAuditLine } from './lines.ts';

/** A table needs its rows at once, for the widths of its columns; one of more than these goes on with other widths. */
const MOST_ROWS = 10_000;

const HEAD = ['TIME', 'OUTCOME', 'CONTAINER', 'OF', 'DEVICES', 'REMARKS'];

export class AuditView {
  /** records that were read, wanted or not */
  read = 0;
  /** lines with something in them that is no record */
  broken = 0;
  readonly #context: Context;
  readonly #isWanted: (record: AuditRecord) => boolean;
  readonly #last: number;
  readonly #joiner = new RecordJoiner();
  #waiting: string[][] = [];
  #shown = false;
  #hasHead = false;

  /** @throws {UsageError} for options that mean nothing */
  constructor(context: Context, given: Arguments) {
    this.#context = context;
    this.#isWanted = makeAuditFilter(given, context.host.now());
    this.#last = readLast(given.value('last'));
  }

  /** Reads lines and keeps what is wanted, or the last of it. */
  take(lines: Iterable<string>): void {
    for (const line of lines) {
      const { records, broken } = readAuditLine(line);
      if (broken) this.broken++;
      this.read += records.length;
      for (const record of records) this.#keepWanted(this.#joiner.take(record));
    }
  }

  #keepWanted(records: readonly AuditRecord[]): void {
    for (const record of records.filter(this.#isWanted)) this.#keep(record);
  }

  #keep(record: AuditRecord): void {
    this.#waiting.push(this.#shownAs(record));
    if (this.#shown) return;
    const isBounded = this.#last !== Number.POSITIVE_INFINITY;
    if (!isBounded && this.#waiting.length >= (this.#context.output === 'table' ? MOST_ROWS : 1)) this.#write();
    else if (isBounded && this.#waiting.length >= 2 * this.#last) this.#waiting = this.#kept();
  }

  /** Prints what is kept. */
  show(): void {
    this.#keepWanted(this.#joiner.rest());
    if (!this.#shown) this.#waiting = this.#kept();
    this.#write();
    this.#shown = true;
  }

  /** Tells a person something that is no record. */
  mention(what: string): void {
    if (!this.#context.quiet) this.#context.stderr.write(`cdictl: ${what}\n`);
  }

  #kept(): string[][] {
    if (this.#last === Number.POSITIVE_INFINITY) return this.#waiting;
    return this.#last === 0 ? [] : this.#waiting.slice(-this.#last);
  }

  #write(): void {
    const { stdout, output } = this.#context;
    const rows = this.#waiting;
    this.#waiting = [];
    if (rows.length === 0) return;
    if (output !== 'table') {
      for (const [text = ''] of rows) stdout.write(text);
      return;
    }
    // What is followed goes on under one head.
    stdout.write(layOutTable(stdout, HEAD, rows, !this.#hasHead));
    this.#hasHead = true;
  }

  /** The cells of a row, or the whole text. */
  #shownAs({ text, value }: AuditRecord): string[] {
    const { output } = this.#context;
    if (output === 'table') return makeCells(value);
    if (output === 'json') return [`${escapeSteering(text)}\n`];
    const data: OrderedJson = JSON.parse(text);
    return [`---\n${writeYamlText(data)}`];
  }
}

function makeCells(value: Readonly<Record<string, unknown>>): string[] {
  const granted = getList(value, 'devices').map((device) => getText(device, 'name'));
  const pod = ['namespace', 'pod'].flatMap((key) => getText(value, key) || []).join('/');
  return [
    getText(value, 'time'),
    getText(value, 'outcome'),
    shortenId(getText(value, 'id')),
    pod === '' ? getText(value, 'engine') : pod,
    (granted.length > 0 ? granted : listAuditDevices(value)).join(' '),
    writeRemarks(value),
  ];
}

/** The twelve characters by which docker and podman show an id. */
function shortenId(id: string): string {
  return /^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id;
}

function writeRemarks(value: Readonly<Record<string, unknown>>): string {
  const error = getText(getMember(value, 'error'), 'message');
  if (error !== '') return error;
  if (getText(value, 'outcome') === 'intended') return 'no outcome: it was killed, or is at it';
  const requests = getList(value, 'requests');
  const ignored = requests.filter((request) => getText(request, 'action') === 'ignore').length;
  const off = requests.filter((request) => getText(request, 'action') === 'off');
  const dropped = requests.filter((request) => getMember(request, 'dropped') === true).length;
  const warnings = getList(value, 'warnings').length - dropped;
  return [
    ignored > 0 ? `${ignored} ignored` : '',
    off.length > 0
      ? `${off.length} off (${[...new Set(off.map((request) => getText(request, 'reason')))].join('; ')})`
      : '',
    dropped > 0 ? `${dropped} dropped` : '',
    warnings > 0 ? writeCount(warnings, 'warning') : '',
  ]
    .filter((remark) => remark !== '')
    .join(', ');
}

function readLast(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (!/^[0-9]{1,9}$/.test(text)) throw new UsageError(`option --last is "${text}", which is no number of records`);
  return Number(text);
}
