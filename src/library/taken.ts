// What programs hand over, taken at the door: copied as plain data, of the shape that specs and edits have. Only data is
// taken: an accessor or a proxy could say something else each time it is asked.
import { readEditsTree, readSpecTree } from '../cdi/read-spec.ts';
import type { Device, Spec } from '../cdi/spec.ts';
import type { SpecSource } from '../cdi/validate.ts';
import { writeEditsJson, writeSpecJson } from '../cdi/write-spec.ts';
import { type ContainerEdits, KINDS } from '../edits/kinds.ts';
import { parseYaml } from '../host/yaml.ts';
import { demandText, nameType } from '../text/demand-text.ts';
import { CdiError, type ErrorCode } from '../text/error.ts';
import { JSON_DEPTH } from '../text/json.ts';
import { quote } from '../text/quote.ts';
import type { YamlTree } from '../text/yaml-tree.ts';

type Refuse = (why: string) => never;
type ReadTree<T> = (tree: YamlTree) => T | undefined;

/** Imported as a module, it would open the standard streams. */
const { isProxy } = process.getBuiltinModule('node:util').types;

/** A spec with all fields that a spec must have, empty where they were null or absent. @throws {CdiError} BAD_SPEC */
export function takeSpec(spec: Spec | null | undefined, source: SpecSource = {}): Spec {
  const refuse = makeRefuse('BAD_SPEC', 'read the spec', source);
  const { devices = [], containerEdits, ...others } = takeRecord(takeData(spec ?? {}, refuse), 'the spec', refuse);
  const taken = {
    cdiVersion: '',
    kind: '',
    ...takeAnnotations(others, refuse),
    ...(containerEdits === undefined ? {} : { containerEdits: takeKinds(containerEdits, refuse) }),
    devices: takeList(devices, 'devices', refuse).map((device) => completeDevice(device, refuse)),
  };
  judgeShape(taken, writeSpecJson, readSpec, refuse);
  return taken;
}

/** @throws {CdiError} BAD_EDITS */
export function takeDevice(device: Device | null | undefined, source: SpecSource = {}): Device {
  const refuse = makeRefuse('BAD_EDITS', 'read the device', source);
  const taken = completeDevice(takeData(device ?? {}, refuse), refuse);
  judgeShape(taken.containerEdits, writeEditsJson, readEdits, refuse);
  if (typeof taken.name !== 'string') refuse(`its name is ${nameType(taken.name)}`);
  return taken;
}

/** @throws {CdiError} BAD_EDITS */
export function takeEdits(edits: ContainerEdits | null | undefined, source: SpecSource = {}): ContainerEdits {
  const refuse = makeRefuse('BAD_EDITS', 'read container edits', source);
  const taken = takeKinds(takeData(edits ?? {}, refuse), refuse);
  judgeShape(taken, writeEditsJson, readEdits, refuse);
  return taken;
}

/** Texts, one by one or in lists. @throws {CdiError} BAD_ARGUMENT */
export function takeNames(given: unknown, what: string): readonly string[] {
  const refuse: Refuse = (why) => {
    throw new CdiError('BAD_ARGUMENT', { what, why });
  };
  return takeList(takeData(given, refuse), 'what was given', refuse).flatMap((names) => {
    const list = Array.isArray(names) ? names : names === null ? [] : [names];
    return list.map((name: unknown) => {
      demandText(name, what);
      return name;
    });
  });
}

/** Edits in a list, each of which may be nothing. @throws {CdiError} BAD_EDITS */
export function takeEditsList(list: unknown): readonly ContainerEdits[] {
  const refuse = makeRefuse('BAD_EDITS', 'join container edits', {});
  return takeList(takeData(list, refuse), 'what was given', refuse).map((edits) =>
    takeEdits(edits === null ? undefined : takeRecord(edits, 'an entry', refuse)),
  );
}

/** The members of an options object. @throws {CdiError} BAD_ARGUMENT for one that cannot be read */
export function takeOptions<T extends object>(options: T | null | undefined, what: string): Partial<T> {
  try {
    const members: Partial<T> = { ...options };
    return members;
  } catch (cause) {
    throw new CdiError('BAD_ARGUMENT', { what, why: 'its options cannot be read as plain data', cause });
  }
}

