// Settings that are replaced while the shim starts: in every common way, and each call still finds what they
// say. SETTINGS_CALLS says how often (10 in each way).
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SHIM } from '../support/run-shim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CALLS = process.env['SETTINGS_CALLS'] ?? '10';
const folder = temporaryFolder();
const chosen = join(folder, 'chosen');
writeFileSync(chosen, '#!/bin/sh\necho chosen\n', { mode: 0o755 });

/** Words of a shell: `$file` is what the shim reads, `$one` and `$two` are texts for it, `$tmp` is a name beside it. */
const ways: [title: string, words: string][] = [
  ['in place', 'cat $one > $file; cat $two > $file'],
  ['in place, slowly', '{ sleep 0.01; cat $one; } > $file; sleep 0.01'],
  [
    'in place, without emptying it',
    'dd if=$two of=$file conv=notrunc; truncate -r $two $file; dd if=$one of=$file conv=notrunc',
  ],
  ['by cp', 'cp $one $file; cp $two $file'],
  ['by rename', 'cp $one $tmp; mv $tmp $file; cp $two $tmp; mv $tmp $file'],
  ['moved away and copied', 'mv $file $tmp; cp $one $file; mv $file $tmp; cp $two $file'],
  ['removed and written', 'rm $file; cp $one $file'],
  ['as vim does', 'mv $file $file~; cat $two > $file; chmod 644 $file; rm $file~'],
  ['as emacs does', 'cp -p $file $file~; cat $one > $file'],
  ['by install', 'install -m 644 $two $file; install -m 644 $one $file'],
  ['by sed', 'sed -i s/one/two/ $file; sed -i s/two/one/ $file'],
  ['by links', 'ln -sf $one $file; ln -sf $two $file'],
  ['by hard links', 'ln -f $one $file; ln -f $two $file'],
];

/** What each of the calls said that did not become the chosen runtime. */
function replaceAndCall(file: string, way: string, etc?: string): string[] {
  const [one, two] = [join(folder, 'one'), join(folder, 'two')];
  const [running, out] = [join(folder, 'running'), join(folder, 'out')];
  writeFileSync(one, `runtime: ${chosen} # one\n`);
  writeFileSync(two, `# two, which is longer\n${'# much longer\n'.repeat(200)}runtime: ${chosen} # two\n`);
  writeFileSync(running, '');
  const env = { PATH: '/usr/bin:/bin', file, one, two, tmp: `${file}.new`, running, out, shim: SHIM, calls: CALLS };
  // The one who replaces begins first and ends last.
  const loop = `cp $one $file; : > $out.begun; while [ -e $running ]; do ${way}; done`;
  spawn('sh', ['-c', loop], { env, stdio: 'ignore' });
  try {
    const script = `until [ -e $out.begun ]; do sleep 0.01; done
      i=0; while [ $i -lt $calls ]; do i=$((i + 1)); said=$($shim state x 2>&1); [ "$said" = chosen ] || echo "$said"; done`;
    const words = ['sh', '-c', etc === undefined ? script : `mount --bind ${etc} /etc && { ${script}; }`];
    const [tool = '', ...args] = etc === undefined ? words : ['unshare', '--mount', ...words];
    const call = { ...env, ...(etc === undefined ? { CDI_RUNTIME_CONFIG: file } : {}) };
    return spawnSync(tool, args, { env: call, encoding: 'utf8' }).stdout.split('\n').slice(0, -1);
  } finally {
    rmSync(running);
  }
}

for (const [title, words] of ways)
  test(`a call finds its runtime while the named settings are replaced: ${title}`, () => {
    const place = join(folder, title.replaceAll(/\W/g, '-'));
    mkdirSync(place);
    assert.deepEqual(replaceAndCall(join(place, 'settings.yaml'), words), []);
  });

// Drop-ins, in an /etc of its own: what is not in the list for a moment was not taken away.

const skip = process.getuid?.() === 0 ? false : 'only root has mounts of its own';

for (const [title, words] of ways.filter(([name]) => /^(?:in place|by rename|moved|removed|as vim)/.test(name)))
  test(`a call finds its runtime while a drop-in is replaced: ${title}`, { skip }, () => {
    const etc = join(folder, `etc-${title.replaceAll(/\W/g, '-')}`);
    mkdirSync(join(etc, 'cdi-runtime/config.d'), { recursive: true });
    assert.deepEqual(replaceAndCall(join(etc, 'cdi-runtime/config.d/10-runtime.yaml'), words, etc), []);
  });
