// What the shared argv vectors ask: the grammar's answer, and whether the runtime can open what it names.
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute } from 'node:path';
import { readCommandLine } from '../../dist/oci/command-line.js';

const OTHER = { command: 'other', bundle: null, config: null, id: null, logFile: null, logFormat: null };

/** @param {{ family: 'runc' | 'crun' | 'youki' | 'runsc', argv: string[], cwd: string }} vector */
export function resolve({ family, argv, cwd }) {
  const call = readCommandLine(family, argv);
  if (call === undefined) return OTHER;
  // joined by hand and resolved by libc, since Node's own functions drop `link/..` before they look
  const at = (path) => (isAbsolute(path) ? path : `${cwd}/${path}`);
  const hasBundle = (call.bundle !== '' || family !== 'crun') && isDirectory(at(call.bundle));
  const hasConfig = hasBundle && call.config !== '' && isReadableFile(at(call.config));
  const opensLog = call.logFile !== undefined && (hasBundle || family !== 'crun');
  return {
    command: call.command,
    bundle: hasBundle ? realpathSync.native(at(call.bundle)) : null,
    config: hasConfig ? realpathSync.native(at(call.config)) : null,
    id: call.id,
    logFile: opensLog ? realParent(at(call.logFile)) : null,
    logFormat: call.logFormat,
  };
}

function isDirectory(path) {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isReadableFile(path) {
  try {
    accessSync(path, constants.R_OK);
    return !isDirectory(path);
  } catch {
    return false;
  }
}

/** The log may not exist yet, its directory does. */
function realParent(path) {
  try {
    return `${realpathSync.native(dirname(path))}/${basename(path)}`;
  } catch {
    return path;
  }
}
