// The messages of the kubelet's device plugin API, v1beta1, as far as they go one way: what it asks is read, what it is
// told is written.
import protobuf from 'protobufjs/minimal.js';

const API_VERSION = 'v1beta1';

/** A device, or one of its shares, as the kubelet knows it. */
export interface Unit {
  readonly id: string;
  readonly isHealthy: boolean;
  readonly numaNode: number | undefined;
}

export interface Registration {
  readonly endpoint: string;
  readonly resource: string;
}

/** For one container. */
export interface PreferenceRequest {
  readonly available: readonly string[];
  readonly mustInclude: readonly string[];
  readonly size: number;
}

/** What one container gets. */
export interface Answer {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly cdiDevices?: readonly string[];
}

const { Reader, Writer } = protobuf;
type Reader = protobuf.Reader;
type Writer = protobuf.Writer;

// What stands before a field: its number, and that its content is counted, or that it is a number.
const counted = (field: number): number => (field << 3) | 2;
const number = (field: number): number => field << 3;

function finish(write: (writer: Writer) => void): Buffer {
  const writer = new Writer();
  write(writer);
  return Buffer.from(writer.finish());
}

function writeInside(writer: Writer, field: number, write: () => void): void {
  writer.uint32(counted(field)).fork();
  write();
  writer.ldelim();
}

/** That there is no call before a start, and that there is one for a preference. */
function writeOptionFields(writer: Writer): void {
  writer.uint32(number(2)).bool(true);
}

export function writeOptions(): Buffer {
  return finish(writeOptionFields);
}

export function writeEmpty(): Buffer {
  return Buffer.alloc(0);
}

/** A message without fields. */
export type Empty = Readonly<Record<string, never>>;

/** Whatever is in it: no field is known. */
export function readEmpty(): Empty {
  return {};
}

export function writeRegistration({ endpoint, resource }: Registration): Buffer {
  return finish((writer) => {
    writer.uint32(counted(1)).string(API_VERSION).uint32(counted(2)).string(endpoint);
    writer.uint32(counted(3)).string(resource);
    writeInside(writer, 4, () => writeOptionFields(writer));
  });
}

export function writeUnits(units: readonly Unit[]): Buffer {
  return finish((writer) => {
    for (const { id, isHealthy, numaNode } of units) {
      writeInside(writer, 1, () => {
        writer.uint32(counted(1)).string(id);
        writer.uint32(counted(2)).string(isHealthy ? 'Healthy' : 'Unhealthy');
        if (numaNode === undefined) return;
        writeInside(writer, 3, () => writeInside(writer, 1, () => writer.uint32(number(1)).uint32(numaNode)));
      });
    }
  });
}

/** Of each container, what it may have. */
export function writePreferences(lists: readonly (readonly string[])[]): Buffer {
  return finish((writer) => {
    for (const ids of lists) {
      writeInside(writer, 1, () => {
        for (const id of ids) writer.uint32(counted(1)).string(id);
      });
    }
  });
}

/** Of each container, what it gets. */
export function writeAnswers(answers: readonly Answer[]): Buffer {
  return finish((writer) => {
    for (const { annotations = {}, cdiDevices = [] } of answers) {
      writeInside(writer, 1, () => {
        for (const [key, value] of Object.entries(annotations)) {
          writeInside(writer, 4, () => writer.uint32(counted(1)).string(key).uint32(counted(2)).string(value));
        }
        for (const name of cdiDevices) writeInside(writer, 5, () => writer.uint32(counted(1)).string(name));
      });
    }
  });
}

/** By the number of a field, what takes its content. */
type Fields = Readonly<Record<number, (reader: Reader) => void>>;

/** Fields that are not known are passed over, as newer kubelets may send some. */
function readFields(reader: Reader, end: number, fields: Fields): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    const take = fields[tag >>> 3];
    if (take === undefined) reader.skipType(tag & 7);
    else take(reader);
  }
}

function readInside(reader: Reader, fields: Fields): void {
  const length = reader.uint32();
  readFields(reader, reader.pos + length, fields);
}

/** Of each container, the devices that it is to get. */
export function readAllocations(bytes: Uint8Array): readonly (readonly string[])[] {
  const all: (readonly string[])[] = [];
  const reader = Reader.create(bytes);
  readFields(reader, reader.len, {
    1: () => {
      const ids: string[] = [];
      readInside(reader, { 1: () => ids.push(reader.string()) });
      all.push(ids);
    },
  });
  return all;
}

export function readPreferenceRequests(bytes: Uint8Array): readonly PreferenceRequest[] {
  const all: PreferenceRequest[] = [];
  const reader = Reader.create(bytes);
  readFields(reader, reader.len, {
    1: () => {
      const available: string[] = [];
      const mustInclude: string[] = [];
      let size = 0;
      readInside(reader, {
        1: () => available.push(reader.string()),
        2: () => mustInclude.push(reader.string()),
        3: () => {
          size = reader.int32();
        },
      });
      all.push({ available, mustInclude, size });
    },
  });
  return all;
}
