import { randomBytes } from 'node:crypto';
import { RECOVERY_CODE_BYTES, readRecoveryCode, recoveryCode } from './recoveryCode.js';

test('a code has four groups of four characters, and different bytes have different codes', () => {
  expect(recoveryCode(Buffer.alloc(10))).toBe('0000-0000-0000-0000');
  expect(recoveryCode(Buffer.alloc(10, 0xff))).toBe('zzzz-zzzz-zzzz-zzzz');
  expect(recoveryCode(Buffer.from('00443214c74254b635cf', 'hex'))).toBe('0123-4567-89ab-cdef');
});

test('every code is read again, as it is, in capitals, without dashes, and with look-alikes', () => {
  for (let i = 0; i < 200; i += 1) {
    const code = recoveryCode(randomBytes(RECOVERY_CODE_BYTES));
    const typed = code.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O').replaceAll('1', 'l');
    expect([code, typed].map(readRecoveryCode)).toEqual([code, code]);
  }
});

test('what is no recovery code is none', () => {
  for (const text of ['', '123456', '0123-4567-89ab', '0123-4567-89ab-cdeu', '0123-4567-89ab-cdef-0']) {
    expect(readRecoveryCode(text)).toBeUndefined();
  }
});
