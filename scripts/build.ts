// npm run build: the library, cdictl and the shim; or the parts that are named behind it.
import { resolve } from 'node:path';
import { execa } from 'execa';

const root = resolve(import.meta.dirname, '..');

/** By the word for a part: the commands that make it, one after the other. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  library: ['node scripts/clean.ts', 'tsc -b src'],
  cdictl: ['node scripts/build-cdictl.ts', 'node scripts/man-pages.ts'],
  shim: ['node scripts/build-shim.ts'],
  web: ['node scripts/build-web.ts', 'npm run -s build -w tools/api-reference'],
  yaml: ['node scripts/build-libyaml.ts'],
  schema: ['node scripts/build-validators.ts'],
};
const DEFAULT = ['library', 'cdictl', 'shim'];

async function build(names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => PARTS[name] === undefined);
  if (unknown !== undefined)
    throw new Error(`cannot build "${unknown}": there is no such part; name ${Object.keys(PARTS).join(', ')}`);
  for (const command of names.flatMap((name) => PARTS[name] ?? [])) {
    const [program = '', ...args] = command.split(' ');
    await execa(program, args, { cwd: root, preferLocal: true, stdio: 'inherit' });
  }
}

const names = process.argv.slice(2);
try {
  await build(names.length > 0 ? names : DEFAULT);
} catch (error) {
  // A part that fails has said why.
  if (!(error instanceof Error && 'exitCode' in error)) console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
