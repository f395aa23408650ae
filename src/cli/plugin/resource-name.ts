// Names of resources as a kubelet takes them: those of an extended resource of Kubernetes.
import type { Fault } from '../../cdi/device-name.ts';
import { quote } from '../../text/quote.ts';

const LONGEST_LAST_PART = 63;
/** The name of a quota is made of it, `requests.NAME`, and that is a domain name, too. */
const LONGEST_DOMAIN = 253 - 'requests.'.length;

const LABEL = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const DOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
const LAST_PART = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

const OWN = 'kubernetes.io/';

/** Why a kubelet refuses a name; undefined where it does not. */
export function findResourceNameFault(name: string): Fault | undefined {
  const parts = name.split('/');
  const [domain = '', last = ''] = parts;
  const hint = 'name the resource: --resource KIND=vendor.com/name';
  if (parts.length !== 2) return { why: `${quote(name)} is not of the form vendor.com/name`, hint };
  if (name.includes(OWN)) return { why: `names with ${OWN} are those of Kubernetes itself`, hint };
  if (domain.startsWith('requests.')) return { why: 'names that begin with "requests." are those of quotas', hint };
  if (domain.length > LONGEST_DOMAIN) return { why: `its domain has more than ${LONGEST_DOMAIN} characters`, hint };
  if (!DOMAIN.test(domain)) {
    return { why: `${quote(domain)} is no domain name: lower-case letters, digits, - and . between them`, hint };
  }
  if (last.length > LONGEST_LAST_PART) {
    return { why: `what follows the "/" has more than ${LONGEST_LAST_PART} characters`, hint };
  }
  if (LAST_PART.test(last)) return undefined;
  return { why: `${quote(last)} has other characters than letters, digits and . _ - between them`, hint };
}
