// cdictl vendors: whose specs there are.
import { compareBytes } from '../../text/byte-order.ts';
import type { Run } from '../command.ts';
import { encodeTrouble, listStatus, loadSpecView, reportTrouble } from '../look.ts';
import { print } from '../print.ts';
import { layOutTable } from '../terminal/table.ts';

/** Lists vendors with the number of their specs and of the devices that resolve. */
export const run: Run = (context) => {
  const found = loadSpecView(context);
  const specs = countEach(found.scan.specs.map(({ vendor }) => vendor));
  const devices = countEach([...found.index.devices.values()].map(({ file }) => file.vendor));
  const names = [...specs.keys()].sort(compareBytes);
  const rows = names.map((name) => ({ name, specs: specs.get(name) ?? 0, devices: devices.get(name) ?? 0 }));
  reportTrouble(context, found);
  print(context, { vendors: rows, ...encodeTrouble(found) }, () => {
    const cells = rows.map((row) => [row.name, String(row.specs), String(row.devices)]);
    return cells.length === 0 ? '' : layOutTable(context.stdout, ['VENDOR', 'SPECS', 'DEVICES'], cells);
  });
  return listStatus(found);
};

function countEach(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
