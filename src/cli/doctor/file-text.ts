// Small files of the kernel and of /etc.
import { type Host, isFailure } from '../../host/host.ts';

const LARGEST = 1024 * 1024;

/** undefined where it cannot be read. */
export function readText(host: Host, path: string): string | undefined {
  const file = host.readFile(path, LARGEST);
  return isFailure(file) ? undefined : host.text(file);
}
