// Where the fields of a spec file stand, for messages about one that is loaded already.
import type { SpecSource } from '../cdi/validate.ts';
import { type FileContent, isFailure, isMalformed, type SpecHost } from '../host/host.ts';
import { YamlReader } from '../text/yaml-reader.ts';

/** Tells where a field stands, or as much of the way to it as there is. */
export type Locate = NonNullable<SpecSource['locate']>;

/** The places in a file as it was read; it is parsed once more, when the first one is asked for. */
export function locateInContent(host: SpecHost, file: FileContent): Locate {
  let reader: YamlReader | undefined;
  return (field) => {
    if (reader === undefined) {
      const tree = host.parseYaml(file);
      if (isMalformed(tree)) return undefined;
      reader = new YamlReader(tree, { code: 'BAD_SPEC', what: '' });
    }
    return reader.locate(field);
  };
}

/** The places in a file that was read before; no one knows them once it is another file than it was then. */
export function locateInFile(host: SpecHost, path: string, identity: string, maxBytes: number): Locate {
  let places: Locate | undefined;
  return (field) => {
    if (places === undefined) {
      const file = host.readFile(path, maxBytes);
      const stamp = host.stamp(path);
      const isSame = !isFailure(file) && !isFailure(stamp) && stamp.identity === identity;
      places = isSame ? locateInContent(host, file) : () => undefined;
    }
    return places(field);
  };
}
