// Builds dist/cdictl.js and dist/cdictl/: a program that runs on any Node from 20.19, with all that it needs inside.
// With --out FILE.js it goes there. Beside it: the terms of the packages that are inside.
import { copyFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build, type Plugin } from 'rolldown';
import { writeLicenses } from './licenses.ts';

/** What many commands share is one file: each costs a start more than the code of two commands too many in it. */
const FREQUENT = 14;
/** Another is what the lists and the settings need. */
const OF_LISTS =
  /\/src\/(?:cli\/(?:containers\/device-marks|devices\/filter|document\/(?:device-data|match-devices)|terminal\/(?:plural|table))|host\/user-folder|settings\/.*)\.ts$/;

/** gRPC is a part of its own: only the device plugin and `engine verify` load it. */
const OF_GRPC = /\/node_modules\/(?:@grpc|@js-sdsl|@?protobufjs|long)\//;

/** libyaml as the bytes that it is: as a text it is a third of what a start reads and checks. */
const libyamlAsFile: Plugin = {
  name: 'libyaml as a file',
  transform: {
    filter: { id: /\/src\/host\/libyaml\.ts$/ },
    handler(code) {
      const [, base64 = ''] = /'(.*)'/.exec(code) ?? [];
      const fileName = 'libyaml.wasm';
      this.emitFile({ type: 'asset', fileName, source: Buffer.from(base64, 'base64') });
      const read = `readFileSync(new URL('${fileName}', import.meta.url))`;
      return { code: `import { readFileSync } from 'node:fs';\nexport const LIBYAML = ${read};`, map: null };
    },
  },
};

/** Logs that go through threads: those would need files of their own, and no one asks for them. */
const noThreadedLogs: Plugin = {
  name: 'no threaded logs',
  load: { filter: { id: /\/pino\/lib\/transport\.js$/ }, handler: () => 'module.exports = undefined;' },
};

/** What the packages of the device plugin load and it never calls: a reader of .proto files, figures of the process. */
const noUnusedParts: Plugin = {
  name: 'no unused parts',
  load: {
    filter: {
      id: /\/@grpc\/proto-loader\/|\/prom-client\/lib\/(?:bucketGenerators|cluster|defaultMetrics|histogram|metricAggregators|pushgateway|summary)\.js$/,
    },
    handler: () => 'module.exports = {};',
  },
};

/** A copy of all that a module of Node has, with a getter for each, which no one needs who only asks for its members. */
const noCopiesOfNode: Plugin = {
  name: 'no copies of modules of Node',
  renderChunk: (code) => ({
    code: code.replace(/^(node_\w+) = \w+\.__toESM\(\1, 1\);$/gm, (copy, name) =>
      code.includes(`${name}.default`) ? copy : '',
    ),
    map: null,
  }),
};

const PROGRAM = `#!/usr/bin/env node
import { createRequire } from 'node:module';
createRequire(import.meta.url)('./cdictl/start.cjs');
`;

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({ options: { out: { type: 'string' } } });
const stem = resolve((values.out ?? join(root, 'dist/cdictl.js')).replace(/\.js$/, ''));

const { output } = await build({
  cwd: root,
  input: { start: 'src/cli/start/start.ts', main: 'src/cli/main.ts' },
  platform: 'node',
  plugins: [libyamlAsFile, noThreadedLogs, noUnusedParts, noCopiesOfNode],
  tsconfig: false,
  transform: { target: 'node20.19' },
  output: {
    dir: stem,
    cleanDir: true,
    // Modules in Node's own form cost each start 10 ms more.
    format: 'cjs',
    // The names stay from build to build, so that a cache has no old ones.
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    codeSplitting: {
      groups: [
        { name: 'lists', test: OF_LISTS },
        { name: 'grpc', test: OF_GRPC },
        { name: 'shared', minShareCount: FREQUENT },
      ],
    },
    comments: false,
    minifyInternalExports: false,
    // Names stay, for whoever sees an uncaught error; its lines are in the maps.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    sourcemap: true,
  },
});
const files = output.flatMap((file) => (file.type === 'chunk' ? [file] : []));
writeFileSync(`${stem}.js`, PROGRAM, { mode: 0o755 });
for (const page of ['errors.md', 'lint.md']) copyFileSync(join(root, 'docs', page), join(stem, page));
writeFileSync(
  `${stem}.licenses.txt`,
  writeLicenses(
    'cdictl',
    files.flatMap(({ moduleIds }) => moduleIds),
  ),
);
const size = files.reduce((sum, { fileName }) => sum + statSync(join(stem, fileName)).size, 0);
console.log(`${relative(root, stem)}.js and ${files.length} parts: ${size} bytes`);
