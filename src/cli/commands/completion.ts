// cdictl completion: a script for the shell, which asks cdictl itself what a word may become.
import { nearest } from '../../text/nearest.ts';
import { quote } from '../../text/quote.ts';
import type { Run } from '../command.ts';
import { UsageError } from '../usage-error.ts';

const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# bash completion for cdictl
_cdictl() {
	local IFS=$'\\n' words cur=\${COMP_WORDS[COMP_CWORD]} line=\${COMP_LINE:0:COMP_POINT}
	# bash splits at = and :, which stand inside device names
	if declare -F _get_comp_words_by_ref >/dev/null; then
		_get_comp_words_by_ref -n =: cur words cword
		words=("\${words[@]:1:cword}")
	else
		words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
	fi
	COMPREPLY=($(cdictl __complete -- "\${words[@]}" 2>/dev/null | while IFS= read -r word; do
		[[ $word == "$cur"* ]] && printf '%s\\n' "$word"
	done))
	declare -F __ltrimcolon_completions >/dev/null && __ltrimcolon_completions "$cur"
	[[ \${#COMPREPLY[@]} -eq 0 ]] && compopt -o default 2>/dev/null
	return 0
}
complete -F _cdictl cdictl
`,
  zsh: `#compdef cdictl
_cdictl() {
	local -a found
	found=("\${(@f)$(cdictl __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
	if [[ -n "$found" ]]; then
		compadd -Q -- $found
	else
		_files
	fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
	_cdictl "$@"
else
	compdef _cdictl cdictl
fi
`,
  fish: `# fish completion for cdictl
function __cdictl_complete
	set -l words (commandline -opc) (commandline -ct)
	cdictl __complete -- $words[2..-1] 2>/dev/null
end
complete -c cdictl -f -a '(__cdictl_complete)'
complete -c cdictl -n 'test -z "$(__cdictl_complete)"' -F
`,
};

/** Prints the script of a shell. */
export const run: Run = ({ stdout }, { operands: [shell = ''] }) => {
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
  if (script === undefined) {
    const known = Object.keys(SCRIPTS);
    throw new UsageError(`shell ${quote(shell)} is none of ${known.join(', ')}`, nearest(shell, known));
  }
  stdout.write(script);
  return 0;
};
