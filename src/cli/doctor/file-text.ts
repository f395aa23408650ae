// Small files of the kernel and of /etc.
import { failed, type Host } from '../../host/host.ts';

const LARGEST = 1024 * 1024;

/** undefined where it cannot be read. */
export function fileText(host: Host, path: string): string | undefined {
  const file = host.readFile(path, LARGEST);
  return failed(file) ? undefined : host.text(file);
}
