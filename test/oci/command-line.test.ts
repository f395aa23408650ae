import assert from 'node:assert/strict';
import test from 'node:test';
import {
  type Family,
  findFamily,
  listPossibleConfigs,
  readCommandLine,
  readLine,
  readLog,
} from '../../src/oci/command-line.ts';

const families: [path: string, want: Family][] = [
  ['/usr/sbin/runc', 'runc'],
  ['/usr/bin/crun', 'crun'],
  ['crun-wasm', 'crun'],
  ['/opt/krun', 'crun'],
  ['/opt/youki/bin/youki', 'youki'],
  ['/usr/local/bin/runsc', 'runsc'],
  ['/opt/crun/bin/runc', 'runc'],
  ['kata-runtime', 'runc'],
];
for (const [path, want] of families)
  test(`findFamily() takes ${path} for ${want}`, () => assert.equal(findFamily(path), want));

/** Words split at spaces; `''` is an empty word. */
function words(line: string): string[] {
  return line === '' ? [] : line.split(' ').map((word) => (word === "''" ? '' : word));
}

/** What is read, in one line: command, config and id, then the log; refused lines are `-`. */
function read(family: Family, line: string): string {
  const call = readCommandLine(family, words(line));
  if (call === undefined) return '-';
  const log = call.logFile === undefined ? '' : ` ${call.logFormat}:${call.logFile}`;
  return `${call.command} ${call.config || 'nothing'} ${call.id || "''"}${log}`;
}

type Row = [title: string, line: string, want: string];

const runc: Row[] = [
  ['reads the working directory where no bundle is given', 'create c', 'create config.json c'],
  ['takes an empty bundle for the working directory', "create --bundle '' c", 'create config.json c'],
  ['takes one dash for two', 'run -bundle=b -detach c', 'run b/config.json c'],
  ['keeps a bundle as it was written', 'create -b a/../b/ c', 'create a/../b/config.json c'],
  ['reads below the root directory', 'create -b / c', 'create /config.json c'],
  ['refuses three dashes', 'create ---bundle b c', '-'],
  ['refuses three dashes after the id', 'create c ---bundle b', '-'],
  ['refuses a glued value', 'create -bb c', '-'],
  ['refuses a cluster', 'run -db b c', '-'],
  ['refuses an abbreviation', 'create --bun b c', '-'],
  ['refuses a name without letters', 'create --=b c', '-'],
  ['takes what follows the first equals sign for the value', 'create -b=a=b c', 'create a=b/config.json c'],
  ['takes any word for a value', 'create -b -b c', 'create -b/config.json c'],
  ['takes a separator for a value', 'create -b -- c', 'create --/config.json c'],
  ['ends options at a separator', 'create -b b -- --bundle', 'create b/config.json --bundle'],
  ['takes a separator after the id', 'create c --', 'create config.json c'],
  ['refuses operands after a separator after the id', 'create c -- -b b', '-'],
  ['takes a separator before the command', '--debug -- create c', 'create config.json c'],
  ['reads options after the id', 'create c -b b', 'create b/config.json c'],
  ['takes a separator for a value after the id', 'create c -b --', 'create --/config.json c'],
  ['reads flags after the id', 'create c --no-pivot -b b', 'create b/config.json c'],
  ['refuses a flag before the id and an option after it', 'create --no-pivot c -b b', '-'],
  ['takes a lone dash for an id', 'create - -b b', 'create b/config.json -'],
  ['takes an empty id', "create ''", "create config.json ''"],
  ['takes an id that begins with a space', 'create \u00a0', 'create config.json \u00a0'],
  ['reads a flag with a value', 'create --no-pivot=F -b b c', 'create b/config.json c'],
  ['refuses a flag with another value', 'create --no-pivot=no -b b c', '-'],
  ['goes on when help is switched off', 'create --help=false c', 'create config.json c'],
  ['shows help', 'create c -h', '-'],
  ['shows help before the command', '--help create c', '-'],
  ['shows the version', '-v create c', '-'],
  ['lets the last of one spelling win', 'create -b a -b b c', 'create b/config.json c'],
  ['refuses two spellings', 'create -b a --bundle b c', '-'],
  ['refuses two spellings of a flag', 'run -d --detach c', '-'],
  ['reads whole numbers as Go does', 'create --preserve-fds 0x_1f c', 'create config.json c'],
  ['reads octal numbers as Go does', 'create --preserve-fds 0_17 c', 'create config.json c'],
  ['refuses a number with a wrong digit', 'create --preserve-fds 08 c', '-'],
  ['refuses an empty number', 'create --preserve-fds= c', '-'],
  ['refuses no number', 'create --preserve-fds x c', '-'],
  ['refuses a missing value', 'create c --bundle', '-'],
  ['refuses a second id', 'create c d', '-'],
  ['refuses a missing id', 'create', '-'],
  ['reads restore', 'restore --empty-ns network --empty-ns network -b b c', 'restore b/config.json c'],
  ['refuses a namespace that restore cannot empty', 'restore --empty-ns pid c', '-'],
  ['refuses an option of another command', 'create --detach c', '-'],
  ['resolves the log against the working directory', '--log l create -b b c', 'create b/config.json c text:l'],
  ['reads the log format', '--log=l --log-format json create c', 'create config.json c json:l'],
  ['refuses an unknown log format', '--log-format xml create c', '-'],
  ['lets the last log format win', '--log l --log-format xml --log-format= create c', 'create config.json c text:l'],
  ['takes an empty log for none', "--log '' create c", 'create config.json c'],
  ['does not look for a command behind another word', '--debug true create c', '-'],
  ['takes the first operand for the command', 'delete create', '-'],
  ['refuses an empty command', "'' create c", '-'],
  ['refuses an empty line', '', '-'],
  ['refuses an option before the command that it does not know', '--cgroup-manager x create c', '-'],
  ['knows the options of later releases', 'create --pidfd-socket s c', 'create config.json c'],
];

