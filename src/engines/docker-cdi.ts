// Docker's own CDI: features.cdi and cdi-spec-dirs of daemon.json. There since 25.0, on by itself since 28.2.
import { getDaemonFile, readDaemonJson } from './daemon-json.ts';
import { editJson, type JsonEdit } from './edit-json.ts';
import type { EngineConfig, NativeCdi, NativeCdiSwitch, NewTexts } from './engine.ts';
import { isAtLeast } from './engine-version.ts';
import { getJson, isObject, type JsonObject, readJson } from './json-file.ts';
import { addDirectories, findUnread, judgeSwitch, makeMissing, USUAL_DIRECTORIES } from './native-cdi.ts';

const FEATURE = ['features', 'cdi'];
const DIRECTORIES = 'cdi-spec-dirs';

export const dockerCdi: NativeCdiSwitch = {
  read,
  wire,
  unwire,
  // A signal makes it read its features again, but the part that knows CDI is made at its start.
  reload: () => ({ by: 'restart', process: 'dockerd', command: ['systemctl', 'restart', 'docker.service'] }),
};

function read(config: EngineConfig): NativeCdi {
  const { version } = config;
  const object = readDaemonJson(config);
  const value = getJson(object, FEATURE);
  const directories = readDirectories(object);
  if (isAtLeast(version, 25, 0) === false) return makeMissing(`docker ${version} has no CDI, which came with 25.0`);
  const [name, list] = [FEATURE.join('.'), DIRECTORIES];
  return judgeSwitch({ engine: 'docker', version, since: [28, 2], name, value, list, directories });
}

/** One empty name is how none at all is spelled. */
function readDirectories(object: JsonObject): readonly string[] {
  const written = object[DIRECTORIES];
  if (!Array.isArray(written)) return USUAL_DIRECTORIES;
  return written.filter((directory) => typeof directory === 'string' && directory !== '');
}

function wire(config: EngineConfig, specDirs: readonly string[]): NewTexts {
  const { state, specDirs: present } = read(config);
  const edits: JsonEdit[] = [];
  if (state !== 'on') edits.push({ path: FEATURE, value: true });
  if (findUnread(present, specDirs).length > 0) {
    edits.push({ path: [DIRECTORIES], value: addDirectories(present, specDirs) });
  }
  return new Map([[config.files.main, editJson(getDaemonFile(config), edits)]]);
}

function unwire(config: EngineConfig, originals: NewTexts): NewTexts {
  const path = config.files.main;
  const original = originals.get(path);
  const before: JsonObject = original === undefined ? {} : readJson({ path, text: original }).object;
  const now = readDaemonJson(config);
  const edits: JsonEdit[] = [{ path: [DIRECTORIES], value: before[DIRECTORIES] }];
  const features = now['features'];
  const isAlone = isObject(features) && Object.keys(features).join() === 'cdi';
  edits.push(
    before['features'] === undefined && isAlone
      ? { path: ['features'], value: undefined }
      : { path: FEATURE, value: getJson(before, FEATURE) },
  );
  const text = editJson(getDaemonFile(config), edits);
  const isEmpty = Object.keys(readJson({ path, text }).object).length === 0;
  return new Map([[path, original === undefined && isEmpty ? undefined : text]]);
}
