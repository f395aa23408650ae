// What a YAML scalar means, by the rules of YAML 1.1 as the Go CDI library reads them (corpus NOTES 3 to 8).

/** A number with a point or an exponent, apart from whole numbers, which are `number` or `bigint`. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** `number` is always a safe whole number; others up to 64 bits are bigints. */
export type Scalar = null | boolean | string | number | bigint | Float;

/** The reason why a scalar does not fit its tag. */
export interface Misfit {
  readonly misfit: string;
}

const NAN = new Float(Number.NaN);
const INFINITE = new Float(Infinity);
const NEGATIVE = new Float(-Infinity);

// A plain literal, since the shim builds it again at each start.
const WORDS: Readonly<Record<string, Scalar>> = {
  __proto__: null,
  y: true,
  Y: true,
  yes: true,
  Yes: true,
  YES: true,
  true: true,
  True: true,
  TRUE: true,
  on: true,
  On: true,
  ON: true,
  n: false,
  N: false,
  no: false,
  No: false,
  NO: false,
  false: false,
  False: false,
  FALSE: false,
  off: false,
  Off: false,
  OFF: false,
  '': null,
  '~': null,
  null: null,
  Null: null,
  NULL: null,
  '.nan': NAN,
  '.NaN': NAN,
  '.NAN': NAN,
  '.inf': INFINITE,
  '.Inf': INFINITE,
  '.INF': INFINITE,
  '+.inf': INFINITE,
  '+.Inf': INFINITE,
  '+.INF': INFINITE,
  '-.inf': NEGATIVE,
  '-.Inf': NEGATIVE,
  '-.INF': NEGATIVE,
};

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

