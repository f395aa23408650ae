// cdictl classes: what classes of devices there are, and whose.
import { compareBytes } from '../../text/byte-order.ts';
import type { Run } from '../command.ts';
import { encodeTrouble, listStatus, loadSpecView, reportTrouble } from '../look.ts';
import { print } from '../print.ts';
import { layOutTable } from '../terminal/table.ts';

/** Lists classes with their vendors and the number of the devices that resolve. */
export const run: Run = (context) => {
  const found = loadSpecView(context);
  const { specs } = found.scan;
  const devices = [...found.index.devices.values()];
  const names = [...new Set(specs.map((spec) => spec.class))].sort(compareBytes);
  const rows = names.map((name) => ({
    name,
    vendors: [...new Set(specs.filter((spec) => spec.class === name).map((spec) => spec.vendor))].sort(compareBytes),
    devices: devices.filter(({ file }) => file.class === name).length,
  }));
  reportTrouble(context, found);
  print(context, { classes: rows, ...encodeTrouble(found) }, () => {
    const cells = rows.map((row) => [row.name, row.vendors.join(', '), String(row.devices)]);
    return cells.length === 0 ? '' : layOutTable(context.stdout, ['CLASS', 'VENDORS', 'DEVICES'], cells);
  });
  return listStatus(found);
};
