// cdictl devices: what can be requested.

import { specJson } from '../../cdi/write-spec.ts';
import { compareBytes } from '../../text/byte-order.ts';
import type { OrderedJson } from '../../text/json.ts';
import { writeYaml } from '../../text/yaml-write.ts';
import type { Run } from '../command.ts';
import { errorData, look, mention } from '../look.ts';
import { plural } from '../plural.ts';
import { print } from '../print.ts';
import { table } from '../table.ts';

/** Lists the devices that resolve, each with the spec that defines it. */
export const run: Run = (context, given) => {
  const found = look(context);
  const devices = [...found.index.devices.values()].sort((a, b) => compareBytes(a.name, b.name));
  const verbose = given.flag('verbose');
  const rows = devices.map(({ name, file, device }): { readonly [key: string]: OrderedJson | undefined } => {
    const line = found.sources.locateDevice(file.path, name)?.line;
    const edits: OrderedJson = JSON.parse(specJson({ ...file.spec, devices: [device] })).devices[0];
    return { name, spec: file.path, line, priority: file.priority, ...(verbose ? { device: edits } : {}) };
  });
  mention(context, found);
  print(context, { devices: rows, errors: found.errors.map(errorData) }, () => {
    if (rows.length === 0) return context.quiet ? '' : `no devices in ${found.directories.join(' and ')}\n`;
    if (verbose) return rows.map((row) => `${row['name']}\n${indent(writeYaml(row['device'] ?? null))}`).join('\n');
    const list = table(
      context.stdout,
      ['DEVICE', 'SPEC', 'LINE'],
      rows.map(({ name, spec, line }) => [String(name), String(spec), line === undefined ? '' : String(line)]),
    );
    return context.quiet ? list : `${list}${plural(rows.length, 'device')}\n`;
  });
  return 0;
};

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
