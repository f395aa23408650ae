import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed } from '../../src/host/host.ts';
import { memoryHost } from '../../src/host/memory.ts';
import { DEFAULT_SETTINGS, readSettings, type Settings } from '../../src/settings/settings.ts';
import { CdiError } from '../../src/text/error.ts';

function read(text: string): Settings {
  const host = memoryHost({ '/c.yaml': text });
  const file = host.readFile('/c.yaml', 1000);
  return failed(file) ? assert.fail(file.errno) : readSettings(host, file);
}

const { requests } = DEFAULT_SETTINGS;
const accepted: [title: string, text: string, want: Partial<Settings>][] = [
  ['nothing', '', {}],
  ['only comments', '# nothing\n---\n', {}],
  ['null', '~', {}],
  ['an empty mapping', '{}', {}],
  ['a runtime by name', 'runtime: crun\n', { runtime: 'crun' }],
  ['a runtime by path', 'runtime: "/usr/local/bin/my runc" # ours\n', { runtime: '/usr/local/bin/my runc' }],
  ['runtime auto', 'runtime: auto\n', {}],
  ['a family', 'family: runsc\n', { family: 'runsc' }],
  ['spec directories', 'specDirs: [/a, "/b c"]\n', { specDirs: ['/a', '/b c'] }],
  [
    'annotations off',
    'requests: { annotations: { enabled: no } }',
    { requests: { ...requests, annotations: { enabled: false } } },
  ],
  ['env on', 'requests: { env: { enabled: true } }', { requests: { ...requests, env: { enabled: true } } }],
  ['sections without content', 'requests:\nhooks: {}\naudit:\n', {}],
  ['a section below without content', 'requests:\n  env:\n', {}],
  ['hooks', 'hooks: { emptyEnv: keep }', { hooks: { emptyEnv: 'keep' } }],
  ['the audit log off', 'audit: { enabled: false }', {}],
  ['JSON', '{"family": "youki",\n"requests": {"env": {"enabled": "auto"}}}', { family: 'youki' }],
  [
    'anchors and merge keys',
    'requests:\n  annotations: &a { enabled: true }\n  env: { <<: *a }\n',
    { requests: { annotations: { enabled: true }, env: { enabled: true } } },
  ],
  ['the first document only', 'family: crun\n---\nfamily: runc\n', { family: 'crun' }],
  ['a key in another case', 'Family: crun\n', { family: 'crun' }],
];
for (const [title, text, want] of accepted)
  test(`readSettings() takes ${title}`, () => assert.deepEqual(read(text), { ...DEFAULT_SETTINGS, ...want }));