const crun: Row[] = [
  ['reads a glued value', 'create -bb c', 'create b/config.json c'],
  ['keeps an equals sign after a letter', 'create -b=b c', 'create =b/config.json c'],
  ['reads a cluster', 'run -db b c', 'run b/config.json c'],
  ['reads a cluster that ends in a value', 'run -ddfx/y.json c', 'run x/y.json c'],
  ['takes one dash and a long name for letters', 'create -bundle c', 'create undle/config.json c'],
  ['refuses a letter that it does not know', 'create -bx -é c', '-'],
  ['reads abbreviations', 'create --b=b --no-p c', 'create b/config.json c'],
  ['refuses ambiguous abbreviations', 'create --con x.json c', '-'],
  ['takes two names of one option for one', '--roo s create c', 'create config.json c'],
  ['prefers a whole name', '--log l --log-f json create c', 'create config.json c json:l'],
  ['counts its built-in options as candidates', 'create --pr 1 c', '-'],
  ['reads its built-in options', '--prog x --HANG=0 create c', 'create config.json c'],
  ['keeps older abbreviations', 'restore --tcp c', 'restore config.json c'],
  ['knows flags of later releases', 'restore --tcp-close c', 'restore config.json c'],
  ['refuses a flag with a value', 'create --no-pivot= c', '-'],
  ['lets the last bundle win', 'create -b a --bundle=b c', 'create b/config.json c'],
  ['ends options at the id', 'create c -b b', '-'],
  ['does not show help after the id', 'create c --help', '-'],
  ['shows help', 'create --he c', '-'],
  ['shows usage', '--usage create c', '-'],
  ['shows the version', '-V create c', '-'],
  ['has no version after the command', 'create -V c', '-'],
  ['takes a separator before the id', 'create -b b -- c', 'create b/config.json c'],
  ['takes a second separator for an operand', 'create -- -- c', '-'],
  ['takes a separator before the command', '-- create c', 'create config.json c'],
  ['takes a lone dash for an id', 'create -', 'create config.json -'],
  ['takes an empty id', "create ''", "create config.json ''"],
  ['opens nothing for an empty bundle', "create -b '' -f x.json c", 'create nothing c'],
  ['opens nothing for an empty config', 'create --config= -b b c', 'create nothing c'],
  ['resolves the config against the working directory', 'create -b b -f x.json c', 'create x.json c'],
  ['looks for config.json in the bundle', 'create -b b -f config.json c', 'create b/config.json c'],
  ['looks for ./config.json in the working directory', 'create -b b -f ./config.json c', 'create ./config.json c'],
  ['lets the last config win', 'create -f x -f config.json -b b c', 'create b/config.json c'],
  ['has no config at restore', 'restore --config x c', '-'],
  ['refuses the restore line of containerd', 'restore --no-pivot c', '-'],
  ['takes two operands at restore', 'restore -b b c d', 'restore b/config.json c'],
  ['refuses three operands at restore', 'restore c d e', '-'],
  ['takes the next word for a network lock', 'restore --net skip c', 'restore config.json c'],
  ['refuses an attached network lock', 'restore --network-lock=skip c', '-'],
  ['refuses an unknown network lock', 'restore --network-lock x c', '-'],
  ['refuses a missing network lock', 'restore --network-lock', '-'],
  ['refuses an unknown log level', '--log-level loud create c', '-'],
  ['refuses an unknown cgroup manager', '--cgroup-manager x create c', '-'],
  ['refuses no number', 'create --preserve-fds 1x c', '-'],
  ['refuses a number of 33 bits', 'create --preserve-fds 2147483648 c', '-'],
  ['takes an empty number', 'create --preserve-fds= c', 'create config.json c'],
  ['resolves the log against the bundle', '--log l create -b b c', 'create b/config.json c text:b/l'],
  ['resolves the log against the working directory without one', '--log l create c', 'create config.json c text:l'],
  ['keeps an absolute log', '--log /l create -b b c', 'create b/config.json c text:/l'],
  ['strips file: from the log', '--log file:l create -b b/ c', 'create b/config.json c text:b/l'],
  ['writes no file for syslog', '--log syslog:x create c', 'create config.json c'],
  ['writes no file for journald', '--log=journald: create c', 'create config.json c'],
  ['opens nothing for an unknown kind of log', '--log /a:b create c', 'create nothing c'],
  ['opens nothing for a kind of log in another case', '--log Syslog:x create c', 'create nothing c'],
  ['opens nothing for a log without a name', "--log '' create c", 'create nothing c'],
  ['opens nothing for a log file without a name', '--log file: create c', 'create nothing c'],
  ['lets the last log win', '--log a:b --log l create c', 'create config.json c text:l'],
  ['reads the log format', '--log l --log-format=json create c', 'create config.json c json:l'],
  [
    'lets the last log format win',
    '--log l --log-format xml --log-format text create c',
    'create config.json c text:l',
  ],
  ['refuses an unknown log format', '--log-format=xml create c', '-'],
  ['refuses an unknown log format at run', '--log-format xml run c', '-'],
  ['refuses an unknown log format at restore', '--log l --log-format xml restore c', '-'],
  ['refuses an abbreviated log format', '--log-format js create c', '-'],
  ['refuses a log format in another case', '--log-format JSON create c', '-'],
  ['refuses an empty log format', '--log-format= create c', '-'],
  ['matches commands exactly', 'creat c', '-'],
];

