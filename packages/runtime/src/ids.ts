import { randomFillSync } from 'node:crypto';

export type IdPrefix =
  | 'usr'
  | 'ses'
  | 'adr'
  | 'aud'
  | 'emc'
  | 'ers'
  | 'exp'
  | 'tok'
  | 'prd'
  | 'var'
  | 'cat'
  | 'rsv'
  | 'mov'
  | 'blk'
  | 'crt'
  | 'cln'
  | 'prm'
  | 'cpu'
  | 'ord'
  | 'oln'
  | 'oev'
  | 'plc'
  | 'ful'
  | 'rtn'
  | 'oed'
  | 'drf'
  | 'rcp'
  | 'rcn'
  | 'rcd'
  | 'pmt'
  | 'pay'
  | 'cap'
  | 'ref'
  | 'att'
  | 'whk'
  | 'led'
  | 'pev'
  | 'dsp'
  | 'ntf'
  | 'evt'
  | 'req';

/** Crockford's base 32 in lower case: no i, l, o, u. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const pool = new Uint8Array(16_384);
let used = pool.length;

function time(now: number): string {
  let text = '';
  for (let rest = now, i = 0; i < 10; i += 1) {
    text = ALPHABET[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/**
 * A new id: prefix, `_`, and a ULID in lower case (48 bits of milliseconds, then 80 bits from the operating system's
 * random source). Ids sort by the time they were made, and knowing one says nothing about another.
 */
export function newId<P extends IdPrefix>(prefix: P, now: Date | number = Date.now()): `${P}_${string}` {
  if (used + 16 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let random = '';
  for (let i = 0; i < 16; i += 1) random += ALPHABET[(pool[used + i] as number) & 31];
  used += 16;
  return `${prefix}_${time(Number(now))}${random}`;
}
