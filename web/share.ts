// A case as the fragment of an address, and back: packed, so that a link has room for it.
import { isHostPicture } from '../src/host/host-picture.ts';
import type { Case, SpecInput } from './case.ts';

/** What follows it is of this form; another form gets another word. */
const MARK = '#case1=';

export async function writeFragment(given: Case): Promise<string> {
  const packed = await pass(new TextEncoder().encode(JSON.stringify(given)), new CompressionStream('deflate-raw'));
  let letters = '';
  for (const byte of packed) letters += String.fromCharCode(byte);
  return MARK + btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @returns undefined for what is no case: anybody may have written the address */
export async function readFragment(fragment: string): Promise<Case | undefined> {
  if (!fragment.startsWith(MARK)) return undefined;
  try {
    const letters = atob(fragment.slice(MARK.length).replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
    const text = new TextDecoder().decode(await pass(bytes, new DecompressionStream('deflate-raw')));
    const value: unknown = JSON.parse(text);
    return isCase(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

async function pass(bytes: Uint8Array<ArrayBuffer>, through: GenericTransformStream): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(through);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function isCase(value: unknown): value is Case {
  const { specs, config, settings, host }: Partial<Case> = Object(value);
  return (
    Array.isArray(specs) &&
    specs.every(isSpecInput) &&
    typeof config === 'string' &&
    typeof settings === 'string' &&
    (host === 'complete' || host === 'bare' || isHostPicture(host))
  );
}

function isSpecInput(value: unknown): value is SpecInput {
  const { name, text }: Partial<SpecInput> = Object(value);
  return typeof name === 'string' && typeof text === 'string';
}
