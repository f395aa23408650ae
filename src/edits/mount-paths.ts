// Which paths of the host the options of a mount name: overlays and others have their sources there.

/** What a mount's options name. */
export interface OptionPaths {
  /** absolute paths, as they are written */
  readonly paths: readonly string[];
  /** the first option that names a path in a form that is not known: relative, escaped, or in an unknown list */
  readonly unclear: string | undefined;
}

const NO_PATHS: OptionPaths = { paths: [], unclear: undefined };

/** Options of overlays whose value is a path, whatever it looks like. */
const PATH_OPTIONS: readonly string[] = ['lowerdir', 'upperdir', 'workdir', 'datadir'];
/** The one whose value is a list with colons between. */
const LIST_OPTION = 'lowerdir=';

/**
 * Runtimes join what they do not know with commas, and the kernel takes it apart at these: one option may hold several.
 */
export function readOptionPaths(options: readonly string[] = []): OptionPaths {
  if (!options.some(mayNamePath)) return NO_PATHS;
  const paths: string[] = [];
  let unclear: string | undefined;
  for (const option of options.flatMap((text) => text.split(','))) {
    const end = option.indexOf('=');
    const key = option.slice(0, Math.max(end, 0)).replace(/\+$/, '');
    const value = option.slice(end + 1);
    const isPath = PATH_OPTIONS.includes(key);
    if (!isPath && !/[/\\]/.test(value)) continue;
    const names = option.startsWith(LIST_OPTION) ? value.split(':').filter((name) => name !== '') : [value];
    for (const name of names) {
      if (/^\/[^:\\]*$/.test(name)) paths.push(name);
      else unclear ??= option;
    }
  }
  return { paths, unclear };
}

function mayNamePath(option: string): boolean {
  return /[/\\]/.test(option) || PATH_OPTIONS.some((key) => option.includes(key));
}

/** The same options with other paths in the place of those that they name. */
export function replaceOptionPaths(options: readonly string[], replace: (path: string) => string): readonly string[] {
  return options.map((option) => option.replace(/(?<=[=:])\/[^:,]*/g, replace));
}
