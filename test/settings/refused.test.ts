// What the settings do not take, and what is said to it: the line, the column, and the nearest key or word.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SETTINGS_VARIABLE } from '../../src/settings/combine.ts';
import { loadSettings } from '../../src/settings/load.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { CdiError } from '../../src/text/error.ts';
import { memoryHost } from '../host/memory-host.ts';
import { refusal } from '../support/edit-document.ts';

function read(text: string): Settings {
  return loadSettings(memoryHost({ '/c.yaml': text }, { environment: { [SETTINGS_VARIABLE]: '/c.yaml' } })).settings;
}

const CHARACTERS = 'ASCII letters, digits and . _ -';
const refused: [title: string, text: string, why: string][] = [
  [
    'a misspelt key',
    'runtime: crun\nspecdirs:\n- /a\nspecDir: [/b]\n',
    'line 4, column 1: field "specDir" is unknown; did you mean "specDirs"?',
  ],
  [
    'a key with two letters swapped',
    'audti: {}\n',
    'line 1, column 1: field "audti" is unknown; did you mean "audit"?',
  ],
  ['a key that no other resembles', 'zzz: 1\n', 'line 1, column 1: field "zzz" is unknown'],
  ['a key in another case', 'Family: crun\n', 'line 1, column 9: field "Family" is unknown; did you mean "family"?'],
  [
    'a key in two cases',
    'audit: { required: true, Required: false }\n',
    'line 1, column 36: field "Required" is unknown; did you mean "required"?',
  ],
  [
    'a misspelt section',
    'requests:\n  anotations: {}\n',
    'line 2, column 3: field "anotations" is unknown; did you mean "annotations"?',
  ],
  [
    'a misspelt key below',
    'requests: { env: { enable: true } }',
    'line 1, column 20: field "enable" is unknown; did you mean "enabled"?',
  ],
  [
    'an unknown key of a small section',
    'hooks: { path: /x }',
    'line 1, column 10: field "path" is unknown; known are "emptyEnv"',
  ],
  [
    'a misspelt key of a rule',
    'policy:\n  rules:\n  - { device: x, action: deny }',
    'line 3, column 7: field "device" is unknown; did you mean "devices"?',
  ],
  ['a key twice', 'family: crun\nfamily: runc\n', 'line 2, column 1: key "family" is there twice'],
  ['a key that is in Object.prototype', 'constructor: 1\n', 'line 1, column 1: field "constructor" is unknown'],
  ['a list for the document', '- runtime\n', 'line 1, column 1: a list stands where a mapping is needed'],
  ['a text for the document', 'crun\n', 'line 1, column 1: the text "crun" stands where a mapping is needed'],
  [
    'a text for a section',
    'requests: on and off\n',
    'line 1, column 11: the text "on and off" stands where a mapping is needed',
  ],
  ['a list for a section', 'limits: []\n', 'line 1, column 9: a list stands where a mapping is needed'],
  ['no YAML', 'family: crun\nspecDirs: [\n', 'line 3, column 1: a value is missing'],

  ['a number for the runtime', 'runtime: 1\n', 'line 1, column 10: "1" stands where a text is needed'],
  ['a boolean for the runtime', 'runtime: yes\n', 'line 1, column 10: "yes" stands where a text is needed'],
  ['no runtime', 'runtime:\n', 'line 1, column 9: nothing stands where a text is needed'],
  ['a list for the runtime', 'runtime: [crun]\n', 'line 1, column 10: a list stands where a text is needed'],
  [
    'an empty runtime',
    'runtime: ""\n',
    'line 1, column 10: the runtime is empty; write a name, an absolute path, or auto',
  ],
  [
    'a runtime that is a relative path',
    '\nruntime: bin/crun\n',
    'line 2, column 10: runtime "bin/crun" is neither a name nor an absolute path',
  ],
  [
    'a runtime that is longer than a path',
    `runtime: /${'a'.repeat(4095)}\n`,
    'line 1, column 10: runtime is longer than 4095 characters',
  ],
  ...[
    ['behind a tag', 'runtime: !!str crun\n', 'line 1, column 10'],
    ['in a flow mapping', '{ runtime: crun }\n', 'line 1, column 12'],
    ['on the next line', 'runtime:\n  crun\n', 'line 2, column 3'],
    ['with its key in quotes', '"runtime": crun\n', 'line 1, column 12'],
  ].map(([title, text = '', place]): [string, string, string] => [
    `a runtime ${title}`,
    text,
    `${place}: runtime is not written on a line of its own at top level; write it as runtime: NAME, without an anchor or a tag`,
  ]),
  [
    'a line within a text that looks like the runtime',
    'specDirs: ["/auto\nruntime: crun\n"]\n',
    'runtime is not written on a line of its own at top level; write it as runtime: NAME, without an anchor or a tag',
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
  ['a relative directory', 'specDirs: [/a, b]\n', 'line 1, column 16: "b" is no absolute path'],
  ['a directory with a NUL', 'specDirs: ["/a\\0"]\n', 'line 1, column 12: "/a\\x00" has a NUL in it'],
  ['a number among the directories', 'specDirs:\n- /a\n- 5\n', 'line 3, column 3: "5" stands where a text is needed'],
  ['too many directories', `specDirs: [${'/a,'.repeat(65)}]\n`, 'line 1, column 11: the list has more than 64 entries'],

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
  ['auto for mounts', 'requests: { mounts: { enabled: auto } }', 'line 1, column 32: the value is none of true, false'],
  [
    'an annotation prefix without its slash',
    'requests: { annotations: { prefixes: [cdi.k8s.io] } }',
    'line 1, column 39: prefix "cdi.k8s.io" does not end in a "/"; write it as cdi.k8s.io/',
  ],
  ...['/', '//', 'a/b/', 'a b/', 'ä/', '"\\0/"'].map((text): [string, string, string] => [
    `the annotation prefix ${text}`,
    `requests: { annotations: { prefixes: [${text}] } }`,
    `is no name with a "/" behind it; use ${CHARACTERS} before it`,
  ]),
  [
    'an unknown preset',
    'requests: { env: { presets: [nvida] } }',
    'line 1, column 30: the value is none of nvidia, amd, habana, ascend; did you mean "nvidia"?',
  ],
  [
    'a share of what is no device',
    'policy: { share: { vendor.com/gpu: 1 } }',
    'line 1, column 36: "vendor.com/gpu" can never match: a device has the form vendor.com/class=name; write vendor.com/gpu=*',
  ],
  ['a share for nobody', 'policy: { share: { vendor.com/gpu=*: 0 } }', 'line 1, column 38: 0 is not within 1 to 1000'],
  [
    'a list of variables',
    'requests: { env: { variables: [GPUS] } }',
    'line 1, column 31: a list stands where a mapping is needed',
  ],
  ...['A=B', 'a b', '""', 'ä'].map((name): [string, string, string] => [
    `a variable of the name ${name}`,
    `requests: { env: { variables: { ${name}: {} } } }`,
    `is no name of a variable; use ${CHARACTERS}`,
  ]),
  [
    'CDI_DEVICES_OPTIONAL for a variable of its own',
    'requests: { env: { variables: { CDI_DEVICES_OPTIONAL: {} } } }',
    'line 1, column 55: CDI_DEVICES_OPTIONAL is read together with CDI_DEVICES already; leave it out',
  ],
  [
    'a misspelt key of a variable',
    'requests: { env: { variables: { GPUS: { knd: a.b/c } } } }',
    'line 1, column 41: field "knd" is unknown; did you mean "kind"?',
  ],
  [
    'a variable in place of one that no vendor has',
    'requests: { env: { variables: { GPUS: { replaces: CDI_DEVICES } } } }',
    'line 1, column 51: the value is none of NVIDIA_VISIBLE_DEVICES, AMD_VISIBLE_DEVICES, HABANA_VISIBLE_DEVICES, ' +
      'ASCEND_VISIBLE_DEVICES',
  ],
  [
    'a precedence of one',
    'requests: { precedence: [env] }',
    'line 1, column 25: the list has less than 2 entries; write all, if no source goes before others',
  ],
  [
    'a precedence of what is no source',
    'requests: { precedence: [env, mounts] }',
    'line 1, column 31: the value is none of annotation, env, mount; did you mean "mount"?',
  ],
  [
    'a misspelt precedence',
    'requests: { precedence: al }',
    'line 1, column 25: the value is none of auto, all; did you mean "all"?',
  ],
  [
    'a kind without a class',
    'requests: { defaultKind: vendor.com }',
    'line 1, column 26: "vendor.com" is no kind; write it as vendor.com/class',
  ],
  [
    'a kind with a bad vendor',
    'requests: { defaultKind: 1vendor.com/gpu }',
    `line 1, column 26: vendor "1vendor.com" starts with "1"; use ${CHARACTERS} with a letter first and a letter or digit last`,
  ],
  [
    'a kind with a bad class',
    'requests: { env: { variables: { A: { kind: vendor.com/gpu- } } } }',
    `line 1, column 44: class "gpu-" ends with "-"; use ${CHARACTERS} with a letter first and a letter or digit last`,
  ],
  [
    'a mount prefix that is not in its shortest form',
    'requests: { mounts: { prefix: /a/../b } }',
    'line 1, column 31: "/a/../b" is not in its shortest form; write /b',
  ],
  ...['/', '/a b', '/ä'].map((path): [string, string, string] => [
    `the mount prefix ${path}`,
    `requests: { mounts: { prefix: ${path} } }`,
    `line 1, column 31: "${path}" is not made of plain names; use ${CHARACTERS} between the slashes`,
  ]),
  ['a relative mount prefix', 'requests: { mounts: { prefix: a } }', 'line 1, column 31: "a" is no absolute path'],

  [
    'an unknown policy preset',
    'policy: { preset: lock }',
    'line 1, column 19: the value is none of open, kubernetes, locked',
  ],
  [
    'an unknown policy default',
    'policy: { default: denny }',
    'line 1, column 20: the value is none of allow, ignore, deny; did you mean "deny"?',
  ],
  ['a mapping of rules', 'policy: { rules: {} }', 'line 1, column 18: a mapping stands where a list is needed'],
  [
    'a rule without an action',
    'policy:\n  rules:\n  - action: allow\n  - devices: a.b/c=x\n',
    'line 4, column 5: the rule has no action; add action: allow, ignore or deny',
  ],
  [
    'an empty rule',
    'policy:\n  rules:\n  -\n',
    'line 3, column 4: the rule has no action; add action: allow, ignore or deny',
  ],
  [
    'an unknown source in a rule',
    'policy: { rules: [{ source: annotations, action: deny }] }',
    'line 1, column 29: the value is none of annotation, env, mount; did you mean "annotation"?',
  ],
  [
    'an empty condition',
    'policy: { rules: [{ devices: [], action: deny }] }',
    'line 1, column 30: the list is empty; leave the key out where it does not matter',
  ],
  [
    'a condition without a value',
    'policy: { rules: [{ namespace: , action: deny }] }',
    'line 1, column 32: nothing stands where a text is needed',
  ],
  [
    'an empty pattern',
    'policy: { rules: [{ pod: "", action: deny }] }',
    'line 1, column 26: the pattern is empty; write * for anything',
  ],
  [
    'a number for a reason',
    'policy: { rules: [{ action: deny, reason: 5 }] }',
    'line 1, column 43: "5" stands where a text is needed',
  ],
  [
    'a text for a flag of a rule',
    'policy: { rules: [{ action: deny, privileged: auto }] }',
    'line 1, column 47: the value is none of true, false',
  ],

  ['another word for unresolved', 'unresolved: ignore', 'line 1, column 13: the value is none of fail, warn'],
  [
    'another word for stale',
    'stale: skp',
    'line 1, column 8: the value is none of auto, fail, warn, skip; did you mean "skip"?',
  ],
  ['a duration without its unit', 'wait: 10', 'line 1, column 7: "10" is not a duration such as 500ms or 10s'],
  ['a duration with another unit', 'wait: 1d', 'line 1, column 7: "1d" is not a duration such as 500ms or 10s'],
  [
    'a unit that is in Object.prototype',
    'wait: 5constructor',
    'line 1, column 7: "5constructor" is not a duration such as 500ms or 10s',
  ],
  ['a duration with a point', 'wait: 1.5s', 'line 1, column 7: "1.5s" is not a duration such as 500ms or 10s'],
  [
    'a fraction for a duration',
    'wait: 1.5',
    'line 1, column 7: "1.5" stands where a duration such as 500ms or 10s is needed',
  ],
  ['a negative duration', 'wait: -1s', 'line 1, column 7: "-1s" is not a duration such as 500ms or 10s'],
  ['a duration that is too long', 'wait: 61m', 'line 1, column 7: "61m" is too large; write at most 1h'],
  [
    'a list for a duration',
    'wait: []',
    'line 1, column 7: a list stands where a duration such as 500ms or 10s is needed',
  ],
  [
    'a time that is too short',
    'limits: { time: 99ms }',
    'line 1, column 17: "99ms" is too small; write at least 100ms',
  ],
  ['no time', 'limits: { time: 0 }', 'line 1, column 17: "0" is too small; write at least 100ms'],
  ['a size that is too small', 'limits: { spec: 1023 }', 'line 1, column 17: "1023" is too small; write at least 1KiB'],
  [
    'a size that is too large',
    'limits: { config: 2GiB }',
    'line 1, column 19: "2GiB" is too large; write at most 1GiB',
  ],
  [
    'a memory limit that is too small',
    'limits: { memory: 7MiB }',
    'line 1, column 19: "7MiB" is too small; write at least 8MiB',
  ],
  [
    'a memory limit beyond the engine',
    'limits: { memory: 2GiB }',
    'line 1, column 19: "2GiB" is too large; write at most 2047MiB',
  ],
  ['a size of a thousand', 'limits: { spec: 1MB }', 'line 1, column 17: "1MB" is not a size such as 512KiB or 16MiB'],
  ['a size of 64 bits', 'limits: { spec: 18446744073709551615 }', '"18446744073709551615" is not a size'],
  [
    'a text for a count',
    'limits: { specs: many }',
    'line 1, column 18: the text "many" stands where a whole number is needed',
  ],
  ['no specs', 'limits: { specs: 0 }', 'line 1, column 18: 0 is not within 1 to 1000000'],
  [
    'more specs than 64 bits',
    'limits: { specs: 18446744073709551615 }',
    'line 1, column 18: 18446744073709551615 is not within 1 to 1000000',
  ],
  ['a fraction of a spec', 'limits: { specs: 1.5 }', 'line 1, column 18: "1.5" stands where a whole number is needed'],

  ['a boolean for trust.owner', 'trust: { owner: on }', 'line 1, column 17: the value is none of strict, off'],
  [
    'a hook path that is not in its shortest form',
    'trust: { hookPaths: [/usr/bin/] }',
    'line 1, column 22: "/usr/bin/" is not in its shortest form; write /usr/bin, or /usr/bin/** for what is in it',
  ],
  [
    'a relative host path',
    'trust: { hostPaths: [dev/*] }',
    'line 1, column 22: "dev/*" is no absolute path; write /dev/*',
  ],
  [
    'a variable with its value',
    'trust: { hookEnv: [LD_PRELOAD=x] }',
    'line 1, column 20: "LD_PRELOAD=x" can never match: the name of a variable has letters, digits and . _ - in it; write LD_PRELOAD',
  ],
  [
    'another word for hooks',
    'hooks: { emptyEnv: minimum }',
    'line 1, column 20: the value is none of minimal, keep; did you mean "minimal"?',
  ],
  ['a relative log', 'log: { path: x.log }', 'line 1, column 14: "x.log" is no absolute path'],
  ['another level', 'log: { level: warn }', 'line 1, column 15: the value is none of error, warning, info'],
  ['no path for the audit', 'audit: { path: }', 'line 1, column 16: nothing stands where a text is needed'],
  ['a text for the audit', 'audit: { enabled: maybe }', 'line 1, column 19: the value is none of true, false'],
];
for (const [title, text, why] of refused)
  test(`settings refuse ${title}`, () => {
    const said = refusal(() => read(text));
    if (why.startsWith('line ')) assert.equal(said, `BAD_SETTINGS: cannot read settings "/c.yaml": ${why}`);
    else assert.ok(said.startsWith('BAD_SETTINGS: cannot read settings "/c.yaml": ') && said.includes(why), said);
  });

test('a refusal of settings has its place as data', () => {
  assert.throws(
    () => read('family: crun\nspecDirs: [\n'),
    (error: unknown) =>
      error instanceof CdiError &&
      error.code === 'BAD_SETTINGS' &&
      error.path === '/c.yaml' &&
      error.line === 3 &&
      error.column === 1,
  );
});