/** The meaning of a scalar without a tag and without quotes. */
export function readPlainScalar(text: string): Scalar {
  const word = WORDS[text];
  if (word !== undefined) return word;
  const first = text.charCodeAt(0);
  if (first === 0x2e) return readDotFloat(text);
  const numeric = (first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d;
  return numeric ? readNumber(text) : text;
}

/** Go's ParseFloat for what begins with a point: underscores only between digits, and within range. */
function readDotFloat(text: string): Scalar {
  if (!/^\.\d+(_\d+)*([eE][-+]?\d+(_\d+)*)?$/.test(text)) return text;
  const value = Number(text.replaceAll('_', ''));
  return Number.isFinite(value) ? new Float(value) : text;
}

function readNumber(text: string): Scalar {
  // Most numbers are spelled as they would be again, and need no second look.
  const number = Number(text);
  if (Number.isSafeInteger(number) && String(number) === text) return number;
  const bare = text.includes('_') ? text.replaceAll('_', '') : text;
  const whole = readWholeNumber(bare);
  if (whole !== undefined) return whole;
  if (!/^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/.test(bare)) return text;
  const value = Number(bare);
  return Number.isFinite(value) ? new Float(value) : text;
}

const RADIX: Readonly<Record<string, { readonly digits: RegExp; readonly prefix: string }>> = {
  x: { digits: /^[0-9a-fA-F]+$/, prefix: '0x' },
  o: { digits: /^[0-7]+$/, prefix: '0o' },
  b: { digits: /^[01]+$/, prefix: '0b' },
};

/** A whole number by Go's base prefixes, if it fits 64 bits (unsigned only without a sign). */
function readWholeNumber(spelled: string): number | bigint | undefined {
  // Go takes a sign behind this prefix as well: 0b-1.
  const text = /^0b[-+]/.test(spelled) ? `${spelled[2]}0b${spelled.slice(3)}` : spelled;
  const sign = text[0] === '-' || text[0] === '+' ? text[0] : '';
  const unsigned = text.slice(sign.length);
  const letter = unsigned[0] === '0' ? (unsigned[1] ?? '').toLowerCase() : '';
  const radix = RADIX[letter];
  let prefix = '';
  let digits = unsigned;
  if (radix !== undefined) {
    digits = unsigned.slice(2);
    if (!radix.digits.test(digits)) return undefined;
    prefix = radix.prefix;
  } else if (unsigned.length > 1 && unsigned[0] === '0') {
    if (!/^[0-7]+$/.test(unsigned)) return undefined;
    prefix = '0o';
  } else if (!/^\d+$/.test(unsigned)) {
    return undefined;
  }
  digits = digits.replace(/^0+(?=.)/, '');
  // 64 binary digits are the longest spelling: beyond, no BigInt is made of outside text.
  if (digits.length > 64) return undefined;
  if (prefix === '' && digits.length < 16) return sign === '-' ? 0 - Number(digits) : Number(digits);
  const magnitude = BigInt(prefix + digits);
  const value = sign === '-' ? -magnitude : magnitude;
  if (value < INT64_MIN || value > (sign === '' ? UINT64_MAX : INT64_MAX)) return undefined;
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

const TAG = 'tag:yaml.org,2002:';

/** The meaning of a scalar with an explicit tag; unknown tags leave the text as it is. */
export function readTaggedScalar(tag: string, text: string): Scalar | Misfit {
  const name = tag.startsWith(TAG) ? tag.slice(TAG.length) : '';
  if (name === 'binary') return decodeBinary(text);
  if (!['null', 'bool', 'int', 'float', 'timestamp'].includes(name)) return text;
  const value = readPlainScalar(text);
  // Go has no float for a whole number that only fits 64 bits without a sign.
  const isSigned = typeof value === 'number' || (typeof value === 'bigint' && value <= INT64_MAX);
  if (name === 'float' && isSigned) return new Float(Number(value));
  if (name === 'timestamp' ? isTimestamp(text) : nameType(value) === name) return value;
  return { misfit: `is tagged !!${name}, but is no such value` };
}

/** Tells a misfit from a scalar. */
export function isMisfit(value: Scalar | Misfit): value is Misfit {
  return typeof value === 'object' && value !== null && 'misfit' in value;
}

function nameType(value: Scalar): string {
  if (value === null) return 'null';
  if (value instanceof Float) return 'float';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'str' : 'int';
}

function isTimestamp(text: string): boolean {
  const form =
    /^(\d{4})-(\d{1,2})-(\d{1,2})(?:([Tt ])(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(Z|[-+]\d{2}:\d{2})?)?$/.exec(text);
  if (form === null) return false;
  const [year = 0, month = 0, day = 0] = form.slice(1, 4).map(Number);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  if (days === undefined || day < 1 || day > days) return false;
  const separator = form[4];
  if (separator === undefined) return true;
  const [hour = 0, minute = 0, second = 0] = form.slice(5, 8).map(Number);
  if (hour > 23 || minute > 59 || second > 59) return false;
  return (separator === ' ') === (form[8] === undefined);
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Standard base64 to text; bytes that are not UTF-8 become U+FFFD, as in Go's JSON. */
function decodeBinary(text: string): string | Misfit {
  const bare = text.replace(/[\r\n]/g, '');
  const misfit = { misfit: 'is tagged !!binary, but is not base64' };
  if (bare.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(bare)) return misfit;
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const character of bare.replace(/=+$/, '')) {
    held = ((held << 6) | BASE64.indexOf(character)) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  return decodeUtf8(bytes);
}

function decodeUtf8(bytes: readonly number[]): string {
  let out = '';
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i] ?? 0;
    const more =
      first < 0x80
        ? 0
        : first >= 0xc2 && first < 0xe0
          ? 1
          : first >= 0xe0 && first < 0xf0
            ? 2
            : first >= 0xf0 && first < 0xf5
              ? 3
              : -1;
    let code = more <= 0 ? first : first & (0x3f >> more);
    let good = more >= 0;
    for (let k = 1; good && k <= more; k++) {
      const next = bytes[i + k] ?? 0;
      good = (next & 0xc0) === 0x80;
      code = (code << 6) | (next & 0x3f);
    }
    good &&= !(more === 2 && code < 0x800) && !(more === 3 && (code < 0x10000 || code > 0x10ffff));
    good &&= code < 0xd800 || code > 0xdfff || more < 2;
    out += good ? String.fromCodePoint(code) : '\ufffd';
    i += good ? more + 1 : 1;
  }
  return out;
}

/** Go's `strconv.FormatFloat(value, 'g', -1, 32)`: how a float reads where a text is wanted. */
export function writeFloat(value: number): string {
  const single = Math.fround(value);
  if (Number.isNaN(single)) return 'NaN';
  if (!Number.isFinite(single)) return single > 0 ? '+Inf' : '-Inf';
  if (single === 0) return Object.is(single, -0) ? '-0' : '0';
  let digits = 1;
  while (digits < 17 && Math.fround(Number(single.toExponential(digits - 1))) !== single) digits++;
  let text = single.toExponential(digits - 1);
  const longer = single.toExponential(digits);
  // Halfway between two, Go takes the even one, JavaScript the larger.
  if (longer.includes('5e') && Number(longer) === single && /[13579]e/.test(text)) {
    const lower = longer.replace('5e', 'e');
    if (Math.fround(Number(lower)) === single) text = lower;
  }
  const [mantissa = '', power = '0'] = text.split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(Number(`${mantissa}e${power}`));
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** How Go's JSON writes a float; undefined for what JSON has no spelling for. */
export function writeJsonFloat(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  return Object.is(value, -0) ? '-0' : String(value);
}
