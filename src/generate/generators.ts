// The kinds of devices that specs can be generated for: the file of each name in generator.ts.
import { dri } from './dri.ts';
import { fuse } from './fuse.ts';
import { GENERATOR_IDS, type Generator, type GeneratorId } from './generator.ts';
import { kvm } from './kvm.ts';
import { loop } from './loop.ts';
import { netTun } from './net-tun.ts';
import { snd } from './snd.ts';
import { tty } from './tty.ts';
import { usb } from './usb.ts';
import { v4l2 } from './v4l2.ts';

const ROWS: { readonly [id in GeneratorId]: Generator } = {
  fuse,
  kvm,
  'net-tun': netTun,
  dri,
  snd,
  v4l2,
  tty,
  usb,
  loop,
};

export const GENERATORS: readonly Generator[] = GENERATOR_IDS.map((id) => ROWS[id]);