const refused: [title: string, text: string, why: string][] = [
  [
    'a misspelt key',
    'runtime: crun\nspecdirs:\n- /a\nspecDir: [/b]\n',
    'line 4, column 1: field "specDir" is unknown; did you mean "specDirs"?',
  ],
  [
    'a key that no other resembles',
    'zzz: 1\n',
    'line 1, column 1: field "zzz" is unknown; known are "runtime", "family", "specDirs", "requests", "hooks" and 1 more',
  ],
  [
    'a key of a later version',
    'limits: {}\n',
    'line 1, column 1: field "limits" is unknown; known are "runtime", "family", "specDirs", "requests", "hooks" and 1 more',
  ],
  [
    'a misspelt source',
    'requests:\n  anotations: {}\n',
    'line 2, column 3: field "anotations" is unknown; did you mean "annotations"?',
  ],
  [
    'a misspelt key below',
    'requests: { env: { enable: true } }',
    'line 1, column 20: field "enable" is unknown; did you mean "enabled"?',
  ],
  ['a key twice', 'family: crun\nfamily: runc\n', 'line 2, column 1: key "family" is there twice'],
  ['a list for the document', '- runtime\n', 'line 1, column 1: a list stands where a mapping is needed'],
  ['a text for the document', 'crun\n', 'line 1, column 1: the text "crun" stands where a mapping is needed'],
  [
    'a text for a section',
    'requests: on and off\n',
    'line 1, column 11: the text "on and off" stands where a mapping is needed',
  ],
  ['a number for the runtime', 'runtime: 1\n', 'line 1, column 10: "1" stands where a text is needed'],
  ['a boolean for the runtime', 'runtime: yes\n', 'line 1, column 10: "yes" stands where a text is needed'],
  ['no runtime', 'runtime:\n', 'line 1, column 9: nothing stands where a text is needed'],
  ['a list for the runtime', 'runtime: [crun]\n', 'line 1, column 10: a list stands where a text is needed'],
  [
    'a relative runtime',
    'a: &x\nruntime: bin/crun\n',
    'line 1, column 1: field "a" is unknown; known are "runtime", "family", "specDirs", "requests", "hooks" and 1 more',
  ],
  [
    'a runtime that is a relative path',
    '\nruntime: bin/crun\n',
    'line 2, column 10: runtime "bin/crun" is neither a name nor an absolute path',
  ],
  [
    'a runtime behind a tag',
    'runtime: !!str crun\n',
    'line 1, column 10: runtime is not written on a line of its own at top level; write it as runtime: NAME, without an anchor or a tag',
  ],
  [
    'a runtime in a flow mapping',
    '{ runtime: crun }\n',
    'line 1, column 12: runtime is not written on a line of its own at top level; write it as runtime: NAME, without an anchor or a tag',
  ],
  [
    'a runtime on the next line',
    'runtime:\n  crun\n',
    'line 2, column 3: runtime is not written on a line of its own at top level; write it as runtime: NAME, without an anchor or a tag',
  ],
  [
    'a runtime with its key in another case',
    'Runtime: crun\n',
    'line 1, column 1: runtime is not written on a line of its own at top level; write it as runtime: NAME, without an anchor or a tag',
  ],
  [
    'a line within a text that looks like the runtime',
    'family: "auto\nruntime: crun\n"\n',
    'line 1, column 9: the value is none of auto, runc, crun, youki, runsc',
  ],
  [
    'an unknown family',
    'family: crum\n',
    'line 1, column 9: the value is none of auto, runc, crun, youki, runsc; did you mean "crun"?',
  ],
  [
    'a boolean for the family',
    'family: off\n',
    'line 1, column 9: the value is none of auto, runc, crun, youki, runsc',
  ],
  [
    'a text for the directories',
    'specDirs: /etc/cdi\n',
    'line 1, column 11: the text "/etc/cdi" stands where a list is needed',
  ],
  ['no directories', 'specDirs: []\n', 'line 1, column 11: the list is empty; name a directory, or leave the key out'],
  ['null for the directories', 'specDirs: ~\n', 'line 1, column 11: nothing stands where a list is needed'],
  ['a relative directory', 'specDirs: [/a, b]\n', 'line 1, column 11: "b" is no absolute path'],
  ['a number among the directories', 'specDirs:\n- /a\n- 5\n', 'line 3, column 3: "5" stands where a text is needed'],
  [
    'another word for a source',
    'requests: { env: { enabled: sometimes } }',
    'line 1, column 29: the value is none of auto, true, false',
  ],
  [
    'a quoted boolean',
    "requests: { env: { enabled: 'true' } }",
    'line 1, column 29: the value is none of auto, true, false; write it without quotes',
  ],
  [
    'a mapping for a source',
    'requests: { env: { enabled: {} } }',
    'line 1, column 29: the value is none of auto, true, false',
  ],
  [
    'another word for hooks',
    'hooks: { emptyEnv: minimum }',
    'line 1, column 20: the value is none of minimal, keep; did you mean "minimal"?',
  ],
  [
    'the audit log on',
    'audit: { enabled: true }',
    'line 1, column 19: the value is not false; this version writes no audit log: leave the key out',
  ],
];
for (const [title, text, why] of refused)
  test(`readSettings() refuses ${title}`, () => {
    assert.throws(
      () => read(text),
      (error: unknown) => {
        assert.ok(error instanceof CdiError);
        assert.equal(error.message, `cannot read settings "/c.yaml": ${why}`);
        const [, line, column] = /^line (\d+), column (\d+): /.exec(why) ?? [];
        assert.deepEqual(
          [error.code, error.path, error.line, error.column],
          ['BAD_SETTINGS', '/c.yaml', Number(line), Number(column)],
        );
        return true;
      },
    );
  });

test('readSettings() says where a text is no YAML', () => {
  assert.throws(
    () => read('family: crun\nspecDirs: [\n'),
    (error: unknown) => {
      assert.ok(error instanceof CdiError);
      assert.deepEqual([error.code, error.line], ['BAD_SETTINGS', 3]);
      assert.match(error.message, /^cannot read settings "\/c\.yaml": line 3, column 1: /);
      return true;
    },
  );
});
