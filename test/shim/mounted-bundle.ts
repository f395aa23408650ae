// A bundle whose folder is a mount of its own, and creates in it.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../support/fake-runtime.ts';
import { type Outcome, runShim } from '../support/run-shim.ts';
import { type SmallHost, smallHost } from '../support/small-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { hasMountNamespaces, MountNamespace } from './mount-namespace.ts';

/** Why the tests of mounts are skipped. */
export const noMounts: string | false = hasMountNamespaces() ? false : 'mounts need root';

export const USER = 12345;

/** What starts a program as a user who is not root. */
export const asUser: readonly string[] = ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups'];

export interface MountedBundle extends SmallHost {
  readonly space: MountNamespace;
  /** the bundle and its document, as this process has to name them */
  readonly seenBundle: string;
  readonly seenConfig: string;
  /** a folder that every user may write to */
  readonly out: string;
}

export interface MountedBundles {
  /** @param mount makes the bundle's folder what it is to be */
  make(mount: (host: SmallHost, space: MountNamespace) => unknown): MountedBundle;
  create(
    bundle: MountedBundle,
    how?: { readonly prefix?: readonly string[]; readonly words?: readonly string[] },
  ): Outcome;
}

/** For one test file: its namespace, its folder and its stand-in for the runtime. */
export function mountedBundles(): MountedBundles {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const runtime = compile('fake-runc', folder);
  const space = noMounts === false ? new MountNamespace() : undefined;
  return {
    make(mount) {
      assert.ok(space !== undefined);
      const host = smallHost(folder, { runtime, config: undefined });
      for (const path of [host.root, host.bundle]) chmodSync(path, 0o755);
      const out = join(host.root, 'out');
      mkdirSync(out);
      chmodSync(out, 0o777);
      mount(host, space);
      return { ...host, space, seenBundle: space.path(host.bundle), seenConfig: space.path(host.config), out };
    },
    create(bundle, { prefix = [], words = [] } = {}) {
      const args = [...words, 'create', '--bundle', bundle.bundle, 'id'];
      const { out, settings } = bundle;
      return runShim({ folder: out, args, settings, prefix: [...bundle.space.prefix, ...prefix] });
    },
  };
}

/** Mounts a file system that a tool makes in a file. @returns false where this machine cannot have one */
export function mountImage(host: SmallHost, space: MountNamespace, ...make: readonly string[]): boolean {
  const image = join(host.root, 'image');
  writeFileSync(image, '');
  truncateSync(image, 8 << 20);
  const [tool = '', ...words] = make;
  return space.try(tool, ...words, image) && space.try('mount', '-o', 'loop', image, host.bundle);
}

/** Mounts an overlay of one MiB. @param lower makes what is in its lower folder */
export function mountOverlay(
  { root, bundle }: SmallHost,
  space: MountNamespace,
  lower: (folder: string) => void,
): true {
  const at = (name: string): string => join(root, 'layers', name);
  mkdirSync(at(''));
  space.mount('-t', 'tmpfs', '-o', 'size=1m', 'x', at(''));
  for (const name of ['lower', 'upper', 'work']) mkdirSync(space.path(at(name)));
  lower(space.path(at('lower')));
  const layers = `lowerdir=${at('lower')},upperdir=${at('upper')},workdir=${at('work')}`;
  return space.mount('-t', 'overlay', '-o', layers, 'x', bundle);
}
