// cdictl devices: what can be requested.
import { compareBytes } from '../../text/byte-order.ts';
import type { OrderedJson } from '../../text/json.ts';
import type { Run } from '../command.ts';
import { deviceData } from '../document/device-data.ts';
import { listStatus, look, mention, troubleData } from '../look.ts';
import { print, yamlText } from '../print.ts';
import { cell } from '../terminal/cell.ts';
import { table } from '../terminal/table.ts';

/** Lists the devices that resolve, each with the spec that defines it. */
export const run: Run = (context, given) => {
  const found = look(context);
  const devices = [...found.index.devices.values()].sort((a, b) => compareBytes(a.name, b.name));
  const isVerbose = given.flag('verbose');
  const rows = devices.map((device) => ({
    name: device.name,
    spec: device.file.path,
    line: found.sources.locateDevice(device.file.path, device.name)?.line,
    priority: device.file.priority,
    device: isVerbose ? deviceData(device).device : undefined,
  }));
  mention(context, found);
  print(context, { devices: rows, ...troubleData(found) }, () => {
    if (isVerbose) return rows.map(({ name, device }) => `${cell(name)}\n${indented(device)}`).join('\n');
    const cells = rows.map(({ name, spec, line }) => [name, spec, String(line ?? '')]);
    return cells.length === 0 ? '' : table(context.stdout, ['DEVICE', 'SPEC', 'LINE'], cells);
  });
  return listStatus(found);
};

function indented(data: OrderedJson = null): string {
  return yamlText(data).replace(/^(?=.)/gm, '  ');
}
