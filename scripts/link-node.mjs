// The name by which scripts find the Node that `npm ci` brought. npm 9, which Debian has, takes the link away again with
// the package for other machines, which has a program of that name, too.
import { existsSync, lstatSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

const modules = resolve(import.meta.dirname, '../node_modules');
const program = join(`node-linux-${process.arch}`, 'bin/node');
const link = join(modules, '.bin/node');
if (existsSync(join(modules, program)) && lstatSync(link, { throwIfNoEntry: false }) === undefined) {
  mkdirSync(join(modules, '.bin'), { recursive: true });
  symlinkSync(join('..', program), link);
}
