// Whether a block of a page is run by a test: by which, or why not.
import type { Block } from './page.ts';

/** What becomes of a block, or what is wrong with it. */
export type Verdict =
  /** in a private host, by test/docs/pages.system.test.ts */
  | { readonly kind: 'run' }
  /** with a real engine, by a test in integration/ that names the page */
  | { readonly kind: 'engine' }
  | { readonly kind: 'run by'; readonly files: readonly string[] }
  | { readonly kind: 'not run'; readonly reason: string }
  /** there are no commands in it */
  | { readonly kind: 'text' }
  | { readonly kind: 'wrong'; readonly why: string };

/** Programs that pages call: what begins with one of them, and has no prompt, is a command all the same. */
const PROGRAMS =
  /^(?:sudo |cdictl|docker|podman|ctr|nerdctl|kubectl|crictl|npm|npx|node|cp|ln|rm|mkdir|systemctl|udevadm|skopeo|gpg|sha256sum|tar|apt|apt-get|dnf|curl|k3s|wsl|nvidia-ctk)(?: |$)/;

export function judgeBlock({ fence, lines, mark }: Block): Verdict {
  const console = /^console(?: engine)?$/.test(fence);
  if (!console) {
    if (/^(?:ts|js|c|json|yaml|toml|ini|diff|mermaid)\b/.test(fence)) return { kind: 'text' };
    // help of cdictl is prose, in which a line may begin with any word
    const asCommand = fence === 'text' ? /^[$#] / : PROGRAMS;
    if (!lines.some((line) => /^[$#] /.test(line) || asCommand.test(line))) return { kind: 'text' };
    return { kind: 'wrong', why: 'there are commands in it, and it is no block of the kind "console"' };
  }
  if (lines.some((line) => line.startsWith('# '))) return { kind: 'wrong', why: 'the prompt is "$ "' };
  const [, word, rest = ''] = /^(not run|run by|demo): *(.*)$/.exec(mark ?? '') ?? [];
  if (word === 'not run' && rest !== '') return { kind: 'not run', reason: rest };
  if (word === 'run by' && rest !== '') return { kind: 'run by', files: rest.split(/, */) };
  if (word === 'demo') return { kind: 'run by', files: ['scripts/demo.ts'] };
  if (mark !== undefined)
    return { kind: 'wrong', why: `"${mark}" is no mark: "not run: REASON" and "run by: FILE" are` };
  return { kind: fence === 'console' ? 'run' : 'engine' };
}
