import { base32, otpauthUri, readTotp, stepAt, stepOf, totpAt } from './totp.js';

/** RFC 6238, appendix B; our codes are the last six of its eight digits. */
const SECRET = Buffer.from('12345678901234567890');
test.each([
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
])("RFC 6238's vector of %i s", (seconds, code) => {
  expect(totpAt(SECRET, stepAt(new Date(seconds * 1_000)))).toBe(code);
});

test("RFC 4648's vectors of base 32", () => {
  expect(base32(Buffer.from('foobar'))).toBe('MZXW6YTBOI');
  expect(base32(Buffer.from('fooba'))).toBe('MZXW6YTB');
  expect(base32(SECRET)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
});

test('a clock may be off by one step, and by no more', () => {
  const now = new Date(1_700_000_010_000);
  const step = stepAt(now);
  const accepted = [-2, -1, 0, 1, 2].map((off) => stepOf(SECRET, totpAt(SECRET, step + off), now, 0));
  expect(accepted).toEqual([undefined, step - 1, step, step + 1, undefined]);
});

test('a code is good once: neither it nor an older one is taken after it', () => {
  const now = new Date(1_700_000_010_000);
  const step = stepAt(now);
  expect(stepOf(SECRET, totpAt(SECRET, step), now, step)).toBeUndefined();
  expect(stepOf(SECRET, totpAt(SECRET, step - 1), now, step)).toBeUndefined();
  expect(stepOf(SECRET, totpAt(SECRET, step + 1), now, step)).toBe(step + 1);
});

test('codes are read as apps show them; anything else is none', () => {
  expect(['123456', ' 123 456 ', '123-456'].map(readTotp)).toEqual(['123456', '123456', '123456']);
  for (const text of ['12345', '1234567', '12345a', '', '１２３４５６']) expect(readTotp(text)).toBeUndefined();
});

test('the URI names the shop, the account, and what the code is computed by', () => {
  expect(otpauthUri({ issuer: 'Corner Shop', account: 'ada+x@example.com', secret: SECRET })).toBe(
    'otpauth://totp/Corner%20Shop:ada%2Bx%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Corner%20Shop&algorithm=SHA1&digits=6&period=30',
  );
});
