// A page of the manual as something that runs: its commands, what they print, and files that it tells to write.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** A command of a block ```console, with the lines below it; or a file of a block with `file=PATH`. */
export interface Step {
  readonly line: number;
  readonly command: string;
  /** `…` stands for anything in a line, and alone on a line for any lines; undefined: it works, whatever it prints */
  readonly prints: readonly string[] | undefined;
  /** whether an engine must run for it */
  readonly engine: boolean;
}

/** A fenced block of a page. */
export interface Block {
  /** of its first line of text */
  readonly line: number;
  /** what stands behind the fence, such as `console engine` */
  readonly fence: string;
  readonly lines: readonly string[];
  /** a comment on the line before it: `not run: REASON`, or `run by: FILE, FILE` */
  readonly mark: string | undefined;
}

/** @param path below the project's folder */
export function readPage(path: string): Step[] {
  return readBlocks(readFileSync(join(ROOT, path), 'utf8')).flatMap(({ line, fence, lines, mark }): Step[] => {
    // those of a folder of one's own are written by the test that has such a folder
    const file = /\bfile=(\/\S+)/.exec(fence)?.[1];
    if (file !== undefined) return [{ ...fileStep(file, lines, /\bengine\b/.test(fence)), line }];
    return /^console\b/.test(fence) && mark === undefined ? commands(lines, line, /\bengine\b/.test(fence)) : [];
  });
}

/** All fenced blocks of a page, those in lists included. */
export function readBlocks(text: string): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [, margin, fence = ''] = /^( *)```(.*)$/.exec(lines[at] ?? '') ?? [];
    if (margin === undefined) continue;
    const end = lines.indexOf(`${margin}\`\`\``, at + 1);
    const own = lines.slice(at + 1, end).map((line) => line.slice(margin.length));
    const mark = /^ *<!-- (.*) -->$/.exec(lines[at - 1] ?? '')?.[1];
    blocks.push({ line: at + 2, fence, lines: own, mark });
    at = end;
  }
  return blocks;
}

function fileStep(file: string, block: readonly string[], engine: boolean): Omit<Step, 'line'> {
  const command = `mkdir -p ${join(file, '..')} && cat >${file} <<'END'\n${block.join('\n')}\nEND\n`;
  return { command, prints: [], engine };
}

function commands(block: readonly string[], first: number, engine: boolean): Step[] {
  const starts = block.flatMap((line, i) => (line.startsWith('$ ') ? [i] : []));
  assert.equal(starts[0], 0, `line ${first}: a block begins with a command`);
  // a list of commands alone promises no more than that they work
  const silent = starts.length === block.length && starts.length > 1;
  return starts.map((start, i) => ({
    line: first + start,
    command: (block[start] ?? '').slice(2).replace(/ +# .*$/, ''),
    prints: silent ? undefined : block.slice(start + 1, starts[i + 1]),
    engine,
  }));
}

export interface Ran {
  readonly step: Step;
  readonly status: number;
  readonly said: string;
}

/**
 * Runs steps one after the other in one shell's surroundings, each in a shell of its own.
 *
 * @param inside what the shell is started with, such as `unshare`
 * @param before shell commands that set the stage
 */
export function runSteps(steps: readonly Step[], inside: readonly string[], before: string): Ran[] {
  const folder = mkdtempSync(join(tmpdir(), 'cdi-page-'));
  const own = (name: string, i: number): string => join(folder, `${name}.${i}`);
  try {
    steps.forEach(({ command }, i) => {
      writeFileSync(own('command', i), command);
    });
    const parts = steps.map(
      (_, i) => `sh ${own('command', i)} >${own('said', i)} 2>&1 </dev/null; echo $? >${own('status', i)}`,
    );
    mkdirSync(join(folder, 'bin'));
    const [program = 'sh', ...args] = [...inside, 'sh', '-c', [before, ...parts].join('\n')];
    const { status, stderr } = spawnSync(program, args, {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    assert.equal(status, 0, stderr);
    return steps.map((step, i) => ({
      step,
      status: Number(readFileSync(own('status', i), 'utf8')),
      said: readFileSync(own('said', i), 'utf8'),
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Fails where a command printed something else than the page says. */
export function assertAsPromised(page: string, { step, status, said }: Ran): void {
  const where = `${page}:${step.line}: ${step.command}\n(status ${status}) it printed:\n${said}`;
  if (step.prints === undefined) {
    assert.equal(status, 0, where);
    return;
  }
  assert.match(said, promised(step.prints), where);
}

function promised(lines: readonly string[]): RegExp {
  const parts = lines.map((line) => {
    if (line === '…') return '(?:.*\\n)*?';
    const text = line.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/ +/g, ' +'));
    return `${text.join('.*')}\\n`;
  });
  return new RegExp(`^${parts.join('')}$`);
}
