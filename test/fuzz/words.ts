// What stands for something in each format: the pieces that mutations put in.

type Words = readonly (string | Buffer)[];

const INVALID: Words = ['ff', 'eda080', 'e282'].map((hex) => Buffer.from(hex, 'hex'));

const KEYS = (
  'process env user uid gid additionalGids mounts destination source type options hooks prestart poststop path args ' +
  'timeout linux devices resources allow access major minor fileMode namespaces netDevices eth0 name intelRdt closID'
).split(' ');

const JSON_MARKS = '{ } [ ] , : " \\ {} [] "" [{}] {"a":1} ,, /*x*/ [[[[[[[[ \u2028 \u017f é \u{1f600} \ufeff';
const JSON_VALUES =
  'null true false nul True 0 -0 1e2 1.0 -1 01 1. .5 1e +1 NaN 1E400 5 50e-1 0.1 4294967296 18446744073709551615 ' +
  '9223372036854775807 -9223372036854775808 "A=1" "/dev/a" "/bin/h" "/a" "c" "user" "rwm"';
const JSON_ESCAPES = '\\u0041 \\ud83d\\ude00 \\ud800 \\udc00 \\/ \\u00 \\x \\u0000';

export const JSON_WORDS: Words = [
  ...JSON_MARKS.split(' '),
  ...JSON_VALUES.split(' '),
  ...JSON_ESCAPES.split(' '),
  ...[' ', '\n', '\r\n', '\t', '\0'],
  ...KEYS.flatMap((key) => [`"${key}":`, `"${key}":null,`, `"${key.toUpperCase()}":[],`]),
  ...INVALID,
];

const YAML_MARKS =
  "a 0 : , - ? [ ] { } # &a *a ! !!str !<t> %41 \" ' '' | > |- >+ |2 @ ` ~ % %YAML --- ... << = . " +
  '[a,b] {a:b} {"a":1} "q": \\ \\" \\/ \\n \\x41 \\u0041 \\ud83d\\ude00 \\U0001F600 \\U00110000 ä \u{1f600}';
const YAML_VALUES =
  '!!binary !a%00b !<%00> !!str%00 !!int !!float !!null !!bool !!merge 0x1F 017 08 1_0 .inf 1e400 yes Off null 2001-01-01 190:20:30 ' +
  '18446744073709551616 [ro] x';
const YAML_LINES = 'a: b|- a|- - b|x:|? k|: v|...|---|%YAML 1.1|%TAG ! x:|<<: *edits|# x|\\';

export const YAML_WORDS: Words = [
  ...YAML_MARKS.split(' '),
  ...YAML_MARKS.split(' ').map((mark) => `${mark} `),
  ...YAML_VALUES.split(' ').map((value) => `${value} `),
  ...YAML_LINES.split('|').map((line) => `${line}\n`),
  ...[' ', '  ', '\n', '\n  ', '\n    ', '\t', '\r\n', '\r', '\u0085', '\u2028', '\ufeff', '\u007f', ' # '],
  ...'name path env timeout hostPath containerPath options NAME x'.split(' ').map((key) => `${key}: `),
  ...INVALID,
];

const SETTINGS_KEYS =
  'runtime family specDirs requests annotations env enabled prefixes presets variables kind mounts prefix defaultKind ' +
  'policy default rules source action unresolved wait stale trust owner hookPaths hooks emptyEnv limits config memory ' +
  'time log level audit required path';
const SETTINGS_VALUES =
  'auto true false crun /bin/x runsc [/etc/cdi] deny warn strict off keep 10s 1h -1s 16MiB 0 1e9 null /x "*/*" 0.5s ' +
  '999999999999999999999MiB vendor.com/gpu';

export const SETTINGS_WORDS: Words = [
  ...SETTINGS_KEYS.split(' ').map((key) => `${key}: `),
  ...SETTINGS_VALUES.split(' '),
  '\nruntime: /bin/x\n',
];
