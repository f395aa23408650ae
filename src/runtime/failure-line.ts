// How a failure is told to the engine: a line for its log file, in the form of the runtime's own.
import type { LogFormat } from '../oci/command-line.ts';
import type { Settings } from '../settings/settings.ts';
import type { ErrorCode } from '../text/error.ts';

/** Engines read a few KiB at most, and containerd shows it all in one status. */
const LONGEST = 1000;

/** A message that fits on one line of a log. */
export function writeOneLine(message: string): string {
  const flat = message.replace(/[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu, ' ');
  // Halves of pairs only: with the u flag a whole pair is one character.
  const sound = flat.replace(/[\ud800-\udfff]/gu, '\ufffd');
  const characters = [...sound];
  return characters.length <= LONGEST ? sound : `${characters.slice(0, LONGEST - 1).join('')}…`;
}

/** Where more is told of an error, on every host that has the shim; shim/undo.c says the same. */
export function namePage(code: ErrorCode): string {
  return `(cdictl errors ${code})`;
}

/** Whose lines a log holds: crun writes its own, all others follow runc here. */
export type LogStyle = 'runc' | 'crun';

export type LogLevel = Settings['log']['level'];

/** @param milliseconds since 1970 */
export function writeLogLine(
  style: LogStyle,
  format: LogFormat,
  message: string,
  milliseconds: number,
  level: LogLevel = 'error',
): string {
  const time = writeTime(milliseconds);
  if (style === 'crun') {
    if (format === 'text') return `${message}\n`;
    const micros = `${String(milliseconds % 1000).padStart(3, '0')}000`;
    return `{"msg":${JSON.stringify(message)},"level":"${level}","time":"${time.slice(0, -1)}.${micros}Z"}\n`;
  }
  if (format === 'text') return `time="${time}" level=${level} msg=${JSON.stringify(message)}\n`;
  return `{"level":"${level}","msg":${JSON.stringify(message)},"time":"${time}"}\n`;
}

/** Seconds in UTC, as runc writes them; without Date, which the shim's engine leaves out. */
export function writeTime(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const days = Math.floor(seconds / 86_400);
  const rest = seconds - days * 86_400;
  // The times of a run are of one day, but for few.
  if (days !== last.days) last = { days, date: writeDate(days) };
  return `${last.date}T${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}Z`;
}

let last = { days: Number.NaN, date: '' };

/** @param days since 1970 */
function writeDate(days: number): string {
  // Days since 0000-03-01, so that the leap day ends a year (the civil-from-days method).
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}