const youki: Row[] = [
  ['reads options after the id', 'create --no-pivot c --bundle=b', 'create b/config.json c'],
  ['reads a glued value', 'create -bb c', 'create b/config.json c'],
  ['strips an equals sign after a letter', 'create -b=b c', 'create b/config.json c'],
  ['strips one equals sign only', 'create -b==b c', 'create =b/config.json c'],
  ['reads a cluster', 'run -db b c', 'run b/config.json c'],
  ['refuses a cluster with a letter that it does not know', 'run -dx c', '-'],
  ['refuses a value on a flag', 'create --no-pivot=true c', '-'],
  ['refuses a value on a short flag', 'run -d=true c', '-'],
  ['refuses an abbreviation', 'create --bun b c', '-'],
  ['refuses a letter with two dashes', 'create --b b c', '-'],
  ['refuses a repeated option', 'create -b a --bundle b c', '-'],
  ['refuses a repeated flag', '--debug --debug create c', '-'],
  ['lets the last log win', '-l a --log b create -b x c', 'create x/config.json c text:b'],
  ['refuses a value that begins with a dash', 'create -b -x c', '-'],
  ['takes an attached value that begins with a dash', 'create --bundle=-x c', 'create -x/config.json c'],
  ['takes a lone dash for a value', 'create -b - c', 'create -/config.json c'],
  ['refuses an empty value', 'create --bundle= c', '-'],
  ['refuses an empty id', "create ''", '-'],
  ['refuses a missing value', 'create c -b', '-'],
  ['ends options at a separator', 'create -- --bundle', 'create config.json --bundle'],
  ['takes a second separator for an operand', 'create -- --', 'create config.json --'],
  ['has no command after a separator', '-- create c', '-'],
  ['takes no options of before the command after it', 'create --debug c', '-'],
  ['takes the name of a command for a value', '--root run create c', 'create config.json c'],
  ['refuses a missing command', '--debug', '-'],
  ['refuses no number', 'create --preserve-fds x c', '-'],
  ['takes an attached negative number', 'create --preserve-fds=-1 c', 'create config.json c'],
  ['refuses an unknown log format', '--log-format xml create c', '-'],
  ['refuses a log format in another case', '--log-format JSON create c', '-'],
  ['takes a log level in any case', '--log-level DEBUG create c', 'create config.json c'],
  ['refuses an unknown log level', '--log-level create run c', '-'],
  ['shows help', 'create c -h', '-'],
  ['shows the version', '-V create c', '-'],
  ['has no restore', 'restore c', '-'],
];

