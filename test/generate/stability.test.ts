// Names that stay: the same hardware, found by the kernel in another order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Spec } from '../../src/cdi/spec.ts';
import { generateSpec } from '../../src/generate/generate-spec.ts';
import { GENERATORS } from '../../src/generate/generators.ts';
import { recordedTree, recording } from './recorded-tree.ts';

/** As the words of the laptop are after a boot at which all counted differently. */
const RENAMED: Readonly<Record<string, string>> = {
  card1: 'card2',
  card2: 'card1',
  controlC1: 'controlC2',
  controlC2: 'controlC1',
  pcmC1D3p: 'pcmC2D3p',
  pcmC2D0p: 'pcmC1D0p',
  media0: 'media2',
  media1: 'media0',
  media2: 'media1',
  renderD128: 'renderD129',
  renderD129: 'renderD128',
  ttyUSB0: 'ttyUSB3',
  ttyUSB1: 'ttyUSB0',
  ttyUSB2: 'ttyUSB1',
  ttyUSB3: 'ttyUSB2',
  video0: 'video4',
  video1: 'video5',
  video2: 'video0',
  video3: 'video1',
  video4: 'video2',
  video5: 'video3',
  // the bus, and two pairs of look-alikes on it
  usb1: 'usb3',
  'busnum = 1': 'busnum = 3',
  'devnum = 3': 'devnum = 4',
  'devnum = 4': 'devnum = 3',
  'devnum = 6': 'devnum = 7',
  'devnum = 7': 'devnum = 6',
  '/dev/bus/usb/001': '/dev/bus/usb/003',
  '/dev/bus/usb/001/003': '/dev/bus/usb/003/004',
  '/dev/bus/usb/001/004': '/dev/bus/usb/003/003',
  '/dev/bus/usb/001/006': '/dev/bus/usb/003/007',
  '/dev/bus/usb/001/007': '/dev/bus/usb/003/006',
};
const WORDS = /\/dev\/bus\/usb\/001(?:\/00[3467])?|(?:bus|dev)num = \d+\b|\b(?:usb1|[a-zA-Z]+\d+(?:D\d\w)?)\b/g;

function renamed(text: string): string {
  return text.replace(WORDS, (word) => RENAMED[word] ?? word).replace(/\b1-(\d)/g, '3-$1');
}

/** Of two things that say the same of themselves, udev now gave the link to the other one. */
function contestedAnew(text: string): string {
  const flipped = { ttyUSB0: 'ttyUSB1', video0: 'video2', video3: 'video1' } as const;
  return text.replace(/(?<=_(?:USB_Serial-if00-port0|C270_HD_WEBCAM-video-index\d) -> \.\.\/\.\.\/)\w+/g, (node) => {
    return Object.entries(flipped).find(([from]) => from === node)?.[1] ?? assert.fail(`${node} is not contested`);
  });
}

const LAPTOP = recording('laptop');
const REBOOTED = contestedAnew(renamed(LAPTOP));

/** What two of the lab's devices have swapped after another boot; the buses of I2C and SPI are counted anew, too. */
const SWAPPED = [
  ['accel0', 'accel1'],
  ['uverbs0', 'uverbs1'],
  ['umad0', 'umad1'],
  ['vfio0', 'vfio1'],
  ['iommu_groups/14', 'iommu_groups/15'],
  ['/dev/vfio/14', '/dev/vfio/15'],
  ['event0', 'event4'],
  ['event1', 'event3'],
  ['hidraw0', 'hidraw2'],
  ['gpiochip0', 'gpiochip4'],
  ['gpiochip1', 'gpiochip3'],
  ['i2c-0', 'i2c-2'],
  ['i2c-1', 'i2c-3'],
  ['i2c-5/5-', 'i2c-9/9-'],
  ['spi0', 'spi1'],
  ['spidev0.0', 'spidev1.0'],
  ['spidev0.1', 'spidev1.1'],
  ['tpmrm0', 'tpmrm1'],
  ['ng0n1', 'ng2n1'],
  ['nvme0', 'nvme2'],
  ['ng1n', 'ng3n'],
  ['nvme1', 'nvme3'],
  ['watchdog0', 'watchdog1'],
] as const;

