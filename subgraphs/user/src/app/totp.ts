import { createHmac, timingSafeEqual } from 'node:crypto';

/** One-time passwords by the clock, with what authenticator apps take for granted. https://www.rfc-editor.org/rfc/rfc6238 */
const STEP_SECONDS = 30;
const DIGITS = 6;
/** Clocks may be off by this many steps, either way. */
const TOLERANCE = 1;
/** As long as the hash, as RFC 4226 recommends. */
export const TOTP_SECRET_BYTES = 20;

/** The number of the time step that a moment is in. */
export const stepAt = (now: Date): number => Math.floor(now.getTime() / 1_000 / STEP_SECONDS);

/** The code of a time step: six digits. */
export function totpAt(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = (mac.at(-1) as number) & 0xf;
  const number = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

/** Text that could be such a code, without the space that apps show in its middle; else undefined. */
export function readTotp(text: string): string | undefined {
  const digits = text.replaceAll(/[\s-]/g, '');
  return /^\d{6}$/.test(digits) ? digits : undefined;
}

/**
 * The step whose code this is, of those around now that come after `lastStep`: a code is good once, and so is every older one.
 * Takes the same time whichever it is.
 */
export function stepOf(secret: Buffer, code: string, now: Date, lastStep: number): number | undefined {
  const given = Buffer.from(code);
  let found: number | undefined;
  for (let step = stepAt(now) - TOLERANCE; step <= stepAt(now) + TOLERANCE; step += 1) {
    const expected = Buffer.from(totpAt(secret, step));
    const equal = given.length === expected.length && timingSafeEqual(given, expected);
    if (equal && step > lastStep) found ??= step;
  }
  return found;
}

/** The secret as people type it into an app: base 32 of RFC 4648, without padding. */
export function base32(bytes: Buffer): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
}

/** What the QR code contains that an app scans. https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
export function otpauthUri(o: { issuer: string; account: string; secret: Buffer }): string {
  const label = `${encodeURIComponent(o.issuer)}:${encodeURIComponent(o.account)}`;
  const query = `secret=${base32(o.secret)}&issuer=${encodeURIComponent(o.issuer)}&algorithm=SHA1&digits=${DIGITS}&period=${STEP_SECONDS}`;
  return `otpauth://totp/${label}?${query}`;
}
