// The kinds of devices that specs can be generated for: the file of each name in generator.ts.
import { accel } from './accel.ts';
import { dri } from './dri.ts';
import { fuse } from './fuse.ts';
import { GENERATOR_IDS, type Generator, type GeneratorId } from './generator.ts';
import { gpio } from './gpio.ts';
import { hidraw } from './hidraw.ts';
import { i2c } from './i2c.ts';
import { input } from './input.ts';
import { kfd } from './kfd.ts';
import { kvm } from './kvm.ts';
import { loop } from './loop.ts';
import { netTun } from './net-tun.ts';
import { nvme } from './nvme.ts';
import { rdma } from './rdma.ts';
import { snd } from './snd.ts';
import { spi } from './spi.ts';
import { tpm } from './tpm.ts';
import { tty } from './tty.ts';
import { usb } from './usb.ts';
import { v4l2 } from './v4l2.ts';
import { vfio } from './vfio.ts';
import { watchdog } from './watchdog.ts';

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
  accel,
  kfd,
  rdma,
  vfio,
  input,
  hidraw,
  gpio,
  i2c,
  spi,
  tpm,
  nvme,
  watchdog,
};

export const GENERATORS: readonly Generator[] = GENERATOR_IDS.map((id) => ROWS[id]);
