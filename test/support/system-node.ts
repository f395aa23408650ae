// The Node that the system has, beside the one that runs the tests.
import { accessSync, constants, readFileSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execaSync } from 'execa';

const PACKAGE = new URL('../../package.json', import.meta.url);

export interface SystemNode {
  readonly path: string;
  /** as it says itself, with a `v` */
  readonly version: string;
  /** why tests cannot use it, or false */
  readonly skip: string | false;
}

/** The first `node` on the PATH that is none of an npm package. */
export function systemNode(): SystemNode {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const path = folders.map((folder) => join(folder, 'node')).find((file) => isProgram(file) && !isPackaged(file));
  if (path === undefined) return { path: '', version: '', skip: 'the system has no Node' };
  const version = execaSync(path, ['--version']).stdout;
  return { path, version, skip: whyNot(path, version) };
}

function whyNot(path: string, version: string): string | false {
  if (realpathSync(path) === realpathSync(process.execPath)) return "the system's Node is the one that runs the tests";
  const oldest = oldestNode();
  const isOld = numberOf(version.slice(1)) < numberOf(oldest);
  return isOld ? `the system's Node ${version} is older than ${oldest}` : false;
}

/** The oldest that the package says it runs on. */
function oldestNode(): string {
  const { engines }: { engines: { node: string } } = JSON.parse(readFileSync(PACKAGE, 'utf8'));
  return engines.node.replace('>=', '');
}

/** Versions as numbers that are in the same order; a patch does not count. */
function numberOf(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major * 1000 + minor;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isPackaged(file: string): boolean {
  return [file, realpathSync(file)].some((path) => path.split('/').includes('node_modules'));
}
