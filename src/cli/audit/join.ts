// Lines of the audit that are about one run, as one record: what was intended, and what came of it.
import { type AuditRecord, getMember, getText } from './lines.ts';

/** What came of a run stands close behind what it intended; what comes later than so many others is by itself. */
const MOST_OPEN = 1000;

interface Run {
  joined: AuditRecord;
  isShown: boolean;
}

/** Joins records in the order in which runs began. */
export class RecordJoiner {
  readonly #runs = new Map<string, Run>();
  #unnamed = 0;

  /** Takes the next record. @returns those that are complete by now, as far as anybody can tell */
  take(record: AuditRecord): readonly AuditRecord[] {
    const id = getText(record.value, 'record') || `#${this.#unnamed++}`;
    const run = this.#runs.get(id);
    // What was shown before its end is shown once more.
    this.#runs.set(id, { joined: run === undefined ? record : join(run.joined, record), isShown: false });
    if (this.#runs.size <= MOST_OPEN) return [];
    const [[oldest, first] = []] = this.#runs;
    if (oldest === undefined || first === undefined) return [];
    this.#runs.delete(oldest);
    return first.isShown ? [] : [first.joined];
  }

  /** All that were not shown yet: nothing more is there now. */
  rest(): readonly AuditRecord[] {
    const open = [...this.#runs.values()].filter(({ isShown }) => !isShown);
    for (const run of open) run.isShown = true;
    return open.map(({ joined }) => joined);
  }
}

/** The outcome is that of the last line; where it is a failure, there are no devices, and the document is as before. */
function join(before: AuditRecord, { value: after }: AuditRecord): AuditRecord {
  const error = getMember(after, 'error');
  const devices = getMember(before.value, 'devices');
  const config = getMember(before.value, 'config');
  const value = {
    ...before.value,
    outcome: getText(after, 'outcome'),
    ...(devices !== undefined && error !== undefined && { devices: [] }),
    ...(error !== undefined && { error }),
    ...(config !== undefined &&
      error !== undefined && {
        config: { before: getText(config, 'before'), after: getText(config, 'before') },
      }),
  };
  return { value, time: before.time, text: JSON.stringify(value) };
}