/** By whole paths, which a recording has in two halves. */
function swapped(text: string): string {
  const partner = new Map<string, string>(
    SWAPPED.flatMap(([one, other]) => [
      [one, other],
      [other, one],
    ]),
  );
  const words = [...partner.keys()].sort((a, b) => b.length - a.length).map((word) => word.replaceAll('.', '\\.'));
  return text.replace(new RegExp(`(?:${words.join('|')})(?!\\d)`, 'g'), (word) => partner.get(word) ?? word);
}

/** Without folders as heads, so that a path is one word. */
function flattened(text: string): string {
  let folder = '';
  return text
    .split('\n')
    .flatMap((line) => {
      if (/^\/\S+$/.test(line)) folder = line;
      else if (line.startsWith('  ')) return [`${folder}/${line.trim()}`];
      return /^\/\S+ /.test(line) ? [line] : [];
    })
    .join('\n');
}

/** Devices with their nodes, in no order, as texts. */
function nodesByName({ devices }: Pick<Spec, 'devices'>, rename: (text: string) => string) {
  return devices.map(({ name, containerEdits: { deviceNodes = [] } }) => ({
    name,
    nodes: deviceNodes.map(({ path, hostPath = path }) => rename(`${path} ${hostPath}`)).sort(),
  }));
}

const LAB = flattened(recording('lab'));
/** The GPIO chip that is nowhere has nothing that stays. */
const COUNTED = ['gpiochip2'];

for (const generator of GENERATORS) {
  const devicesOf = (text: string): Pick<Spec, 'devices'> => {
    const result = generateSpec(generator, recordedTree(text));
    return 'spec' in result ? result.spec : { devices: [] };
  };
  const before = devicesOf(LAPTOP);
  if (before.devices.length === 0) {
    test(`${generator.id}: what the lab has has the names that it had after another boot`, () => {
      const known = devicesOf(LAB);
      assert.ok(known.devices.length > 1);
      assert.deepEqual(
        nodesByName(devicesOf(swapped(LAB)), (text) => text),
        nodesByName(known, swapped),
      );
      const names = known.devices.map(({ name }) => name).filter((name) => !COUNTED.includes(name));
      assert.deepEqual(
        names.filter((name) => SWAPPED.flat().some((word) => name === word)),
        [],
      );
    });
    continue;
  }

  test(`${generator.id}: what is found in another order has the names that it had`, () => {
    assert.ok(before.devices.length > 1);
    assert.deepEqual(
      nodesByName(devicesOf(REBOOTED), (text) => text),
      nodesByName(before, renamed),
    );
  });

  if (['dri', 'snd', 'v4l2', 'tty', 'usb'].includes(generator.id))
    test(`${generator.id}: the other order gives each name another node`, () => {
      const changed = nodesByName(before, renamed).filter(
        ({ nodes }, i) => String(nodes) !== String(nodesByName(before, (text) => text)[i]?.nodes),
      );
      assert.ok(changed.length >= 3, `only ${changed.length} changed`);
    });
}

test('a link that leads to another look-alike after the boot is no name', () => {
  assert.notEqual(REBOOTED, renamed(LAPTOP));
  for (const link of ['usb-1a86_USB_Serial-if00-port0', 'usb-046d_C270_HD_WEBCAM-video-index0']) {
    assert.ok(LAPTOP.includes(link));
    for (const generator of GENERATORS) {
      assert.ok(!JSON.stringify(generateSpec(generator, recordedTree(LAPTOP))).includes(link));
    }
  }
});

test('without its twin, a device without a serial number is called after what it is', () => {
  const alone = LAPTOP.replace(/^.*ttyUSB2.*\n/gm, '');
  const tty = GENERATORS.find(({ id }) => id === 'tty') ?? assert.fail();
  const result = generateSpec(tty, recordedTree(alone));
  assert.ok('spec' in result);
  assert.ok(result.spec.devices.some(({ name }) => name === 'usb-1a86_USB_Serial-if00-port0'));
});
