// A container that asks for nothing is never refused, and its document never touched, whatever its bytes.
import assert from 'node:assert/strict';
import { appendFileSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { fileState } from '../support/file-state.ts';
import { runShim } from '../support/run-shim.ts';
import { type SmallHost, smallHost } from '../support/small-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const runc = compile('fake-runc', folder);
const [crun, newCrun, oldestCrun] = ['fake-crun', 'new-crun', 'strange-crun'].map((name) =>
  compile('fake-runc', folder, name),
);
const other = compile('fake-runc', folder, 'other-runtime');
// As `crun --version` prints it: which reader the program was built with.
if (crun !== undefined) appendFileSync(crun, '\0+SYSTEMD +YAJL\n\0');
if (newCrun !== undefined) appendFileSync(newCrun, '\0+SYSTEMD +JSON_C\n\0');
const RUNTIMES = { runc, crun, 'a new crun': newCrun, 'a crun that says nothing': oldestCrun, other };

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
/** The words by which the bytes alone look as if they asked. */
const WORDS = '"args":["sh","CDI_DEVICES=x","cdi.k8s.io\\/x","\\u0041"]';
const PROCESS = `"process":{${WORDS},"env":["A=1"]}`;
/** They ask at the right place, but for nothing. */
const EMPTY = `"process":{${WORDS},"env":["CDI_DEVICES=", "CDI_DEVICES=vendor.com/gpu=gpu0", "CDI_DEVICES="]}`;
const SANDBOX = '"cdi.k8s.io/x":"vendor.com/gpu=gpu0","io.kubernetes.cri.container-type":"sandbox"';

const silent: readonly (readonly [title: string, document: string | Buffer])[] = [
  ['the words in an argument', `{${PROCESS}}`],
  ['the words in a value', '{"annotations":{"a":"cdi.k8s.io/x","b":"CDI_DEVICES=x"}}'],
  ['the words in a variable', '{"process":{"env":["A=CDI_DEVICES=x","B=cdi.k8s.io/x","CDI_DEVICES"]}}'],
  ['a variable of a longer name', '{"process":{"env":["MY_CDI_DEVICES=x","CDI_DEVICES_OF=x"]}}'],
  ['a key of another prefix', '{"annotations":{"x.cdi.k8s.io/x":"","cdi.k8s.io":""}}'],
  ['an annotation that is null', '{"annotations":{"cdi.k8s.io/x":null}}'],
  ['an empty variable', `{${EMPTY}}`],
  ['a sandbox', `{"annotations":{${SANDBOX}}}`],
];
const forms: readonly (readonly [title: string, make: (members: string) => string | Buffer])[] = [
  ['plain', (members) => members],
  ['an annotation twice', (members) => `{"annotations":{"a":"1","a":"2"},${members.slice(1)}`],
  ['Env beside env', (members) => members.replace('"env"', '"Env":["A=2"],"env"')],
  ['env beside Env', (members) => members.replace('"env"', '"Env":[],"env":["A=2"],"ENV"')],
  ['a section twice', (members) => `{"process":{},"Process":null,"mounts":[],"mounts":[],${members.slice(1)}`],
  ['members twice', (members) => `{"x":1,"x":2,"X":3,${members.slice(1)}`],
  ['cpu and CPU', (members) => `{"linux":{"resources":{"cpu":{},"CPU":{}}},${members.slice(1)}`],
  ['201 levels', (members) => `{"x":${'['.repeat(200)}${']'.repeat(200)},${members.slice(1)}`],
  ['50,000 levels', (members) => `{"x":${'['.repeat(50_000)}${']'.repeat(50_000)},${members.slice(1)}`],
  ['50,000 open objects', (members) => `${members.slice(0, -1)},"x":${'{"a":'.repeat(50_000)}`],
  ['Latin-1', (members) => latin1(`{"\xe9":"\xff\xfe",${members.slice(1)}`)],
  ['half a character', (members) => latin1(`{"x":"\xe2\x82",${members.slice(1)}`)],
  ['text behind', (members) => `${members} behind`],
  ['a brace behind', (members) => `${members}}`],
  ['a document behind', (members) => `${members}\n{"annotations":{"cdi.k8s.io/x":"vendor.com/gpu=gpu0"}}`],
  ['a NUL behind', (members) => `${members}\0{"annotations":{"cdi.k8s.io/x":"vendor.com/gpu=gpu0"}}`],
  ['comments', (members) => `// "\n{/* " */${members.slice(1)}`],
  ['vertical tabs', (members) => `\v${members}\f`],
  ['a list around', (members) => `[${members}]`],
  ['other types', (members) => members.replaceAll(/"(process|annotations)":\{/g, '"$1":[],"x":{')],
  ['env of another type', (members) => members.replace('"env":[', '"env":5,"x":[')],
  ['a comma too many', (members) => `${members.slice(0, -1)},}`],
  ['single quotes', (members) => `{'x':'"',${members.slice(1)}`],
];

function create(host: SmallHost): { readonly status: number | null; readonly stderr: string } {
  return runShim({ folder: host.root, args: ['create', '--bundle', host.bundle, 'id'], settings: host.settings });
}

/** Where no one can tell whether it asks, since the text is none for any reader that is known. */
const UNREADABLE = ['a comma too many', 'single quotes', '50,000 open objects'];
/** Both of them ask where one looks. */
const DOUBTFUL = ['an annotation that is null', 'an empty variable', 'a sandbox'];

for (const [form, make] of forms)
  test(`documents that ask for nothing are the runtime’s: ${form}`, () => {
    for (const [title, members] of silent) {
      if (UNREADABLE.includes(form) && DOUBTFUL.includes(title)) continue;
      for (const runtime of title === 'an empty variable' ? Object.values(RUNTIMES) : [runc]) {
        const config = make(String(members));
        const host = smallHost(folder, { runtime: String(runtime), config });
        const before = fileState(host.config);
        const { status, stderr } = create(host);
        assert.deepEqual([status, stderr], [STARTED, ''], `${title}: ${String(config).slice(0, 200)}`);
        assert.deepEqual(fileState(host.config), before);
        rmSync(host.root, { recursive: true });
      }
    }
  });

test('documents that ask for nothing are the runtime’s, with settings that are broken and of any size', () => {
  for (const [title, members] of silent.filter(([title]) => !DOUBTFUL.includes(title))) {
    const large = Buffer.concat([Buffer.from(members), Buffer.alloc(20 << 20, ' ')]);
    for (const [config, allSettings] of [
      [members, `runtime: ${runc}\nunknown: 1\n`],
      [large, undefined],
    ] as const) {
      const host = smallHost(folder, { runtime: runc, config, ...(allSettings === undefined ? {} : { allSettings }) });
      assert.deepEqual(create(host), { ...create(host), status: STARTED, stderr: '' }, title);
      rmSync(host.root, { recursive: true });
    }
  }
});

const ASK = '"annotations":{"cdi.k8s.io/x":"vendor.com/gpu=gpu0"}';
const ENV = '"process":{"env":["A=1"]}';
const GOT = '"process":{"env":["A=1","GPU=gpu0"]}';
const ASKING_ENV = '"env":["CDI_DEVICES=vendor.com/gpu=gpu0"]';
const GOT_ENV = '"env":["CDI_DEVICES=vendor.com/gpu=gpu0","GPU=gpu0"]';
const TWICE = /"process" has "env" twice, which runtimes read differently; leave one of them$/;
const BOTH = /"process" has both "env" and "Env", which runtimes read differently; leave one of them$/;
type Want = string | RegExp | undefined;
/** What becomes of a document: its text, the reason of a refusal, or nothing where it does not ask. */
const asking: readonly (readonly [
  title: string,
  config: string,
  want: { readonly [name in keyof typeof RUNTIMES]: Want } | string,
])[] = [
  [
    'cpu and CPU',
    `{"linux":{"resources":{"cpu":{},"CPU":{}}},${ASK},${ENV}}`,
    `{"linux":{"resources":{"cpu":{},"CPU":{}}},${ASK},${GOT}}`,
  ],
  [
    'another annotation twice',
    `{"annotations":{"a":"1","a":"2",${ASK.slice(15)},${ENV}}`,
    `{"annotations":{"a":"1","a":"2",${ASK.slice(15)},${GOT}}`,
  ],
  ['text behind, comments, Latin-1', `{"\xe9":1/**/,${ASK},${ENV}}behind`, `{"\xe9":1/**/,${ASK},${GOT}}behind`],
  [
    'the same request twice',
    `{"annotations":{},${ASK},${ENV}}`,
    {
      runc: `{"annotations":{},${ASK},${GOT}}`,
      crun: undefined,
      'a new crun': `{"annotations":{},${ASK},${GOT}}`,
      'a crun that says nothing': /the document has "annotations" twice/,
      other: /the document has "annotations" twice/,
    },
  ],
  [
    'env twice, the first asks',
    `{"process":{${ASKING_ENV},"env":["A=1"]}}`,
    {
      runc: undefined,
      crun: `{"process":{${GOT_ENV},"env":["A=1"]}}`,
      'a new crun': undefined,
      'a crun that says nothing': TWICE,
      other: TWICE,
    },
  ],
  [
    'env twice, the last asks',
    `{"process":{"env":["A=1"],${ASKING_ENV}}}`,
    {
      runc: `{"process":{"env":["A=1"],${GOT_ENV}}}`,
      crun: undefined,
      'a new crun': `{"process":{"env":["A=1"],${GOT_ENV}}}`,
      'a crun that says nothing': TWICE,
      other: TWICE,
    },
  ],
  [
    'env and Env, which asks',
    `{"process":{"env":["A=1"],${ASKING_ENV.replace('e', 'E')}}}`,
    {
      runc: `{"process":{"env":["A=1"],${GOT_ENV.replace('e', 'E')}}}`,
      crun: undefined,
      'a new crun': undefined,
      'a crun that says nothing': undefined,
      other: BOTH,
    },
  ],
  [
    'a section that Go joins',
    `{"process":{${ASKING_ENV}},"Process":{"cwd":"/"}}`,
    {
      runc: `{"process":{${GOT_ENV}},"Process":{"cwd":"/"}}`,
      crun: `{"process":{${GOT_ENV}},"Process":{"cwd":"/"}}`,
      'a new crun': `{"process":{${GOT_ENV}},"Process":{"cwd":"/"}}`,
      'a crun that says nothing': `{"process":{${GOT_ENV}},"Process":{"cwd":"/"}}`,
      other: `{"process":{${GOT_ENV}},"Process":{"cwd":"/"}}`,
    },
  ],
  [
    'a section that is null again',
    `{"process":{${ASKING_ENV}},"process":null}`,
    {
      runc: undefined,
      crun: `{"process":{${GOT_ENV}},"process":null}`,
      'a new crun': undefined,
      'a crun that says nothing': /the document has "process" twice/,
      other: /the document has "process" twice/,
    },
  ],
  [
    'a name that ends for C at its NUL',
    `{"process":{"env\\u0000":["CDI_DEVICES=vendor.com/gpu=gpu0"]}}`,
    {
      runc: undefined,
      crun: `{"process":{"env\\u0000":["CDI_DEVICES=vendor.com/gpu=gpu0","GPU=gpu0"]}}`,
      'a new crun': `{"process":{"env\\u0000":["CDI_DEVICES=vendor.com/gpu=gpu0","GPU=gpu0"]}}`,
      'a crun that says nothing': `{"process":{"env\\u0000":["CDI_DEVICES=vendor.com/gpu=gpu0","GPU=gpu0"]}}`,
      other: /"process" has "env\\x00", which only some runtimes read as "env"/,
    },
  ],
];
for (const [title, config, want] of asking)
  for (const [name, runtime] of Object.entries(RUNTIMES))
    test(`the runtime behind decides what is asked: ${title}, ${name}`, () => {
      const host = smallHost(folder, { runtime: String(runtime), config: latin1(config) });
      const { status, stderr } = create(host);
      const result: Want = typeof want === 'string' ? want : Object.entries(want).find(([key]) => key === name)?.[1];
      if (result instanceof RegExp) assert.match(stderr.trimEnd(), result);
      else assert.equal(stderr, '');
      assert.equal(status, result instanceof RegExp ? 1 : STARTED);
      assert.equal(fileState(host.config).text.toString('latin1'), typeof result === 'string' ? result : config);
    });
