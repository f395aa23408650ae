// What a validator finds, in plain words.
import { quote } from '../text/quote.ts';
import { Numeral } from './numeral.ts';
import { type FieldPath, findValue, isFields, isList, type Value } from './value.ts';

/** One rule that a document breaks. */
export interface Violation {
  /** empty: the document as a whole */
  readonly field: FieldPath;
  /** to follow the field and a colon */
  readonly why: string;
  /** what to do about it */
  readonly hint?: string | undefined;
}

/** An error of ajv, as far as we look at it. */
export interface ValidatorError {
  /** a JSON pointer */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string | undefined;
}

interface Words {
  readonly why: string;
  readonly hint?: string | undefined;
  /** the field in the value that the pointer leads to, where it is about one */
  readonly field?: unknown;
}

/** What the schema's types are called. */
const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  null: 'nothing',
  number: 'a number',
  object: 'a mapping',
  string: 'a text',
};

type Explain = (params: Readonly<Record<string, unknown>>, found: Value | undefined) => Words;

const RULES: Readonly<Record<string, Explain>> = {
  additionalProperties: (params) => ({
    why: 'the field is unknown',
    hint: 'remove it',
    field: params['additionalProperty'],
  }),
  maximum: (params, found) => ({
    why: `${describe(found)} is too large`,
    hint: `use at most ${describeLimit(params['limit'])}`,
  }),
  minimum: (params, found) => ({
    why: `${describe(found)} is too small`,
    hint: `use at least ${describeLimit(params['limit'])}`,
  }),
  required: (params) => ({ why: 'the field is missing', hint: 'add it', field: params['missingProperty'] }),
  type: (params, found) => {
    const types = [params['type']].flat().map((type) => TYPES[String(type)] ?? String(type));
    const isBare = types.includes('a text') && (found instanceof Numeral || typeof found === 'boolean');
    return {
      why: `${describe(found)} stands where ${types.join(' or ')} is needed`,
      hint: isBare ? 'put it in quotes' : undefined,
    };
  },
};

/** Translates what ajv found in a document. */
export function describeViolation(finding: ValidatorError, document: Value): Violation {
  const { instancePath, keyword, params, message } = finding;
  const path = parsePointer(instancePath, document);
  const found = findValue(document, path);
  const explain = Object.hasOwn(RULES, keyword) ? RULES[keyword] : undefined;
  if (explain === undefined)
    return { field: path, why: `${describe(found)} ${message ?? `breaks the rule ${keyword}`}` };
  const { why, hint, field } = explain(params, found);
  return { field: typeof field === 'string' ? [...path, field] : path, why, hint };
}

/** `devices[0].annotations["bad key"]` */
export function writeFieldName(path: FieldPath): string {
  const steps = path.map((step, index) => {
    if (typeof step === 'number') return `[${step}]`;
    if (!/^[A-Za-z_]\w*$/.test(step)) return `[${quote(step)}]`;
    return index === 0 ? step : `.${step}`;
  });
  return steps.join('');
}

/** A value for a message. */
export function describe(value: Value | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return `the text ${quote(value)}`;
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Numeral) return value.text.length > 40 ? `${value.text.slice(0, 40)}…` : value.text;
  return isList(value) ? 'a list' : 'a mapping';
}

/** The steps of a JSON pointer; those into a list become numbers. */
function parsePointer(pointer: string, document: Value): FieldPath {
  const path: (string | number)[] = [];
  for (const token of pointer.split('/').slice(1)) {
    const step = token.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(isFields(findValue(document, path)) ? step : Number(step));
  }
  return path;
}

/** The bounds of 64-bit numbers as they are, not as JavaScript rounds them. */
function describeLimit(value: unknown): string {
  if (value === 2 ** 63) return '9223372036854775807';
  if (value === -(2 ** 63)) return '-9223372036854775808';
  return value === 2 ** 64 ? '18446744073709551615' : String(value);
}
