// Whether engines and builders read specs by themselves, and all of the directories in which there are any.
import { findUnread } from '../../engines/native-cdi.ts';
import { CdiError } from '../../text/error.ts';
import { quoteList } from '../../text/quote.ts';
import type { CdiReaderStatus } from '../engine/cdi-readers.ts';
import { nameReader, reportRestart, switchOn } from './cdi-reader-words.ts';
import { type Check, type Result, reportOk, reportProblem, reportSkipped, reportWarning } from './check.ts';
import type { HostView } from './host-view.ts';

export const NATIVE_CDI_CHECK: Check = {
  id: 'native-cdi',
  summary: 'engines that read specs by themselves read the directories that have some',
  examine: async (view) => {
    const readers = (await view.system.cdiReaders()).filter(({ isThere }) => isThere);
    if (readers.length === 0) return [reportSkipped('no engine is installed or configured')];
    const wired = await listWired(view);
    const full = listFull(view);
    return readers.map((reader) => judge(reader, wired.includes(reader.id), full));
  },
};

/** Engines to which the shim gives devices. */
async function listWired({ system }: HostView): Promise<readonly string[]> {
  return (await system.engines()).flatMap(({ engine, runtimes }) => (runtimes.length > 0 ? [engine] : []));
}

/** The spec directories in which there are specs. */
function listFull({ specs }: HostView): readonly string[] {
  if (specs instanceof CdiError) return [];
  const { directories, scan } = specs.look;
  return directories.filter((_, priority) => scan.specs.some((spec) => spec.priority === priority));
}

function judge(reader: CdiReaderStatus, isWired: boolean, full: readonly string[]): Result {
  const { native, file } = reader;
  const name = nameReader(reader);
  if (native instanceof CdiError) return reportProblem(native, `see cdictl engine status ${reader.id}`);
  if (native.state === 'unknown') return reportSkipped(`${name}: ${native.why}, and its version is not known`);
  if (native.state === 'off') {
    const off = `${name} reads no specs: ${native.why}`;
    if (isWired) return reportOk(`${off}; the shim does it`);
    // there is nothing that it does not see
    if (full.length === 0) return reportOk(off);
    return reportWarning(off, switchOn(reader), file);
  }
  const unread = findUnread(native.specDirs, full);
  if (unread.length === 0) return reportRestart(reader) ?? reportOk(`${name} reads ${quoteList(native.specDirs)}`);
  const message = `${name} does not read ${quoteList(unread)}, where there are specs, but ${quoteList(native.specDirs)}`;
  return isWired ? reportOk(`${message}; the shim does it`) : reportWarning(message, switchOn(reader), file);
}
