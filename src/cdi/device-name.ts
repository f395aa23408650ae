// Qualified device names, vendor/class=name: split, check, compose.
import { demandText } from '../text/demand-text.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';

/** The parts of a qualified name, or of what looks like one. */
export interface DeviceParts {
  /** who makes the device: `vendor.com`; letters, digits and `_-.`. CDI "Kind" */
  readonly vendor: string;
  /** what sort of device it is: `gpu`; letters, digits and `_-.`. CDI "Kind" */
  readonly class: string;
  /** which one it is, unlike any other of its vendor and class: `0`; letters, digits and `_-.:`. CDI "CDI Devices" */
  readonly name: string;
}

/** What is wrong, and what to do about it, as a `CdiError` takes them. */
export interface Fault {
  readonly why: string;
  readonly hint: string;
}

// Per part: whether a digit may come first, and whether a colon may stand inside like `. _ -`.
const RULES = {
  vendor: { digitFirst: false, colon: false },
  class: { digitFirst: false, colon: false },
  'device name': { digitFirst: true, colon: true },
  'annotation name': { digitFirst: true, colon: false },
} as const;

/**
 * Splits a fully qualified device name, `vendor.com/class=name`, and checks its parts.
 * @throws {CdiError} BAD_DEVICE_NAME when a part is missing or has a character that it may not have
 * @see CDI "Kind", "CDI Devices"; Go parser.ParseQualifiedName
 */
export function parseQualifiedName(device: string): DeviceParts {
  const fault = findQualifiedNameFault(device);
  if (fault !== undefined) throw new CdiError('BAD_DEVICE_NAME', { what: `parse device ${quote(device)}`, ...fault });
  return parseDevice(device);
}

/** Whether `parseQualifiedName` takes a name. Go parser.IsQualifiedName. */
export function isQualifiedName(device: string): boolean {
  return findQualifiedNameFault(device) === undefined;
}

/**
 * Splits at the first `=` and the first `/` before it, without any check of the parts.
 * @returns vendor and class empty and the input as the name when a part is missing. Go parser.ParseDevice
 */
export function parseDevice(device: string): DeviceParts {
  demandText(device, 'read a device name');
  const equals = device.indexOf('=');
  const slash = device.indexOf('/');
  if (slash <= 0 || slash >= equals - 1 || equals === device.length - 1) return { vendor: '', class: '', name: device };
  return { vendor: device.slice(0, slash), class: device.slice(slash + 1, equals), name: device.slice(equals + 1) };
}

/**
 * Splits a kind, `vendor.com/class`, at the first `/`, without any check of the parts.
 * @returns an empty vendor and the input as the class when either side is missing. Go parser.ParseQualifier
 */
export function parseQualifier(kind: string): Omit<DeviceParts, 'name'> {
  demandText(kind, 'read a kind');
  const slash = kind.indexOf('/');
  if (slash <= 0 || slash === kind.length - 1) return { vendor: '', class: kind };
  return { vendor: kind.slice(0, slash), class: kind.slice(slash + 1) };
}

/** In the order of people: `0` before `10`, and both before a UUID. In names are only letters of ASCII. */
export function compareNames(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : Number(a > b));
}

/** Joins the parts as they are: `vendor/class=name`. Go parser.QualifiedName. */
export function qualifiedName(vendor: string, className: string, name: string): string {
  return `${vendor}/${className}=${name}`;
}

/**
 * Checks a vendor: ASCII letters, digits and `. _ -`, a letter first, a letter or digit last, of any length.
 * @throws {CdiError} BAD_DEVICE_NAME. CDI "Kind"; Go parser.ValidateVendorName
 */
export function validateVendorName(vendor: string): void {
  refuse('vendor', vendor);
}

/** Checks a class, with the rules, error and clause of `validateVendorName`. Go parser.ValidateClassName. */
export function validateClassName(className: string): void {
  refuse('class', className);
}

/** Checks the name of a device: like a vendor, but with `:` inside and a digit first. Go parser.ValidateDeviceName. */
export function validateDeviceName(name: string): void {
  refuse('device name', name);
}

/** Whether a text is one ASCII letter. Go parser.IsLetter. */
export function isLetter(character: string): boolean {
  return character.length === 1 && ((character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z'));
}

/** Whether a text is one ASCII digit. Go parser.IsDigit. */
export function isDigit(character: string): boolean {
  return character.length === 1 && character >= '0' && character <= '9';
}

/** Whether a text is one ASCII letter or digit. Go parser.IsAlphaNumeric. */
export function isAlphaNumeric(character: string): boolean {
  return isLetter(character) || isDigit(character);
}

/** Why a device name is no qualified one; `why` calls the device "it". */
export function findQualifiedNameFault(device: string): Fault | undefined {
  const { vendor, class: className, name } = parseDevice(device);
  if (vendor === '') return { why: explainMissingPart(device), hint: 'write it as vendor.com/class=name' };
  return findNameFault('vendor', vendor) ?? findNameFault('class', className) ?? findNameFault('device name', name);
}

/** What is wrong with one part of a name. */
export function findNameFault(part: keyof typeof RULES, text: string): Fault | undefined {
  demandText(text, `read a ${part}`);
  const rule = RULES[part];
  const last = text.length - 1;
  if (last < 0) return { why: `the ${part} is empty`, hint: writeHint(part) };
  for (let i = 0; i <= last; i += 1) {
    const code = text.charCodeAt(i);
    // Spelled out, as a call per character would take longer than all else in an interpreter.
    if ((code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a)) continue;
    if (code >= 0x30 && code <= 0x39 && (i > 0 || rule.digitFirst)) continue;
    const mark = code === 0x2d || code === 0x2e || code === 0x5f || (code === 0x3a && rule.colon);
    if (mark && i > 0 && i < last) continue;
    const character = code === 0x20 ? 'a space' : quote(String.fromCodePoint(text.codePointAt(i) ?? 0));
    const verb = i === 0 ? 'starts with' : i === last ? 'ends with' : 'contains';
    return { why: `${part} ${quote(text)} ${verb} ${character}`, hint: writeHint(part) };
  }
  return undefined;
}

function writeHint(part: keyof typeof RULES): string {
  const { digitFirst, colon } = RULES[part];
  const ends = digitFirst ? 'a letter or digit first and last' : 'a letter first and a letter or digit last';
  return `use ASCII letters, digits and . _ -${colon ? ' :' : ''} with ${ends}`;
}

function refuse(part: keyof typeof RULES, text: string): void {
  const fault = findNameFault(part, text);
  if (fault !== undefined) throw new CdiError('BAD_DEVICE_NAME', { what: `accept the ${part}`, ...fault });
}

function explainMissingPart(device: string): string {
  const equals = device.indexOf('=');
  if (equals < 0) return 'it has no "="';
  if (equals === device.length - 1) return 'it has no name after the "="';
  if (!device.slice(0, equals).includes('/')) return 'it has no "/" before the "="';
  return device.startsWith('/') ? 'it has no vendor before the "/"' : 'it has no class after the "/"';
}
