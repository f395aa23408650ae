// Keyboards, mice, joysticks and buttons. Whoever holds a keyboard reads all that is typed on it, in other places, too.
import { makeClassGenerator } from './class-generator.ts';
import type { Generator } from './generator.ts';

export const input: Generator = makeClassGenerator({
  id: 'input',
  about: 'keyboards, mice, joysticks and buttons',
  naming: 'by-id, else by-path, both without -event-kbd and the like, else the port as the driver names it',
  devices: 'input',
  matching: /^(?:event|js|mouse)\d+$/,
  folder: '/dev/input',
  suffix: /(?:-event)?(?:-(?:kbd|mouse|joystick))?$/,
  // What is plugged in nowhere, such as the button for power, has a port all the same (LNXPWRBN/button/input0), or a name.
  names: (tree, { path }, place) => {
    const attribute = (name: string): string | undefined =>
      tree.attribute(`${path.slice(0, path.lastIndexOf('/'))}/${name}`);
    return [place, attribute('phys'), attribute('name')];
  },
  nothing: { why: 'there is no input device', hint: 'plug one in, or load its driver' },
});
