// The messages of the Container Runtime Interface, v1, as far as a pod without containers goes.
import protobuf from 'protobufjs/minimal.js';

/** A pod that shares the host's network, so that no network is set up for it. */
export interface Sandbox {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  /** of the runtime class */
  readonly handler: string;
  /** empty: as the engine chooses */
  readonly cgroupParent: string;
}

const { Reader, Writer } = protobuf;
type Writer = protobuf.Writer;

/** Of namespaces: that of the node. */
const NODE = 2;

// What stands before a field: its number, and that its content is counted, or that it is a number.
const counted = (field: number): number => (field << 3) | 2;
const number = (field: number): number => field << 3;

function writeInside(writer: Writer, field: number, write: () => void): void {
  writer.uint32(counted(field)).fork();
  write();
  writer.ldelim();
}

function writeText(writer: Writer, field: number, text: string): void {
  if (text !== '') writer.uint32(counted(field)).string(text);
}

/** RunPodSandboxRequest */
export function writeSandbox({ name, namespace, uid, handler, cgroupParent }: Sandbox): Buffer {
  const writer = new Writer();
  writeInside(writer, 1, () => {
    writeInside(writer, 1, () => {
      writeText(writer, 1, name);
      writeText(writer, 2, uid);
      writeText(writer, 3, namespace);
    });
    writeInside(writer, 8, () => {
      writeText(writer, 1, cgroupParent);
      // security_context, namespace_options, network
      writeInside(writer, 2, () => writeInside(writer, 1, () => writer.uint32(number(1)).uint32(NODE)));
    });
  });
  writeText(writer, 2, handler);
  return Buffer.from(writer.finish());
}

/** StopPodSandboxRequest, RemovePodSandboxRequest, and what RunPodSandboxResponse says: an ID alone. */
export function writeId(id: string): Buffer {
  const writer = new Writer();
  writeText(writer, 1, id);
  return Buffer.from(writer.finish());
}

/** The ID of a response; empty where it has none. */
export function readId(bytes: Uint8Array): string {
  const reader = Reader.create(bytes);
  let id = '';
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === counted(1)) id = reader.string();
    else reader.skipType(tag & 7);
  }
  return id;
}
