// A peer that is given by the path of its runtime: NVIDIA's, in its mode for CDI, with what the shim is given.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Its settings, with one spec directory and the stand-in as its runtime; requests are those of annotations.
 *
 * @returns the variables by which it finds them
 */
export function writePeerSettings(
  folder: string,
  name: string,
  runtime: string,
  specs: string,
): Record<string, string> {
  const file = join(folder, `${name}.peer.toml`);
  const text = `[nvidia-container-runtime]
debug = "/dev/null"
mode = "cdi"
runtimes = ["${runtime}"]
[nvidia-container-runtime.modes.cdi]
annotation-prefixes = ["cdi.k8s.io/"]
spec-dirs = ["${specs}"]
`;
  writeFileSync(file, text);
  return { NVIDIA_CTK_CONFIG_FILE_PATH: file };
}

/** As tables and pictures have it. */
export const PEER = "NVIDIA's runtime";

/** What it took once, in µs over the program that only execs, by case: shown where it is not measured. */
export const PEER_BEFORE: { readonly note: string; readonly overExec: Readonly<Record<string, number>> } = {
  note: `${PEER} was not measured in this run: its figures are from another one, on a machine with two shared cores, and are only
a hint.`,
  overExec: { one: 6791, eight: 6617, many: 15_338, 'very-many': 178_916 },
};
