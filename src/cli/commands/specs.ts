// cdictl specs: which spec files there are, the broken ones too.
import { specJson, specYaml } from '../../cdi/write-spec.ts';
import { CdiError } from '../../text/error.ts';
import { nearest } from '../../text/nearest.ts';
import { quote } from '../../text/quote.ts';
import type { Run } from '../command.ts';
import { errorData, look } from '../look.ts';
import { print } from '../print.ts';
import { table } from '../table.ts';

/** Lists spec files, all or those of some vendors. */
export const run: Run = (context, given) => {
  const found = look(context);
  const vendors = new Set(found.scan.specs.map((spec) => spec.vendor));
  const wanted = given.operands;
  for (const vendor of wanted) {
    if (vendors.has(vendor)) continue;
    const why = `no spec in ${found.directories.join(' and ')} is of that vendor`;
    const hint = nearest(vendor, [...vendors]);
    throw new CdiError('UNRESOLVED_DEVICE', { what: `list the specs of vendor ${quote(vendor)}`, why, hint });
  }
  const verbose = given.flag('verbose');
  const loaded = found.scan.specs.filter((spec) => wanted.length === 0 || wanted.includes(spec.vendor));
  const rows = loaded.map(({ path, priority, spec }) => ({
    path,
    kind: spec.kind,
    version: spec.cdiVersion,
    priority,
    devices: spec.devices.map((device) => device.name),
    digest: found.sources.digest(path),
    errors: found.errors.filter((error) => error.path === path).map(errorData),
    ...(verbose ? { spec: JSON.parse(specJson(spec)) } : {}),
  }));
  const broken = wanted.length > 0 ? [] : [...found.scan.errors.values()];
  print(context, { specs: rows, errors: broken.map(errorData) }, () => {
    if (verbose) return loaded.map(({ path, spec }) => `# ${path}\n${specYaml(spec)}`).join('\n');
    const cells = rows.map((row) => [
      row.path,
      row.kind,
      row.version,
      String(row.devices.length),
      row.errors.length > 0 ? 'in conflict' : 'ok',
    ]);
    const bad = broken.map(({ path = '', line }) => [
      path,
      '',
      '',
      '',
      `in error${line === undefined ? '' : ` at line ${line}`}`,
    ]);
    if (cells.length + bad.length === 0) return context.quiet ? '' : `no specs in ${found.directories.join(' and ')}\n`;
    const list = table(context.stdout, ['SPEC', 'KIND', 'VERSION', 'DEVICES', 'STATE'], [...cells, ...bad]);
    return bad.length === 0 || context.quiet ? list : `${list}see cdictl validate FILE for what is wrong\n`;
  });
  return 0;
};
