// The attributes of a file that is replaced: labels and access lists stay, and nothing is added to them.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { attributesOf, setAttributes } from './extended-attributes.ts';
import { operate, scratch } from './probe-binary.ts';

const folder = scratch();
chmodSync(folder, 0o755);
const USER = 12345;
const asUser = ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups'];
const isRoot = process.getuid?.() === 0;

const LIST = 'system.posix_acl_access';
const DEFAULT = 'system.posix_acl_default';

/** An access list as the kernel has it (posix_acl_xattr.h): owner rw, group r, others nothing, and one user more. */
function accessList(user: number, rights: number): string {
  const entry = (tag: number, right: number, id = 0xffffffff): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt16LE(tag, 0);
    bytes.writeUInt16LE(right, 2);
    bytes.writeUInt32LE(id, 4);
    return bytes;
  };
  const [owner, oneUser, group, mask, others] = [1, 2, 4, 16, 32];
  const entries = [
    entry(owner, 6),
    entry(oneUser, rights, user),
    entry(group, 4),
    entry(mask, rights),
    entry(others, 0),
  ];
  return Buffer.concat([Buffer.of(2, 0, 0, 0), ...entries]).toString('hex');
}

interface Case {
  readonly title: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** those that the new file must not have */
  readonly without?: readonly string[];
  readonly mode?: number;
  /** of the folder, for the files that are made in it */
  readonly byDefault?: string;
  readonly user?: true;
  /** what it fails with */
  readonly errno?: string;
}

const cases: readonly Case[] = [
  { title: 'of a user', attributes: { 'user.text': '6162', 'user.empty': '', 'user.binary': '00ff0a' } },
  { title: 'a large one', attributes: { 'user.large': 'ab'.repeat(3000) } },
  { title: 'trusted ones', attributes: { 'trusted.text': '61' } },
  { title: 'labels', attributes: { 'security.text': '61', 'security.empty': '' } },
  { title: 'an access list', attributes: { [LIST]: accessList(54321, 6) } },
  { title: 'an access list and a mode without write', attributes: { [LIST]: accessList(54321, 4) }, mode: 0o440 },
  {
    title: 'an access list that takes the right to set the others away',
    attributes: { [LIST]: accessList(54321, 4), 'user.text': '61' },
    mode: 0o440,
    user: true,
  },
  {
    title: 'none, in a folder that gives new files an access list',
    attributes: {},
    byDefault: accessList(54321, 6),
  },
  {
    title: 'an access list, in a folder that gives new files another',
    attributes: { [LIST]: accessList(54321, 4) },
    byDefault: accessList(99999, 6),
  },
  {
    title: 'digests of the old bytes, which would be wrong of the new ones',
    attributes: { 'security.ima': '0102', 'user.text': '61' },
    without: ['security.ima'],
  },
  { title: 'those that a user may set', attributes: { 'user.text': '61' }, user: true },
  {
    title: 'trusted ones, which a user does not even see',
    attributes: { 'trusted.text': '61' },
    without: ['trusted.text'],
    user: true,
  },
  { title: 'a label that a user may not set', attributes: { 'security.text': '61' }, user: true, errno: 'EPERM' },
];

let count = 0;
for (const { title, attributes, without = [], mode = 0o640, byDefault, user, errno } of cases)
  test(`a file that is replaced keeps attributes: ${title}`, { skip: isRoot ? false : 'it needs root' }, (t) => {
    const own = join(folder, `${count++}`);
    const file = join(own, 'config.json');
    mkdirSync(own);
    writeFileSync(file, '{"old": 1}');
    if (user) for (const path of [own, file]) chownSync(path, USER, USER);
    const there =
      setAttributes(file, attributes) && (byDefault === undefined || setAttributes(own, { [DEFAULT]: byDefault }));
    if (!there) return t.skip('the file system cannot have them');
    chmodSync(file, mode);
    const [before, { mode: oldMode }] = [attributesOf(file), statSync(file)];
    const prefix = user === undefined ? [] : asUser;
    const results = operate(
      folder,
      [
        ['holdFile', file, 99],
        ['replaceFile', '$0', ['0']],
      ],
      {
        prefix,
        env: { PATH: '/usr/bin:/bin' },
      },
    );
    assert.deepEqual(results[1], errno ?? null);
    assert.equal(readFileSync(file, 'utf8'), errno === undefined ? '0' : '{"old": 1}');
    for (const name of without) delete before[name];
    assert.deepEqual([attributesOf(file), statSync(file).mode], [before, oldMode]);
    assert.deepEqual(readdirSync(own), ['config.json']);
  });
