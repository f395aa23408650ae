// SHA-256 (FIPS 180-4) for hosts that have none of their own.

const LENGTH_BYTES = 8;
const BLOCK = 64;

/** Integer parts of 2^32 times the fractions of roots of the first primes: the standard's constants. */
function rootFractions(count: number, root: (prime: number) => number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes.map((prime) => ((root(prime) % 1) * 2 ** 32) | 0);
}

const ROUNDS = rootFractions(BLOCK, Math.cbrt);
const START = rootFractions(8, Math.sqrt);

/** The digest in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  const state = [...START];
  const padded = pad(bytes);
  const words: number[] = new Array(BLOCK).fill(0);
  for (let block = 0; block < padded.length; block += BLOCK)
    mix(state, words, new DataView(padded.buffer, block, BLOCK));
  return state.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

function pad(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array(Math.ceil((bytes.length + 1 + LENGTH_BYTES) / BLOCK) * BLOCK);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(padded.length - LENGTH_BYTES, BigInt(bytes.length) * 8n);
  return padded;
}

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

function mix(state: number[], words: number[], block: DataView): void {
  for (let i = 0; i < BLOCK; i++) {
    if (i < 16) {
      words[i] = block.getInt32(i * 4);
      continue;
    }
    const near = words[i - 2] ?? 0;
    const far = words[i - 15] ?? 0;
    const one = rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10);
    const two = rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3);
    words[i] = (one + (words[i - 7] ?? 0) + two + (words[i - 16] ?? 0)) | 0;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < BLOCK; i++) {
    const sumE = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + sumE + ((e & f) ^ (~e & g)) + (ROUNDS[i] ?? 0) + (words[i] ?? 0)) | 0;
    const sumA = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (sumA + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i] = ((state[i] ?? 0) + word) | 0;
}
