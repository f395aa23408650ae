// The kinds of devices that specs can be generated for; the next kind is a file beside this one and a row here.
import { dri } from './dri.ts';
import { fuse } from './fuse.ts';
import type { Generator } from './generator.ts';
import { kvm } from './kvm.ts';
import { loop } from './loop.ts';
import { netTun } from './net-tun.ts';
import { snd } from './snd.ts';
import { tty } from './tty.ts';
import { usb } from './usb.ts';
import { v4l2 } from './v4l2.ts';

export const GENERATORS: readonly Generator[] = [fuse, kvm, netTun, dri, snd, v4l2, tty, usb, loop];
