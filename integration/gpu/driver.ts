// A driver for the tests of GPUs: the one that the host has, or a stand-in that is made for them.
import { existsSync, globSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { must } from '../support/command.ts';
import { MAJOR, type Stage } from '../support/stage.ts';

export interface Driver {
  readonly kind: string;
  /** nodes that each device needs, and one for each device: in the container, and on the host */
  readonly control: readonly Node[];
  readonly devices: readonly Node[];
  /** files by the name by which programs load them, all in one folder for each part of a driver */
  readonly libraries: readonly Library[];
}

interface Node {
  readonly path: string;
  readonly hostPath: string;
}

interface Library {
  readonly name: string;
  /** with its version, after all links */
  readonly file: string;
}

/** Where a container has the libraries of a driver. */
export const LIBRARIES = '/usr/lib/gpu';
export const PROGRAM = '/count-devices';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const CONTROL = ['/dev/nvidiactl', '/dev/nvidia-uvm', '/dev/nvidia-uvm-tools', '/dev/nvidia-modeset'];
/** What libcuda loads of the driver, as far as it is there. */
const OF_DRIVER = /^lib(cuda|nvidia-(ml|ptxjitcompiler|gpucomp|nvvm\d*|tileiras)|cudadebugger)\.so\.\d+$/;

/** Why the host's driver cannot be tested; false where it can. */
export const withoutDriver: string | false = existsSync('/dev/nvidiactl')
  ? false
  : 'this host has no NVIDIA driver: /dev/nvidiactl is missing';

/** The host's own, found as programs find it. */
export function findDriver(): Driver {
  const known = must('ldconfig', ['-p']).split('\n');
  const libraries = known.flatMap((line): Library[] => {
    const [, name = '', path] = /^\s*(\S+) \(libc6,(?:x86-64|AArch64).*\) => (\S+)$/.exec(line) ?? [];
    return path !== undefined && OF_DRIVER.test(name) ? [{ name, file: realpathSync(path) }] : [];
  });
  const node = (path: string): Node => ({ path, hostPath: path });
  return {
    kind: 'nvidia.com/gpu',
    control: CONTROL.filter((path) => existsSync(path)).map(node),
    devices: globSync('/dev/nvidia[0-9]*').sort().map(node),
    libraries: libraries.filter(({ name }, at) => libraries.findIndex((other) => other.name === name) === at),
  };
}

const VERSION = '570.133.20';
const DEVICES = 3;

/** One with three devices, which no hardware and no module of the kernel stands behind. */
export function makeStandIn({ folder }: Stage): Driver {
  const at = join(folder, 'stand-in');
  mkdirSync(at);
  const file = join(at, `libcuda.so.${VERSION}`);
  must('cc', ['-shared', '-fPIC', '-Wall', '-Werror', '-o', file, join(FIXTURES, 'stand-in-libcuda.c')]);
  symlinkSync(basename(file), join(at, 'libcuda.so.1'));
  const node = (name: string, minor: number): Node => {
    const hostPath = join(at, name);
    must('mknod', ['-m', '666', hostPath, 'c', String(MAJOR), String(minor)]);
    return { path: `/dev/${name}`, hostPath };
  };
  return {
    kind: 'stand-in.example/gpu',
    // numbers that no driver uses, wherever one is
    control: [node('stand-in-ctl', 240)],
    devices: Array.from({ length: DEVICES }, (_, number) => node(`stand-in${number}`, 241 + number)),
    libraries: [{ name: 'libcuda.so.1', file }],
  };
}

/** Compiles the program that counts devices, and writes a spec: a device for each GPU, `all`, and for the rest of it. */
export function writeDriverSpec({ folder, specs }: Stage, { kind, control, devices, libraries }: Driver): string {
  const program = join(folder, 'count-devices');
  if (!existsSync(program)) must('cc', ['-Wall', '-Werror', '-o', program, join(FIXTURES, 'count-devices.c'), '-ldl']);
  const files = libraries.map(({ file }) => file);
  const mount = (hostPath: string, containerPath: string): object => {
    return { hostPath, containerPath, type: 'bind', options: ['ro', 'nosuid', 'nodev', 'bind'] };
  };
  const spec = join(specs, 'gpu.json');
  const names = devices.map((_, number) => String(number));
  const entry = (name: string, deviceNodes: readonly Node[]): object => ({ name, containerEdits: { deviceNodes } });
  const text = {
    cdiVersion: '0.6.0',
    kind,
    containerEdits: {
      env: [`LD_LIBRARY_PATH=${LIBRARIES}`],
      deviceNodes: control,
      mounts: libraries.map(({ name, file }) => mount(file, `${LIBRARIES}/${name}`)),
    },
    devices: [...devices.map((node, number) => entry(names[number] ?? '', [node])), entry('all', devices)],
  };
  writeFileSync(spec, JSON.stringify(text, null, 2));
  // a container of busybox has no loader of programs, with or without a GPU
  const loaded = new Set([program, ...files].flatMap(listLoaded).filter((path) => !files.includes(realpathSync(path))));
  const mounts = [mount(program, PROGRAM), ...[...loaded].map((path) => mount(realpathSync(path), path))];
  const userland = {
    cdiVersion: '0.6.0',
    kind: 'test.example/userland',
    devices: [{ name: 'libc', containerEdits: { mounts } }],
  };
  writeFileSync(join(specs, 'userland.json'), JSON.stringify(userland));
  return spec;
}

/** What a program or library is linked with, the loader included. */
function listLoaded(file: string): readonly string[] {
  return [...must('ldd', [file]).matchAll(/(?:=> )?(\/\S+) \(0x/g)].flatMap(([, path]) => path ?? []);
}

/**
 * A script in a mount namespace of its own, in which the driver was updated: its libraries have another version, and only
 * there. Operands are a folder for what is written, and the command to run; it prints nothing of its own.
 */
export function scriptUpdate({ libraries }: Driver): string {
  const folders = [...new Set(libraries.map(({ file }) => dirname(file)))];
  const layers = folders.map(
    (folder, number) =>
      `mkdir "$at/u${number}" "$at/w${number}"\n` +
      `mount -t overlay overlay -o "lowerdir=${folder},upperdir=$at/u${number},workdir=$at/w${number}" ${folder}`,
  );
  const moves = [...new Set(libraries.map(({ file }) => file))].map((file) => `mv ${file} ${nameUpdated(file)}`);
  return ['at=$1; shift', 'mount -t tmpfs tmpfs "$at"', ...layers, ...moves, 'exec "$@"'].join('\n');
}

/** A library of the driver after its update. */
export function nameUpdated(file: string): string {
  return file.replace(/[\d.]+$/, '.999.99.99');
}
