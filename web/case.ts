// What the page is asked: specs, a container's document, settings, and the host that they are on.
import type { HostPicture } from '../src/host/host-picture.ts';

export interface SpecInput {
  /** a file of /etc/cdi by its name, or any file by its absolute path */
  readonly name: string;
  readonly text: string;
}

export interface Case {
  readonly specs: readonly SpecInput[];
  /** JSON text */
  readonly config: string;
  /** YAML text */
  readonly settings: string;
  /** `complete`: it has whatever the specs name; `bare`: it has nothing; or what `cdictl snapshot` has written */
  readonly host: 'complete' | 'bare' | HostPicture;
}

export const CONFIG_PATH = '/bundle/config.json';

export function getSpecPath(name: string): string {
  return name.startsWith('/') ? name : `/etc/cdi/${name}`;
}
