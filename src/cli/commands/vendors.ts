// cdictl vendors: whose specs there are.
import { compareBytes } from '../../text/byte-order.ts';
import type { Run } from '../command.ts';
import { errorData, look, mention } from '../look.ts';
import { plural } from '../plural.ts';
import { print } from '../print.ts';
import { table } from '../table.ts';

/** Lists vendors with the number of their specs and devices. */
export const run: Run = (context) => {
  const found = look(context);
  const { specs } = found.scan;
  const devices = [...found.index.devices.values()];
  const names = [...new Set(specs.map((spec) => spec.vendor))].sort(compareBytes);
  const rows = names.map((name) => ({
    name,
    specs: specs.filter((spec) => spec.vendor === name).length,
    devices: devices.filter(({ file }) => file.vendor === name).length,
  }));
  mention(context, found);
  print(context, { vendors: rows, errors: found.errors.map(errorData) }, () => {
    if (rows.length === 0) return context.quiet ? '' : `no specs in ${found.directories.join(' and ')}\n`;
    const cells = rows.map((row) => [row.name, String(row.specs), String(row.devices)]);
    const list = table(context.stdout, ['VENDOR', 'SPECS', 'DEVICES'], cells);
    return context.quiet ? list : `${list}${plural(rows.length, 'vendor')}\n`;
  });
  return 0;
};