const runsc: Row[] = [
  ['cleans the bundle as text', 'create --bundle link/../other// c', 'create other/config.json c'],
  ['takes an empty bundle for the working directory', 'create --bundle= c', 'create config.json c'],
  ['reads below the root directory', 'create --bundle /.. c', 'create /config.json c'],
  ['lets the last bundle win', 'create -bundle a --bundle=b c', 'create b/config.json c'],
  ['ends options at the id', 'create c --bundle b', '-'],
  ['takes a separator before the id', 'create -- c', 'create config.json c'],
  ['knows which options are flags', '--debug false create c', '-'],
  ['knows which options take a value', '--platform create create c', 'create config.json c'],
  ['refuses options of runc', 'create -b b c', '-'],
  ['refuses options that it does not know', '--no-such create c', '-'],
  ['reads run', 'run --detach --pass-fd 3:3 --pass-fd 4:4 --exec-fd 5 c', 'run config.json c'],
  ['refuses no number', 'run --exec-fd x c', '-'],
  ['refuses no number before the command', '--fdlimit x create c', '-'],
  ['knows options of earlier releases', '--fsgofer-host-uds --lisafs=false create c', 'create config.json c'],
  ['reads restore', 'restore --image-path i --background=f --bundle b c', 'restore b/config.json c'],
  ['shows help', '-h create c', '-'],
  ['refuses help after the command', 'create --help c', '-'],
  ['goes on when version is switched off', '--version=false create c', 'create config.json c'],
  [
    'resolves the log against the working directory',
    '--log l --log-format=json create c',
    'create config.json c json:l',
  ],
];

for (const [family, rows] of Object.entries({ runc, crun, youki, runsc })) {
  for (const [title, line, want] of rows) {
    test(`readCommandLine() for ${family} ${title}`, () => assert.equal(read(findFamily(family), line), want));
  }
}

test('readCommandLine() tells the bundle as the runtime has it', () => {
  assert.equal(readCommandLine('runc', ['create', '--bundle', '', 'c'])?.bundle, '');
  assert.equal(readCommandLine('crun', ['create', '--bundle', '', 'c'])?.bundle, '');
  assert.equal(readCommandLine('crun', ['create', 'c'])?.bundle, '.');
  assert.equal(readCommandLine('runsc', ['create', '--bundle', 'a/../b/', 'c'])?.bundle, 'b');
});

test('readCommandLine() keeps bytes that are not UTF-8', () => {
  const call = readCommandLine('crun', ['create', '-b\udcff', '\udcfe']);
  assert.equal(call?.config, '\udcff/config.json');
  assert.equal(call?.id, '\udcfe');
});

