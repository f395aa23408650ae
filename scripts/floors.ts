// The floors of src/: which folder may import from which. Biome's rules and the tests are made from this table.

/** One folder of src/ (or its only loose file), with what it may import from outside the project. */
interface Room {
  readonly name: string;
  /** npm packages that it may import */
  readonly packages?: readonly string[];
  /** folders inside it: with so many files, one level is not enough */
  readonly folders?: readonly string[];
}

/** Lowest first: a file imports from its own folder and from lower floors, never from a neighbour, never up. */
export const FLOORS: readonly (readonly Room[])[] = [
  [{ name: 'text' }],
  [{ name: 'host' }, { name: 'oci' }, { name: 'schema' }],
  [{ name: 'edits' }],
  [{ name: 'cdi' }],
  [{ name: 'registry' }, { name: 'bundle' }, { name: 'requests' }, { name: 'policy' }, { name: 'settings' }],
  [{ name: 'inject' }, { name: 'engines', packages: ['smol-toml', '@decimalturn/toml-patch'] }, { name: 'generate' }],
  [{ name: 'runtime' }, { name: 'library', packages: ['ajv', 'ajv/dist/2019.js', 'ajv/dist/2020.js'] }],
  [{ name: 'cli', folders: ['rows', 'commands', 'lint', 'doctor'] }, { name: 'index.ts' }],
];

/** What may use Node; everything else runs without it as well (and host/yaml.ts in browsers). */
export const NODE_SIDE: readonly string[] = [
  'src/host/node.ts',
  'src/host/yaml.ts',
  'src/cli/**',
  'src/library/**',
  'src/index.ts',
];

/** What the rest must not use: QuickJS has none of these. */
export const NOT_IN_THE_CORE: readonly string[] = [
  'Buffer',
  'Intl',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'console',
  'fetch',
  'performance',
  'process',
  'queueMicrotask',
  'require',
  'setImmediate',
  'setInterval',
  'setTimeout',
  'structuredClone',
];

/** The folders below a floor, lowest first. */
export function below(floor: number): string[] {
  return FLOORS.slice(0, floor).flatMap((rooms) => rooms.map((room) => room.name));
}
