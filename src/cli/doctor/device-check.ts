// cdictl doctor DEVICE: whether an engine sees a device by itself or by the shim, and if not, why.
import { findUnread, USUAL_DIRECTORIES } from '../../engines/native-cdi.ts';
import { planInjection } from '../../inject/plan.ts';
import { makeUnresolvedError } from '../../registry/resolve.ts';
import { CdiError } from '../../text/error.ts';
import { parseJson } from '../../text/json-syntax.ts';
import { quote, quoteList } from '../../text/quote.ts';
import { getRuntimePath } from '../document/bundle.ts';
import type { CdiReaderStatus } from '../engine/cdi-readers.ts';
import { nameReader, reportRestart, switchOn } from './cdi-reader-words.ts';
import { type Check, type Result, reportError, reportOk, reportProblem, reportSkipped } from './check.ts';
import type { HostView } from './host-view.ts';

/** A check for each reader that is asked about. */
export function makeDeviceChecks(readers: readonly CdiReaderStatus[], devices: readonly string[]): readonly Check[] {
  return readers.map((reader) => ({
    id: reader.id,
    summary: `whether ${reader.id} sees the devices`,
    examine: async (view) => {
      const wired = (await view.system.engines()).find(({ engine }) => engine === reader.id)?.runtimes ?? [];
      const [runtime] = wired.map(({ name }) => name);
      return devices.flatMap((name) => [judge(view, reader, name), ...tellShim(view, runtime, name)]);
    },
  }));
}

function judge(view: HostView, reader: CdiReaderStatus, device: string): Result {
  const { native, id, file } = reader;
  const who = nameReader(reader);
  if (native instanceof CdiError) return reportProblem(native, `see cdictl engine status ${id}`);
  if (native.state === 'off') {
    return reportError(`${who} does not see ${quote(device)}: ${native.why}`, switchOn(reader), file);
  }
  const look = view.look(native.specDirs);
  const found = look.index.devices.get(device);
  if (found === undefined) return explainMissing(view, reader, native.specDirs, device);
  const defined = `${quote(device)}, of ${quote(found.file.path)}`;
  if (native.state === 'on') return reportRestart(reader) ?? reportOk(`${who} sees ${defined}`);
  return reportSkipped(`${who} may see ${defined}: ${native.why}, and its version is not known`);
}

/** Another directory may have it: what the settings name, and what CDI does. */
function explainMissing(view: HostView, reader: CdiReaderStatus, read: readonly string[], device: string): Result {
  const who = nameReader(reader);
  const unread = findUnread(read, [...new Set([...view.specDirs, ...USUAL_DIRECTORIES])]);
  const elsewhere = view.look(unread).index.devices.get(device)?.file;
  if (elsewhere !== undefined) {
    const directory = unread[elsewhere.priority] ?? '';
    const message = `${who} does not see ${quote(device)}: ${quote(elsewhere.path)} defines it, and of ${quote(directory)} it reads nothing, but ${quoteList(read)}`;
    return reportError(message, switchOn(reader), elsewhere.path);
  }
  const { scan, index, directories } = view.look(read);
  const { why, hint, path } = makeUnresolvedError(device, scan, index, directories);
  return reportError(`${who} does not see ${quote(device)}: ${why}`, hint ?? 'see cdictl devices', path);
}

/** What the shim makes of it where the engine calls it. */
function tellShim(view: HostView, runtime: string | undefined, device: string): readonly Result[] {
  const { specs } = view;
  if (runtime === undefined || specs instanceof CdiError) return [];
  const found = specs.look.index.devices.get(device);
  if (found === undefined) return [];
  const refusal = findRefusal(view, device);
  if (refusal !== undefined) {
    const { what, why, hint, code } = refusal;
    return [
      reportError(
        `by its runtime ${runtime} the shim refuses it: cannot ${what}: ${why}`,
        hint ?? `see cdictl errors ${code}`,
        refusal.path,
      ),
    ];
  }
  return [reportOk(`by its runtime ${runtime} the shim gives it, of ${quote(found.file.path)}: see cdictl explain`)];
}

/** Why an empty container that asks for it by an annotation would not start. */
function findRefusal({ host, settings, specDirs }: HostView, device: string): CdiError | undefined {
  const [prefix = 'cdi.k8s.io/'] = settings.requests.annotations.prefixes;
  const text = JSON.stringify({ annotations: { [`${prefix}doctor`]: device } });
  const tree = parseJson(text);
  if ('syntax' in tree) throw new TypeError('a document of our own is no JSON');
  const requests = { ...settings.requests, annotations: { enabled: true, prefixes: [prefix] } };
  const asking = { ...settings, specDirs, requests, wait: 0 };
  return planInjection(host, { path: '', size: text.length }, tree, asking, getRuntimePath(asking)).refusal;
}
