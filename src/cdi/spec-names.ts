// File names for written specs: <vendor>-<class>, and <vendor>-<class>_<id> for transient ones.
import { demandText } from '../text/demand-text.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { parseQualifier } from './device-name.ts';
import type { Spec } from './spec.ts';

/**
 * Names a spec file after its vendor and class, both taken as they are; without an extension. One pair always
 * gives one name, so several specs of a pair need `generateTransientSpecName`. Go cdi.GenerateSpecName.
 */
export function generateSpecName(vendor: string, className: string): string {
  demandText(vendor, 'name the spec');
  demandText(className, 'name the spec');
  return `${vendor}-${className}`;
}

/**
 * Names the file of a spec that lives as long as something else, say a container; without an extension.
 * @param transientID unique on the host for this vendor and class; slashes become underscores
 * @see Go cdi.GenerateTransientSpecName
 */
export function generateTransientSpecName(vendor: string, className: string, transientID: string): string {
  demandText(transientID, 'name the spec');
  return `${generateSpecName(vendor, className)}_${transientID.split('/').join('_')}`;
}

/**
 * `generateSpecName` with the vendor and class of a spec's kind, which are only split, not checked.
 * @throws {CdiError} BAD_SPEC when the kind lacks either
 * @see Go cdi.GenerateNameForSpec
 */
export function generateNameForSpec(spec: Pick<Spec, 'kind'>): string {
  const { vendor, class: className } = splitKind(readOwnKind(spec));
  return generateSpecName(vendor, className);
}

/**
 * `generateTransientSpecName` with the vendor and class of a spec's kind, which are only split, not checked.
 * @throws {CdiError} BAD_SPEC when the kind lacks either
 * @see Go cdi.GenerateNameForTransientSpec
 */
export function generateNameForTransientSpec(spec: Pick<Spec, 'kind'>, transientID: string): string {
  const { vendor, class: className } = splitKind(readOwnKind(spec));
  return generateTransientSpecName(vendor, className, transientID);
}

/** What programs hand over in place of a spec has none. */
function readOwnKind(spec: Pick<Spec, 'kind'>): string {
  let kind: unknown;
  try {
    kind = Object(spec).kind;
  } catch {
    // it is none
  }
  demandText(kind, 'name the spec');
  return kind;
}

function splitKind(kind: string): { readonly vendor: string; readonly class: string } {
  const parts = parseQualifier(kind);
  if (parts.vendor !== '') return parts;
  const why = `kind ${quote(kind)} lacks a vendor or a class`;
  throw new CdiError('BAD_SPEC', { what: 'name the spec', why, hint: 'write it as vendor.com/class' });
}
