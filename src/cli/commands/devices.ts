// cdictl devices: what can be requested.
import { compareBytes } from '../../text/byte-order.ts';
import type { OrderedJson } from '../../text/json.ts';
import type { Run } from '../command.ts';
import { encodeDevice } from '../document/device-data.ts';
import { encodeTrouble, listStatus, loadSpecView, reportTrouble } from '../look.ts';
import { print, writeYamlText } from '../print.ts';
import { escapeCell } from '../terminal/cell.ts';
import { layOutTable } from '../terminal/table.ts';

/** Lists the devices that resolve, each with the spec that defines it. */
export const run: Run = (context, given) => {
  const found = loadSpecView(context);
  const devices = [...found.index.devices.values()].sort((a, b) => compareBytes(a.name, b.name));
  const isVerbose = given.flag('verbose');
  const rows = devices.map((device) => ({
    name: device.name,
    spec: device.file.path,
    line: found.sources.locateDevice(device.file.path, device.name)?.line,
    priority: device.file.priority,
    device: isVerbose ? encodeDevice(device).device : undefined,
  }));
  reportTrouble(context, found);
  print(context, { devices: rows, ...encodeTrouble(found) }, () => {
    if (isVerbose) return rows.map(({ name, device }) => `${escapeCell(name)}\n${indentYaml(device)}`).join('\n');
    const cells = rows.map(({ name, spec, line }) => [name, spec, String(line ?? '')]);
    return cells.length === 0 ? '' : layOutTable(context.stdout, ['DEVICE', 'SPEC', 'LINE'], cells);
  });
  return listStatus(found);
};

function indentYaml(data: OrderedJson = null): string {
  return writeYamlText(data).replace(/^(?=.)/gm, '  ');
}
