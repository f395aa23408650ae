// What is kept of a heap that was made at two places: addresses, and nothing else that depends on the place.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinHeaps, writeAssembly } from '../../scripts/heap.ts';

/** As shim/make-heap.c writes it: places, then words. */
interface Place {
  readonly heap: bigint;
  readonly program: bigint;
  readonly stack: bigint;
}
const ONE: Place = { heap: 0x2010000008n, program: 0x550000000000n, stack: 0x7ff000000000n };
const OTHER: Place = { heap: 0x102c900018n, program: 0x560000123000n, stack: 0x7ff800000000n };

function made({ heap, program, stack }: Place, words: readonly bigint[]): Uint8Array {
  return new Uint8Array(BigUint64Array.of(heap, program, program + 0x1000n, stack, ...words).buffer);
}

/** A heap whose words follow from its place. */
function join(words: (place: Place) => readonly bigint[], other: Place = OTHER): ReturnType<typeof joinHeaps> {
  return joinHeaps(made(ONE, words(ONE)), made(other, words(other)));
}

test('addresses of the heap and of the program are marked, the rest stays', () => {
  const numbers = Array.from({ length: 64 }, (_, i) => BigInt(i));
  const { image, addresses, programAddresses } = join(({ heap, program, stack }) => [
    ...[heap, 5n, program + 7n, stack - 8n, heap + 3n],
    ...numbers,
    ...[ONE.heap, heap + 16n, program + 0x1000n],
  ]);
  assert.deepEqual([...image], [0n, 5n, 7n, 0n, 3n, ...numbers, ONE.heap, 16n, 0x1000n]);
  assert.deepEqual([...addresses], [0b10001n, 1n << 6n]);
  assert.deepEqual([...programAddresses], [2, 71]);
});

test('the assembly has a bit for each word, and the numbers of those of the program', () => {
  const text = writeAssembly(join(({ heap, program }) => [heap + 8n, program, 9n]));
  assert.match(text, /^heap_image:\n\.quad 8\n\.quad 0\n\.quad 9\nheap_image_end:\nheap_addresses:\n\.quad 1\n/m);
  assert.match(text, /^program_addresses:\n\.long 1\nprogram_addresses_end:$/m);
});

for (const [what, words, message] of [
  ['a hash of an address', ({ heap }: Place) => [0n, heap * 3n], /word 1 of its heap is 0x6030000018 at one place, 0x/],
  ['half an address', ({ heap }: Place) => [heap & 0xffffffffn], /word 0 of its heap is 0x10000008 at one place/],
  ['an address beyond the heap', ({ heap }: Place) => [heap + 9n], /word 0 of its heap/],
  ['an address before the program', ({ program }: Place) => [program - 1n], /word 0 of its heap/],
  ['an address of something else', ({ heap, program }: Place) => [heap + program], /word 0 of its heap/],
  ['a third address of the stack', ({ stack }: Place) => [stack, stack, stack], /3 words .* addresses of the stack/],
  ['a word that is not always there', ({ heap }: Place) => (heap === ONE.heap ? [0n] : []), /its size depends on/],
] as const)
  test(`refused: ${what}`, () => {
    assert.throws(() => join(words), { message: new RegExp(`^cannot keep the core: .*${message.source}`) });
  });

test('refused: a program that was at one place twice, so that its addresses look like numbers', () => {
  assert.throws(() => join(({ program }) => [program], { ...OTHER, program: ONE.program }), /do not switch ASLR off$/);
});
