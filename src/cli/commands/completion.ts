// cdictl completion: a script for the shell, which asks cdictl itself what a word may become.
import { quote } from '../../text/quote.ts';
import type { Run } from '../command.ts';
import { suggestWord } from '../did-you-mean.ts';
import { UsageError } from '../usage-error.ts';

const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# bash completion for cdictl
_cdictl() {
	local line=\${COMP_LINE:0:COMP_POINT} words current breaks before
	# The words as blanks part them: to bash, = and : do so too, and they stand inside the names of devices.
	read -ra words <<<"\${line#*"$1"}"
	[[ $line == *[[:blank:]] ]] && words+=('')
	mapfile -t COMPREPLY < <(cdictl __complete -- "\${words[@]}" 2>/dev/null)
	# What bash takes for words of their own is not to be written again.
	breaks=\${COMP_WORDBREAKS//[^=:]/}
	if [[ -n $breaks && \${#words[@]} -gt 0 ]]; then
		current=\${words[-1]}
		before=\${current%"\${current##*[$breaks]}"}
		COMPREPLY=("\${COMPREPLY[@]#"$before"}")
	fi
}
complete -o bashdefault -o default -o nosort -F _cdictl cdictl
`,
  zsh: `#compdef cdictl
_cdictl() {
	local -a found
	found=("\${(@f)$(cdictl __complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
	if [[ -n $found ]]; then
		compadd -- $found
	else
		_files
	fi
}
if [[ \${zsh_eval_context[-1]} == loadautofunc ]]; then
	_cdictl "$@"
else
	compdef _cdictl cdictl
fi
`,
  fish: `# fish completion for cdictl
function __cdictl_complete
	set -l words (commandline -opc)
	set -l found (cdictl __complete -- $words[2..] (commandline -ct | string collect --allow-empty) 2>/dev/null)
	if set -q found[1]
		printf '%s\\n' $found
	else
		__fish_complete_path (commandline -ct)
	end
end
complete -c cdictl -f -k -a '(__cdictl_complete)'
`,
};

/** Prints the script of a shell. */
export const run: Run = ({ stdout }, { operands: [shell = ''] }) => {
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
  if (script === undefined) {
    const known = Object.keys(SCRIPTS);
    throw new UsageError(`shell ${quote(shell)} is none of ${known.join(', ')}`, suggestWord(shell, known));
  }
  stdout.write(script);
  return 0;
};
