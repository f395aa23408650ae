// Writes the `overrides` of biome.json from the table of floors; with --check, only tells whether they are current.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import { execaSync } from 'execa';
import { below, FLOORS, NODE_SIDE, NOT_IN_THE_CORE } from './floors.ts';

const CONFIG = 'biome.json';

interface Override {
  readonly includes: readonly string[];
  readonly linter: { readonly rules: Record<string, Record<string, unknown>> };
}

/** For src/ as a whole: no printing, no default exports, no lists of re-exports but the library's own. */
function habits(): Override[] {
  return [
    {
      includes: ['src/**'],
      linter: {
        rules: {
          performance: { noBarrelFile: 'error' },
          style: { noDefaultExport: 'error' },
          suspicious: { noConsole: 'error' },
        },
      },
    },
    { includes: ['src/index.ts'], linter: { rules: { performance: { noBarrelFile: 'off' } } } },
    {
      includes: ['src/**', ...NODE_SIDE.map((glob) => `!${glob}`)],
      linter: {
        rules: {
          style: {
            noRestrictedGlobals: {
              level: 'error',
              options: {
                deniedGlobals: Object.fromEntries(
                  NOT_IN_THE_CORE.map((name) => [name, 'The core runs without Node: ask the Host instead.']),
                ),
              },
            },
          },
        },
      },
    },
  ];
}

/** One entry for each room. A later entry replaces the options of an earlier one, so each is complete. */
function walls(): Override[] {
  const overrides: Override[] = [];
  for (const [floor, rooms] of FLOORS.entries()) {
    for (const { name, packages = [], folders = [] } of rooms) {
      const here = name.endsWith('.ts') ? `src/${name}` : `src/${name}/**`;
      const nodeFiles = NODE_SIDE.filter((glob) => glob === here || glob.startsWith(`src/${name}/`));
      const onNode = nodeFiles.includes(here);
      overrides.push(wall(here, name, floor, packages, onNode, folders));
      for (const folder of folders) {
        overrides.push(wall(`src/${name}/${folder}/**`, name, floor, packages, onNode, folders, '../'));
      }
      for (const file of nodeFiles) if (file !== here) overrides.push(wall(file, name, floor, packages, true));
    }
  }
  return overrides;
}

/** @param up from the file's folder to its room */
function wall(
  here: string,
  name: string,
  floor: number,
  packages: readonly string[],
  onNode: boolean,
  folders: readonly string[] = [],
  up = '',
): Override {
  const lower = below(floor);
  const loose = name.endsWith('.ts');
  const own = loose
    ? []
    : ['./*', ...(up === '' ? [] : [`${up}*`]), ...folders.map((folder) => `${up || './'}${folder}/*`)];
  const allowed = [...own, ...lower.map((folder) => (loose ? `./${folder}/*` : `${up}../${folder}/*`))];
  const outside = [...packages, ...(onNode ? ['node:*'] : [])];
  const message =
    `${name} is on floor ${floor}: besides its own files it imports ` +
    `${lower.length === 0 ? 'no other folder' : `only ${lower.join(', ')}`}; ` +
    `from outside ${outside.length === 0 ? 'nothing' : outside.join(', ')}. The table is in scripts/floors.ts.`;
  // Everything is forbidden first ("**"), then what is allowed is taken out again.
  const group = ['**', ...[...allowed, ...outside].map((pattern) => `!${pattern}`)];
  return {
    includes: [here],
    linter: {
      rules: { style: { noRestrictedImports: { level: 'error', options: { patterns: [{ group, message }] } } } },
    },
  };
}

function main(): number {
  const config: Record<string, unknown> = JSON.parse(readFileSync(CONFIG, 'utf8'));
  const overrides = [...habits(), ...walls()];
  if (isDeepStrictEqual(config['overrides'], overrides)) return 0;
  if (process.argv.includes('--check')) {
    console.error(
      `cannot trust ${CONFIG}: its overrides differ from scripts/floors.ts; run node scripts/biome-floors.ts`,
    );
    return 1;
  }
  writeFileSync(CONFIG, `${JSON.stringify({ ...config, overrides }, undefined, 2)}\n`);
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
  const { failed } = execaSync(process.execPath, [biome, 'format', '--write', CONFIG], {
    reject: false,
    stdio: 'inherit',
  });
  return failed ? 1 : 0;
}

process.exitCode = main();
