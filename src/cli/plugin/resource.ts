// Resources that the administrator lists: a kind of CDI devices, its name in Kubernetes, and how many may share a device.
import { findNameFault, parseQualifier } from '../../cdi/device-name.ts';
import { quote } from '../../text/quote.ts';
import { UsageError } from '../usage-error.ts';
import { findResourceNameFault } from './resource-name.ts';

export interface Resource {
  /** of CDI */
  readonly kind: string;
  /** of Kubernetes */
  readonly name: string;
  /** how many containers may have a device of it at a time */
  readonly replicas: number;
}

const MOST_REPLICAS = 10_000;

/** @throws {UsageError} for words that are none, and for two of one kind or name: a device would be given away twice */
export function readResources(words: readonly string[]): readonly Resource[] {
  if (words.length === 0)
    throw new UsageError('device-plugin needs --resource KIND', 'see cdictl device-plugin --help');
  const resources = words.map(readResource);
  for (const field of ['kind', 'name'] as const) {
    const values = resources.map((resource) => resource[field]);
    const twice = values.find((value, place) => values.indexOf(value) !== place);
    if (twice !== undefined) throw new UsageError(`option --resource has the ${field} ${quote(twice)} twice`);
  }
  return resources;
}

/** `KIND[=NAME][*REPLICAS]` */
function readResource(word: string): Resource {
  const [, kind = '', given, count] = /^([^=*]*)(?:=([^*]*))?(?:\*(.*))?$/s.exec(word) ?? [];
  const refuse = (why: string, hint?: string): never => {
    throw new UsageError(`option --resource is ${quote(word)}: ${why}`, hint);
  };
  const { vendor, class: className } = parseQualifier(kind);
  const fault = vendor === '' ? undefined : (findNameFault('vendor', vendor) ?? findNameFault('class', className));
  if (vendor === '') refuse(`${quote(kind)} is no kind`, 'write it as vendor.com/class');
  if (fault !== undefined) refuse(fault.why, fault.hint);
  const name = given ?? kind;
  const wrong = findResourceNameFault(name);
  if (wrong !== undefined) refuse(`a kubelet does not take the name ${quote(name)}: ${wrong.why}`, wrong.hint);
  const replicas = count === undefined ? 1 : /^[1-9][0-9]*$/.test(count) ? Number(count) : 0;
  if (replicas < 1 || replicas > MOST_REPLICAS) {
    refuse(`${quote(count ?? '')} is no number of containers from 1 to ${MOST_REPLICAS}`);
  }
  return { kind, name, replicas };
}