/** A path, or a file's name. @throws {CdiError} BAD_ARGUMENT */
export function demandPath(path: unknown, what: string): asserts path is string {
  demandText(path, what);
  if (path.includes('\0')) throw new CdiError('BAD_ARGUMENT', { what, why: `${quote(path)} has a NUL in it` });
}

/** Plain data: a copy without members that are null or undefined, at any depth. */
function takeData(value: unknown, refuse: Refuse): unknown {
  return copy(value, [], refuse) ?? null;
}

function copy(value: unknown, place: readonly string[], refuse: Refuse): unknown {
  const name = (): string => (place.length === 0 ? 'it' : quote(place.join('.')));
  if (typeof value === 'function' || typeof value === 'symbol') refuse(`${name()} is a ${typeof value}, and no data`);
  if (typeof value !== 'object' || value === null) return value;
  if (isProxy(value)) refuse(`${name()} is a proxy, which may say something else each time`);
  if (place.length > JSON_DEPTH) refuse(`it is nested deeper than ${JSON_DEPTH} levels`);
  const readMember = (key: string): unknown => {
    const member = Object.getOwnPropertyDescriptor(value, key);
    if (member !== undefined && !('value' in member))
      refuse(`${quote([...place, key].join('.'))} is an accessor, which may say something else each time`);
    return copy(member?.value, [...place, key], refuse);
  };
  if (Array.isArray(value)) return Array.from(value.keys(), (i) => readMember(String(i)) ?? null);
  const members = Object.keys(value).map((key) => [key, readMember(key)] as const);
  return Object.fromEntries(members.filter(([, member]) => member !== null && member !== undefined));
}

/** What a file could not say in the same way is of another shape. Members that CDI does not know are not looked at. */
function judgeShape<T>(taken: T, write: (value: T) => string, read: ReadTree<T>, refuse: Refuse): void {
  const text = write(taken);
  const tree = parseYaml(text);
  if ('syntax' in tree) refuse(tree.syntax);
  try {
    const said = read(tree);
    if (said === undefined || write(said) !== text) refuse('a value in it has another type than CDI gives it');
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
    // lines and columns are those of a text that no one has seen
    refuse(error.why.replace(/^line \d+, column \d+: /, ''));
  }
}

function readSpec(tree: YamlTree): Spec | undefined {
  return readSpecTree(tree, 'read it', undefined)?.spec;
}

function readEdits(tree: YamlTree): ContainerEdits | undefined {
  return readEditsTree(tree, 'read it');
}

function completeDevice(value: unknown, refuse: Refuse): Device {
  const { name = '', containerEdits = {}, ...others } = takeRecord(value ?? {}, 'a device', refuse);
  return { ...takeAnnotations(others, refuse), name, containerEdits: takeKinds(containerEdits, refuse) };
}

function takeAnnotations<T extends Record<string, unknown>>(fields: T, refuse: Refuse): T {
  if (fields['annotations'] !== undefined) takeRecord(fields['annotations'], 'annotations', refuse);
  return fields;
}

function takeKinds(value: unknown, refuse: Refuse): ContainerEdits {
  const edits = takeRecord(value, 'containerEdits', refuse);
  for (const { name, isList } of KINDS) {
    if (edits[name] === undefined) continue;
    if (isList) takeList(edits[name], name, refuse);
    else takeRecord(edits[name], name, refuse);
  }
  return edits;
}

/** What its members are is judged as a whole, by reading what would be written. */
function takeRecord(value: unknown, name: string, refuse: Refuse) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(`${name} is no object`);
  return Object.fromEntries(Object.entries(value));
}

function takeList(value: unknown, name: string, refuse: Refuse): readonly unknown[] {
  if (!Array.isArray(value)) refuse(`${name} is no list`);
  return value;
}

function makeRefuse(code: ErrorCode, usual: string, { what = usual, path }: SpecSource): Refuse {
  return (why) => {
    throw new CdiError(code, { what, path, why });
  };
}
