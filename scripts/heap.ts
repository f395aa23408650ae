// The heap of an engine that has loaded the core, so that a program holds it: made at two places, to be moved to any place.

/**
 * Where shim/make-heap.c puts it. QuickJS keeps one thing that it works out from addresses, the hashes of shapes: they
 * are equal at both (0x9e370001 times the difference of the lower halves, and that of the upper ones, add up to 0).
 */
export const PLACES: readonly [string, string] = ['2010000008', '102c900018'];

/** Where the engine's stack begins and ends, which each start says anew. */
const STACK_ADDRESSES = 2;
const STACK_BYTES = 1n << 21n;

/** As shim/heap.c takes them. */
export interface Heap {
  readonly image: BigUint64Array;
  /** a bit for each word of it that is one of its addresses */
  readonly addresses: BigUint64Array;
  /** the words that are addresses of the program */
  readonly programAddresses: Uint32Array;
}

export const NO_HEAP: Heap = {
  image: new BigUint64Array(),
  addresses: new BigUint64Array(),
  programAddresses: new Uint32Array(),
};

export function isAsLarge(one: Heap, other: Heap): boolean {
  return one.image.length === other.image.length && one.programAddresses.length === other.programAddresses.length;
}

/** In a section of its own, read-only. */
export function writeAssembly({ image, addresses, programAddresses }: Heap): string {
  return `.section .rodata.heap, "a", %progbits
.globl heap_image, heap_image_end, heap_addresses, program_addresses, program_addresses_end
.balign 16
heap_image:
${writeNumbers('.quad', image)}heap_image_end:
heap_addresses:
${writeNumbers('.quad', addresses)}program_addresses:
${writeNumbers('.long', programAddresses)}program_addresses_end:
.section .note.GNU-stack, "", %progbits
`;
}

function writeNumbers(directive: string, numbers: Iterable<bigint | number>): string {
  return Array.from(numbers, (number) => `${directive} ${number}\n`).join('');
}

/**
 * A word that is equal at both places is no address. One that is as far from the heap's begin at both, or from the
 * program's, is one. Anything else cannot be moved.
 *
 * @throws {Error}
 */
export function joinHeaps(first: Uint8Array, second: Uint8Array): Heap {
  const [one, other] = [readMade(first), readMade(second)];
  // Else its addresses would look like numbers.
  if (one.program === other.program) throw refuse('the program has the same address twice; do not switch ASLR off');
  if (one.words.length !== other.words.length) throw refuse('its size depends on where it is');
  const image = one.words.slice();
  const addresses = new BigUint64Array(Math.ceil(image.length / 64));
  const programAddresses: number[] = [];
  const heapEnd = one.heap + BigInt(image.byteLength);
  let stackAddresses = 0;
  for (const [i, word] of one.words.entries()) {
    const twin = other.words[i] ?? 0n;
    if (word === twin) continue;
    if (word - one.heap === twin - other.heap && word >= one.heap && word <= heapEnd) {
      image[i] = word - one.heap;
      addresses[i >> 6] = (addresses[i >> 6] ?? 0n) | (1n << BigInt(i & 63));
    } else if (word - one.program === twin - other.program && word >= one.program && word <= one.programEnd) {
      image[i] = word - one.program;
      programAddresses.push(i);
    } else if (isNear(word, one.stack) && isNear(twin, other.stack)) {
      image[i] = 0n;
      stackAddresses++;
    } else {
      throw refuse(`word ${i} of its heap is 0x${word.toString(16)} at one place, 0x${twin.toString(16)} at another`);
    }
  }
  if (stackAddresses > STACK_ADDRESSES) throw refuse(`${stackAddresses} words of its heap are addresses of the stack`);
  return { image, addresses, programAddresses: Uint32Array.from(programAddresses) };
}

function refuse(why: string): Error {
  return new Error(`cannot keep the core: ${why}`);
}

interface Made {
  readonly heap: bigint;
  readonly program: bigint;
  readonly programEnd: bigint;
  readonly stack: bigint;
  readonly words: BigUint64Array;
}

function readMade(bytes: Uint8Array): Made {
  const [heap = 0n, program = 0n, programEnd = 0n, stack = 0n, ...rest] = new BigUint64Array(bytes.slice().buffer);
  return { heap, program, programEnd, stack, words: BigUint64Array.from(rest) };
}

function isNear(address: bigint, stack: bigint): boolean {
  return address > stack - STACK_BYTES && address < stack + STACK_BYTES;
}
