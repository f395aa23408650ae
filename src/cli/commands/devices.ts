// cdictl devices: what can be requested.
import type { IndexedDevice } from '../../registry/device-index.ts';
import { compareBytes } from '../../text/byte-order.ts';
import type { OrderedJson } from '../../text/json.ts';
import type { Arguments, Context, Run } from '../command.ts';
import { asksForHolders, chooseDevices, parseFilter } from '../devices/filter.ts';
import { groupDevices, type HostView, type SortKey, viewHost } from '../devices/rows.ts';
import type { Readers } from '../devices/seen-by.ts';
import { type Column, writeDeviceTable, writeLacks } from '../devices/table.ts';
import { encodeDevice } from '../document/device-data.ts';
import { encodeTrouble, listStatus, loadSpecView, reportTrouble, type SpecView } from '../look.ts';
import { print, writeYamlText } from '../print.ts';
import { SNAPSHOT } from '../snapshot/snapshot.ts';
import { escapeCell } from '../terminal/cell.ts';
import { UsageError } from '../usage-error.ts';

/** Who holds a device, by its name. */
type Holders = (name: string) => readonly string[];

/** What is looked at only where it was asked for. */
interface Asked {
  readonly holdersOf: Holders | undefined;
  readonly readersOf: Readers | undefined;
}

/** Lists the devices that resolve, each with the spec that defines it. */
export const run: Run = async (context, given) => {
  const filters = given.values('filter').map(parseFilter);
  const { found, ...asked } = await look(context, given);
  const view = viewHost(context.host);
  const all = [...found.index.devices.values()].sort((a, b) => compareBytes(a.name, b.name));
  reportTrouble(context, found);
  const devices = chooseDevices(found, all, given.operands, filters, {
    view,
    holdersOf: asked.holdersOf ?? (() => []),
  });
  const isVerbose = given.flag('verbose');
  if (context.output !== 'table') {
    const rows = devices.map((device) => encodeRow(found, view, device, isVerbose, asked));
    print(context, { devices: rows, ...encodeTrouble(found) }, () => '');
  } else if (given.value('output') === 'name' || context.quiet) {
    context.stdout.write(devices.map(({ name }) => `${name}\n`).join(''));
  } else if (isVerbose) {
    const texts = devices.map((device) => `${escapeCell(device.name)}\n${indentYaml(encodeDevice(device).device)}`);
    context.stdout.write(texts.join('\n'));
  } else context.stdout.write(await writeRows(context, given, found, devices, view, asked));
  return listStatus(found);
};

/** Who holds what, and who sees what, takes as long as the rest many times over. */
async function look(context: Context, given: Arguments): Promise<Asked & { readonly found: SpecView }> {
  // who holds and who sees what is known of this host alone
  const isHere = given.value(SNAPSHOT.name) === undefined;
  if (!isHere && asksForHolders(given))
    throw new UsageError(`filters held and free do not go with --${SNAPSHOT.name}`, 'no container is in a snapshot');
  const isWide = isHere && given.value('output') === 'wide';
  const isSeen = isWide || given.flag('seen');
  const readersOf = isSeen ? await (await import('../devices/seen-by.ts')).findReaders(context.host, '') : undefined;
  if (!isWide && !given.flag('held') && !asksForHolders(given))
    return { found: loadSpecView(context), holdersOf: undefined, readersOf };
  const { findHolders } = await import('../containers/holders.ts');
  const { unsure, view, holdersOf } = findHolders(context, '');
  for (const sentence of context.quiet ? [] : unsure)
    context.stderr.write(`cdictl: holders may not be all: ${sentence}\n`);
  return { found: view, holdersOf, readersOf };
}

async function writeRows(
  { stdout }: Context,
  given: Arguments,
  found: SpecView,
  devices: readonly IndexedDevice[],
  view: HostView,
  { holdersOf, readersOf }: Asked,
): Promise<string> {
  const sort = SORTS.find((key) => key === given.value('sort')) ?? 'name';
  const inFile = (one: IndexedDevice): number => lineOf(found, one) ?? 0;
  const sorted = sort === 'spec' ? devices.toSorted((a, b) => inFile(a) - inFile(b)) : devices;
  const groups = groupDevices(view, sorted, sort);
  if (given.flag('tree')) return (await import('../devices/tree.ts')).writeDeviceTree(stdout, groups);
  const columns: Column[] = [];
  if (readersOf !== undefined)
    columns.push({ title: 'SEEN BY', words: ({ names: [first] }) => readersOf(first.file.path) });
  if (holdersOf !== undefined)
    columns.push({
      title: 'HELD BY',
      words: ({ names }) => [...new Set(names.flatMap(({ name }) => holdersOf(name)))],
    });
  return writeDeviceTable(stdout, groups, ({ names: [first] }) => lineOf(found, first), columns);
}

const SORTS: readonly SortKey[] = ['name', 'spec', 'stale'];

function lineOf({ sources }: SpecView, { file, name }: IndexedDevice): number | undefined {
  return sources.locateDevice(file.path, name)?.line;
}

function encodeRow(
  found: SpecView,
  view: HostView,
  device: IndexedDevice,
  isVerbose: boolean,
  { holdersOf, readersOf }: Asked,
): OrderedJson {
  const { name, file } = device;
  const lacks = [...view.lacksOf(device.device.containerEdits), ...view.lacksOf(file.spec.containerEdits)];
  return {
    name,
    spec: file.path,
    line: lineOf(found, device),
    priority: file.priority,
    stale: lacks.length === 0 ? undefined : lacks.map((lack) => writeLacks([lack])),
    seenBy: readersOf?.(file.path),
    heldBy: holdersOf?.(name),
    device: isVerbose ? encodeDevice(device).device : undefined,
  };
}

function indentYaml(data: OrderedJson = null): string {
  return writeYamlText(data).replace(/^(?=.)/gm, '  ');
}
