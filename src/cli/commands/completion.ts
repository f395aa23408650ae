// cdictl completion: a script for the shell, which asks cdictl itself what a word may become.
import { quote } from '../../text/quote.ts';
import type { Run } from '../command.ts';
import { suggestWord } from '../did-you-mean.ts';
import { UsageError } from '../usage-error.ts';

const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# bash completion for cdictl
_cdictl() {
	local line=\${COMP_LINE:0:COMP_POINT} words lines current breaks before='' index width=0 room
	# The words as blanks part them: to bash, = and : do so too, and they stand inside the names of devices.
	read -ra words <<<"\${line#*"$1"}"
	[[ $line == *[[:blank:]] || \${#words[@]} -eq 0 ]] && words+=('')
	mapfile -t lines < <(cdictl __complete -- "\${words[@]}" 2>/dev/null)
	# What bash takes for words of their own is not to be written again.
	breaks=\${COMP_WORDBREAKS//[^=:]/}
	current=\${words[-1]}
	[[ -n $breaks ]] && before=\${current%"\${current##*[$breaks]}"}
	COMPREPLY=()
	for line in "\${lines[@]}"; do
		case $line in
			:files) compopt -o default ;;
			:directories) compopt -o dirnames ;;
			*) COMPREPLY+=("\${line#"$before"}") ;;
		esac
	done
	# What is only shown, and not put into the line, has what it is behind it.
	if [[ \${#COMPREPLY[@]} -gt 1 && $COMP_TYPE == @(33|63|64) ]]; then
		for line in "\${COMPREPLY[@]%%$'\\t'*}"; do ((\${#line} > width)) && width=\${#line}; done
		room=$((\${COLUMNS:-80} - 2))
		for index in "\${!COMPREPLY[@]}"; do
			line=\${COMPREPLY[index]}
			[[ $line == *$'\\t' ]] || printf -v line '%-*s  (%s)' "$width" "\${line%%$'\\t'*}" "\${line#*$'\\t'}"
			COMPREPLY[index]=\${line:0:room}
		done
	fi
	COMPREPLY=("\${COMPREPLY[@]%%$'\\t'*}")
	[[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]] && compopt -o nospace
	return 0
}
complete -o nosort -F _cdictl cdictl
`,
  zsh: `#compdef cdictl
_cdictl() {
	local -a found open
	local line word also
	for line in "\${(@f)$(cdictl __complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}"; do
		# To _describe, a colon ends the word.
		word=\${\${line%%$'\\t'*}//:/\\\\:}
		[[ $line == *$'\\t' ]] || word+=":\${line#*$'\\t'}"
		case $line in
			'') ;;
			:files) also=_files ;;
			:directories) also='_files -/' ;;
			*=$'\\t'*) open+=("$word") ;;
			*) found+=("$word") ;;
		esac
	done
	(( $#open )) && _describe -V cdictl open -S ''
	(( $#found )) && _describe -V cdictl found
	[[ -n $also ]] && \${=also}
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
	# In quotes it is one word, also where there is none yet.
	set -l current (commandline -ct)
	for line in (cdictl __complete -- $words[2..] "$current" 2>/dev/null)
		switch $line
			case :files
				__fish_complete_path "$current"
			case :directories
				__fish_complete_directories "$current"
			case '*'
				echo $line
		end
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
