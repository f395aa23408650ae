// Whether grants can be recorded: that the files of the audit and of the log can be written, and have room.
import { isFailure } from '../../host/host.ts';
import { quote } from '../../text/quote.ts';
import { type Check, type Result, reportError, reportOk, reportSkipped, reportWarning } from './check.ts';
import type { HostView } from './host-view.ts';

/** Some ten thousand lines of the audit. */
const LITTLE_ROOM = 64 * 1024 * 1024;

export const AUDIT_CHECK: Check = {
  id: 'audit',
  summary: 'the audit and the log can be written, have room, and no one else can write them',
  examine: (view) => {
    const { audit, log } = view.settings;
    const results = audit.enabled ? judge(view, audit.path, audit.required) : [reportSkipped('audit.enabled is false')];
    return log.path === null ? results : [...results, ...judge(view, log.path, false)];
  },
};

function judge({ host, trust, system, root }: HostView, path: string, isRequired: boolean): readonly Result[] {
  const tell = isRequired ? reportError : reportWarning;
  const effect = isRequired ? 'no container with devices starts' : 'nothing is recorded';
  const { end } = trust.trail(path);
  if (!isFailure(end) && end.kind !== 'file') return [tell(`${quote(path)} is no file: ${effect}`, 'remove it', path)];
  const place = isFailure(end)
    ? findNearestDirectory(path, (directory) => !isFailure(trust.trail(directory).end))
    : path;
  const results: Result[] = [];
  if (root === '' && !system.mayWrite(place)) {
    const message = `user ${host.ids().uid} cannot write ${place === path ? '' : 'in '}${quote(place)}: ${effect}`;
    results.push(tell(message, 'give it to the user who starts containers, or set another path', place));
  }
  const room = system.room(place);
  if (room !== undefined && room < LITTLE_ROOM) {
    results.push(
      tell(`there is room for ${writeMebibytes(room)} MiB more in ${quote(place)}`, 'free some space', place),
    );
  }
  const problem = trust.problem(place);
  const message = `${quote(path)} can be changed by others: ${problem}`;
  if (problem !== undefined) results.push(reportWarning(message, 'give it and its directories to root', place));
  return results.length > 0
    ? results
    : [reportOk(`${path}${room === undefined ? '' : `: room for ${writeMebibytes(room)} MiB`}`)];
}

/** The directory that is there, of those above a path. */
function findNearestDirectory(path: string, isThere: (directory: string) => boolean): string {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    if (isThere(path.slice(0, end))) return path.slice(0, end);
  }
  return '/';
}

function writeMebibytes(bytes: number): string {
  return String(Math.floor(bytes / (1024 * 1024)));
}
