// A host with one spec and one bundle, for tests of everything around the injection.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A document that asks for the device of the spec, */
export const ASKING = '{"process":{"env":["A=1"]},"annotations":{"cdi.k8s.io/test":"vendor.com/gpu=gpu0"}}\n';
/** and what comes of it. */
export const INJECTED =
  '{"process":{"env":["A=1","GPU=gpu0"]},"annotations":{"cdi.k8s.io/test":"vendor.com/gpu=gpu0"}}\n';
/** A document that asks for nothing. */
export const SILENT = '{"process":{"env":["A=1"]},"annotations":{}}\n';

const SPEC = `cdiVersion: 0.3.0
kind: vendor.com/gpu
devices:
  - name: gpu0
    containerEdits:
      env: [GPU=gpu0]
`;

export interface SmallHost {
  readonly root: string;
  /** the spec directory, with `vendor.yaml` in it */
  readonly cdi: string;
  readonly bundle: string;
  readonly config: string;
  readonly settings: string;
}

export interface SmallHostOptions {
  readonly runtime: string;
  /** bytes of config.json; undefined: there is none */
  readonly config: string | Buffer | undefined;
  /** what the settings say besides `runtime` and `specDirs` */
  readonly settings?: string;
  /** in place of all that the settings say */
  readonly allSettings?: string;
}

export function smallHost(
  folder: string,
  { runtime, config: text, settings: extra = '', allSettings }: SmallHostOptions,
): SmallHost {
  const root = mkdtempSync(join(folder, 'host-'));
  const [cdi, bundle, settings] = [join(root, 'cdi'), join(root, 'bundle'), join(root, 'settings.yaml')];
  mkdirSync(cdi);
  mkdirSync(bundle);
  const config = join(bundle, 'config.json');
  writeFileSync(join(cdi, 'vendor.yaml'), SPEC);
  if (text !== undefined) writeFileSync(config, text);
  const audit = /^audit:/m.test(extra) ? '' : 'audit: { enabled: false }\n';
  writeFileSync(settings, allSettings ?? `runtime: ${runtime}\nspecDirs: [${cdi}]\n${audit}${extra}`, { mode: 0o644 });
  return { root, cdi, bundle, config, settings };
}