/** Lines that are no call: whether they are for want of a table, and which documents they may be about then. */
const unread: [family: Family, line: string, command: string | undefined, configs?: string][] = [
  ['runc', 'create --unheard-of -b b c', 'create', 'b/config.json c/config.json config.json create/config.json'],
  [
    'runc',
    '--unheard-of=x/y run -bundle=/b c',
    'run',
    '/b/config.json c/config.json config.json run/config.json x/y/config.json',
  ],
  ['runc', '--unheard-of x restore c', 'restore'],
  ['runc', '--unheard-of exec c create', undefined],
  ['runc', '--unheard-of kill create', undefined],
  ['runc', '--unheard-of', undefined],
  ['runc', 'create --preserve-fds many c', undefined],
  ['runc', 'create --bundle', undefined],
  ['runc', 'create -b a --bundle b c', 'create'],
  ['runc', 'create --no-pivot= -b b c', 'create'],
  ['runc', '--debug= create c', 'create'],
  ['runc', 'create c --unheard-of', 'create'],
  ['runc', 'create c -- --unheard-of', 'create'],
  ['crun', 'create c --unheard-of', undefined],
  ['crun', '--log-format xml create c', 'create'],
  ['crun', 'create --preserve-fds 1x c', 'create'],
  ['crun', '--lo l create c', undefined],
  ['crun', 'create --no-pivot=false c', undefined],
  ['youki', 'create --bundle a --bundle b c', undefined],
  ['youki', '--log-level loud create c', 'create'],
  ['runc', '--log-format xml create c', 'create'],
  ['runc', '--help create --unheard-of c', undefined],
  ['runc', 'create --help --unheard-of c', 'create'],
  ['runc', 'create --help c', undefined],
  ['runc', 'create', undefined],
  ['runc', 'create c d', undefined],
  ['runc', 'state --unheard-of c', undefined],
  ['crun', 'create --unheard-of c', 'create'],
  ['crun', 'create --help --unheard-of c', undefined],
  ['crun', 'create -dq c', 'create'],
  ['crun', 'create -dh -q c', 'create'],
  ['crun', 'create -?q c', undefined],
  [
    'crun',
    '--unheard-of create -bb -f f c',
    'create',
    'b/config.json c/config.json config.json create/config.json f f/config.json',
  ],
  [
    'crun',
    '--unheard-of --log l create --config=g c',
    'create',
    'c/config.json config.json create/config.json g g/config.json l/config.json',
  ],
  ['youki', 'create --unheard-of c', 'create'],
  ['youki', 'create --help --unheard-of c', undefined],
  ['youki', 'restore c', 'restore'],
  ['youki', '-Zcreate create c', 'create'],
  ['runsc', 'create -unheard-of c', 'create'],
  ['runsc', 'create -h c', undefined],
  ['runsc', '--version create --unheard-of c', undefined],
];
for (const [family, line, command, configs] of unread)
  test(`readLine() for ${family} ${command === undefined ? 'has nothing to do with' : 'cannot read'} ${line}`, () => {
    assert.deepEqual(readLine(family, words(line)), command === undefined ? undefined : { command });
    if (configs !== undefined) assert.equal([...listPossibleConfigs(family, words(line))].sort().join(' '), configs);
  });

const logs: [title: string, family: Family, line: string, want: string | undefined][] = [
  ['reads the log of any command', 'runc', '--log x --log-format json delete c', 'json:x'],
  ['does not look behind the command', 'runc', 'delete --log x c', undefined],
  ['reads the log of a create that is refused', 'runc', '--log x create --bogus c', 'text:x'],
  ['resolves against the bundle at create', 'crun', '--log x create -b b c', 'text:b/x'],
  ['resolves against the working directory at delete', 'crun', '--log file:x delete c', 'text:x'],
  ['knows no file for journald', 'crun', '--log journald:x delete c', undefined],
  ['reads the log of youki', 'youki', '-lx --log-format=json state c', 'json:x'],
  ['gives up on a line that it cannot read', 'runsc', '--bogus --log x state c', undefined],
];
for (const [title, family, line, want] of logs) {
  test(`readLog() ${title}`, () => {
    const log = readLog(family, words(line));
    assert.equal(log && `${log.format}:${log.file}`, want);
  });
}
