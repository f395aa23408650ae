// cdictl classes: what classes of devices there are, and whose.
import { compareBytes } from '../../text/byte-order.ts';
import type { Run } from '../command.ts';
import { encodeTrouble, listStatus, loadSpecView, reportTrouble } from '../look.ts';
import { print } from '../print.ts';
import { layOutTable } from '../terminal/table.ts';

/** Lists classes with their vendors and the number of the devices that resolve. */
export const run: Run = (context) => {
  const found = loadSpecView(context);
  const classes = new Map<string, { readonly vendors: Set<string>; devices: number }>();
  for (const { class: name, vendor } of found.scan.specs) {
    const known = classes.get(name) ?? { vendors: new Set(), devices: 0 };
    known.vendors.add(vendor);
    classes.set(name, known);
  }
  for (const { file } of found.index.devices.values()) {
    const known = classes.get(file.class);
    if (known !== undefined) known.devices++;
  }
  const rows = [...classes]
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([name, { vendors, devices }]) => ({ name, vendors: [...vendors].sort(compareBytes), devices }));
  reportTrouble(context, found);
  print(context, { classes: rows, ...encodeTrouble(found) }, () => {
    const cells = rows.map((row) => [row.name, row.vendors.join(', '), String(row.devices)]);
    return cells.length === 0 ? '' : layOutTable(context.stdout, ['CLASS', 'VENDORS', 'DEVICES'], cells);
  });
  return listStatus(found);
};
