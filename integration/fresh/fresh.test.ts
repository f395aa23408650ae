// The README's two commands in a bare Debian 13 that is made for this: in both orders, wherever the checkout stands.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { execa, execaSync } from 'execa';

const ROOT = resolve(import.meta.dirname, '../..');
const ENTER = join(ROOT, 'integration/support/debian-root.sh');
/** What a new user has, who follows the README. */
const HAS = ['nodejs', 'npm', 'git', 'ca-certificates', 'procps'];
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
const DEMO = 'npm ci && npm run demo';
const TEST = 'npm ci && npm test';

/** A line of the script in the root, between the output of its commands. */
const MARK = '==> ';
/** Of a command's output: what it installed, and what its tests counted. */
const WORTH_TELLING =
  /^(?:installing |unpacking |doing without |\d+ expectations|cannot |skipped \d|. (?:tests|pass|fail|skipped) \d+$)/;

interface Story {
  readonly title: string;
  /** of the checkout */
  readonly parent: string;
  /** before the checkout is used, as root */
  readonly prepare?: string;
  readonly commands: readonly string[];
  /** what the commands end with; 0 */
  readonly status?: number;
}

const stories: readonly Story[] = [
  { title: "demo, then tests, in root's home", parent: '/root', commands: [DEMO, TEST] },
  {
    title: 'tests, demo, and tests again, in a closed folder with a blank in its name',
    parent: join('/srv', 'closed folder'),
    prepare: 'mkdir -m 700 "$parent"',
    commands: [TEST, DEMO, TEST],
  },
  {
    title: 'where NO_INSTALL forbids to install, one line says what is missing',
    parent: '/root',
    commands: ['npm ci && NO_INSTALL=1 npm test'],
    status: 1,
  },
];

const folder = mkdtempSync(join(tmpdir(), 'cdi-fresh-'));
const debian = join(folder, 'debian');
const packages = join(folder, 'packages');
after(() => rmSync(folder, { recursive: true, force: true }));

before(() => {
  console.log(`making a bare Debian 13 with ${HAS.join(', ')}`);
  execaSync('mmdebstrap', ['--quiet', '--variant=minbase', `--include=${HAS.join()}`, 'trixie', debian]);
  mkdirSync(packages);
  execaSync('git', ['clone', '--quiet', '--bare', '--no-local', ROOT, join(packages, 'repository')]);
  for (const path of ['/etc/resolv.conf', '/etc/hosts', CERTIFICATES])
    copyFileSync(path, join(packages, basename(path)));
  // npm takes packages from where this machine's does.
  const { stdout } = execaSync('npm', ['config', 'get', 'registry'], { cwd: '/' });
  writeFileSync(join(packages, 'npmrc'), `registry=${stdout}\ncafile=/packages/ca-certificates.crt\n`);
});

for (const story of stories)
  test(story.title, async () => {
    const script = join(folder, 'script');
    writeFileSync(script, writeScript(story));
    const statuses: number[] = [];
    const output: string[] = [];
    const apart = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--ipc', '--uts'];
    const running = execa('unshare', [...apart, 'sh', ENTER, debian, packages, script], { all: true, reject: false });
    for await (const line of running.iterable({ from: 'all' })) {
      output.push(line);
      if (line.startsWith(MARK) || WORTH_TELLING.test(line)) console.log(line);
      const ended = /^==> exit status (\d+)/.exec(line);
      if (ended !== null) statuses.push(Number(ended[1]));
    }
    const wanted = story.commands.map(() => story.status ?? 0);
    assert.deepEqual(statuses, wanted, output.slice(-60).join('\n'));
    const skipped = output.filter((line) => /^skipped \d/.test(line));
    assert.deepEqual(skipped, []);
    if (story.status === 1) assert.equal(output.filter((line) => line.startsWith('cannot go on without')).length, 1);
  });

function writeScript({ parent, prepare = 'true', commands }: Story): string {
  return `exec 2>&1
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8
export NODE_EXTRA_CA_CERTS=/packages/ca-certificates.crt NPM_CONFIG_USERCONFIG=/packages/npmrc
cp /packages/resolv.conf /packages/hosts /etc
chmod 700 /root
parent='${parent}'
(${prepare}) || exit
git clone --quiet /packages/repository "$parent/cdi-runtime" || exit
cd "$parent/cdi-runtime"
${commands.map((command) => writeCommand(command)).join('')}`;
}

function writeCommand(command: string): string {
  return `echo '${MARK}$ ${command}'
begin=$(date +%s)
(${command})
echo "${MARK}exit status $? after $(($(date +%s) - begin)) s"
`;
}
