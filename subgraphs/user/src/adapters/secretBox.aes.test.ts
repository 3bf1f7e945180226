import { randomBytes } from 'node:crypto';
import { createSecretBox, encryptionKeys } from './secretBox.aes.js';

const key = () => randomBytes(32).toString('base64url');
const [old, young] = [key(), key()];
const boxOf = (keys: object) => createSecretBox(encryptionKeys.parse(keys));
const PLAIN = Buffer.from('twenty secret bytes!');

test('what was sealed opens again, is never stored the same twice, and does not show', () => {
  const box = boxOf({ k1: old });
  const [one, two] = [box.seal(PLAIN, 'usr_1'), box.seal(PLAIN, 'usr_1')];
  expect(box.open(one, 'usr_1')).toEqual(PLAIN);
  expect(one.secret.equals(two.secret)).toBe(false);
  expect(one.secret.includes(PLAIN)).toBe(false);
});

test('a new key in front encrypts from now on, and what the old one encrypted still opens', () => {
  const sealed = boxOf({ k1: old }).seal(PLAIN, 'usr_1');
  const rotated = boxOf({ k2: young, k1: old });
  expect(rotated.open(sealed, 'usr_1')).toEqual(PLAIN);
  expect(rotated.seal(PLAIN, 'usr_1').keyId).toBe('k2');
  expect(() => boxOf({ k2: young }).open(sealed, 'usr_1')).toThrow('no key k1');
});

test("another person's secret, an altered one, and one of another key do not open", () => {
  const box = boxOf({ k1: old });
  const sealed = box.seal(PLAIN, 'usr_1');
  expect(() => box.open(sealed, 'usr_2')).toThrow();
  for (const at of [0, 15, sealed.secret.length - 1]) {
    const altered = Buffer.from(sealed.secret);
    altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
    expect(() => box.open({ keyId: 'k1', secret: altered }, 'usr_1')).toThrow();
  }
  expect(() => boxOf({ k1: young }).open(sealed, 'usr_1')).toThrow();
});

test.each([
  ['no key', {}],
  ['a short key', { k1: 'abc' }],
  ['an id that JSON would move', { 1: key() }],
])('%s is no configuration', (_name, keys) => {
  expect(encryptionKeys.safeParse(keys).success).toBe(false);
});
