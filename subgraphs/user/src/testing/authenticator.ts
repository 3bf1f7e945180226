import { stepAt, totpAt } from '../app/totp.js';

/** The secret that an `otpauth://` URI carries, read as an app reads it: without our own base 32. */
export function secretOf(uri: string): Buffer {
  const text = new URL(uri).searchParams.get('secret') ?? '';
  const bits = [...text].map((char) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0'));
  const bytes = bits.join('').match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}

/** What an authenticator app shows, `ahead` steps from now. */
export const codeOf = (uri: string, ahead = 0, now = new Date()): string => totpAt(secretOf(uri), stepAt(now) + ahead);

/** Six digits that are none of the codes around now. */
export function wrongCodeOf(uri: string): string {
  const near = new Set([-2, -1, 0, 1, 2, 3].map((ahead) => codeOf(uri, ahead)));
  return ['000000', '111111', '222222', '333333', '444444', '555555', '666666'].find(
    (code) => !near.has(code),
  ) as string;
}
