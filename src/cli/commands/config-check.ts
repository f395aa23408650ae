// cdictl config check: whether settings are good, with the line and column of what is not.
import { readSettingsFile } from '../../settings/settings-file.ts';
import { CdiError } from '../../text/error.ts';
import type { OrderedJson } from '../../text/json.ts';
import { quote } from '../../text/quote.ts';
import type { Context, Run } from '../command.ts';
import { encodeFinding, writeFinding } from '../lint/finding.ts';
import { findOpenRules, type PolicyFinding } from '../lint/policy-findings.ts';
import { encodeError } from '../look.ts';
import { print } from '../print.ts';

/** Of one file, or (without a path) of the first mistake in all that the shim would read. */
interface CheckedSettings {
  readonly path: string | undefined;
  readonly error: CdiError | undefined;
  readonly findings: readonly PolicyFinding[];
}

/** Checks what the shim would read on this host, owners included; or the content of the files that are named. */
export const run: Run = (context, { operands }) => {
  const verdicts = operands.length === 0 ? checkHost(context) : operands.map((path) => checkFile(context, path));
  const errors = verdicts.flatMap(({ error }) => error ?? []);
  print(context, { files: verdicts.map(encodeChecked) }, () =>
    context.quiet
      ? ''
      : verdicts.flatMap(({ path, error }) => (error === undefined ? `${describePath(path)}\n` : [])).join(''),
  );
  for (const { findings } of verdicts)
    for (const finding of findings) context.stderr.write(writeFinding(context.stderr, finding));
  for (const error of errors) context.stderr.write(`cdictl: ${error.message}\n`);
  return errors.length === 0 ? 0 : 1;
};

function describePath(path: string | undefined): string {
  return path === undefined ? 'no settings file is there: the defaults hold' : `${quote(path)} is good`;
}

function checkHost(context: Context): readonly CheckedSettings[] {
  try {
    const { files } = context.settings();
    return files.length === 0
      ? [{ path: undefined, error: undefined, findings: [] }]
      : files.map((file) => ({ path: file.path, error: undefined, findings: findOpenRules(file) }));
  } catch (error) {
    return [makeCheckedSettings(error)];
  }
}

function checkFile({ host }: Context, path: string): CheckedSettings {
  try {
    const file = readSettingsFile(host, path);
    return { path, error: undefined, findings: findOpenRules(file) };
  } catch (error) {
    return { ...makeCheckedSettings(error), path };
  }
}

function makeCheckedSettings(error: unknown): CheckedSettings {
  if (error instanceof CdiError) return { path: error.path, error, findings: [] };
  throw error;
}

function encodeChecked({ path, error, findings }: CheckedSettings): OrderedJson {
  const encoded = findings.length === 0 ? undefined : findings.map(encodeFinding);
  return { path, error: error === undefined ? null : encodeError(error), findings: encoded };
}
