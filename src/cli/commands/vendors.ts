// cdictl vendors: whose specs there are.
import { compareBytes } from '../../text/byte-order.ts';
import type { Run } from '../command.ts';
import { encodeTrouble, listStatus, loadSpecView, reportTrouble } from '../look.ts';
import { print } from '../print.ts';
import { layOutTable } from '../terminal/table.ts';

/** Lists vendors with the number of their specs and of the devices that resolve. */
export const run: Run = (context) => {
  const found = loadSpecView(context);
  const { specs } = found.scan;
  const devices = [...found.index.devices.values()];
  const names = [...new Set(specs.map((spec) => spec.vendor))].sort(compareBytes);
  const rows = names.map((name) => ({
    name,
    specs: specs.filter((spec) => spec.vendor === name).length,
    devices: devices.filter(({ file }) => file.vendor === name).length,
  }));
  reportTrouble(context, found);
  print(context, { vendors: rows, ...encodeTrouble(found) }, () => {
    const cells = rows.map((row) => [row.name, String(row.specs), String(row.devices)]);
    return cells.length === 0 ? '' : layOutTable(context.stdout, ['VENDOR', 'SPECS', 'DEVICES'], cells);
  });
  return listStatus(found);
};
