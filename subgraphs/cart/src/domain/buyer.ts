import type { PostalAddress } from './cart.js';
import { type CartError, cartError } from './cartError.js';

export const MAX_NOTE_LENGTH = 1_000;
const MAX_EMAIL_LENGTH = 254;
const EMAIL = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+\.[^\s@<>()[\]\\,;:".]+$/;
/** Control characters, line breaks included: no field of an address has a use for them, headers of mails suffer from them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the purpose
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the purpose
const CONTROL_BUT_LINES = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;

/** What a client sends as an address; what is left out is null. */
export type AddressInput = { readonly [K in keyof PostalAddress]?: PostalAddress[K] | undefined } & {
  readonly fullName: string;
  readonly streetLine1: string;
  readonly city: string;
  readonly countryCode: string;
};

const REGIONS = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** True for a country of ISO 3166-1. */
export function isCountry(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && code !== 'ZZ' && code !== 'EU' && REGIONS.of(code) !== undefined;
}

/** The trimmed address, or what is wrong with it. Does not prove that anybody receives mail there. */
export function checkEmail(text: string, field: readonly string[]): { email: string } | { error: CartError } {
  const email = text.trim();
  if (email.length > MAX_EMAIL_LENGTH || CONTROL.test(email) || !EMAIL.test(email)) {
    return { error: cartError('INVALID', 'This is not an e-mail address.', field) };
  }
  return { email };
}

/** What is wrong with a country. */
export function checkCountry(code: string, field: readonly string[]): CartError[] {
  return isCountry(code) ? [] : [cartError('INVALID', 'This is not a country of ISO 3166-1.', field)];
}

/** The trimmed note (null when empty), or what is wrong with it. */
export function checkNote(
  text: string | null,
  field: readonly string[],
): { note: string | null } | { error: CartError } {
  const note = text?.replace(/\r\n?/g, '\n').trim() ?? '';
  if (note.length > MAX_NOTE_LENGTH) {
    return { error: cartError('INVALID', `A note has at most ${MAX_NOTE_LENGTH} characters.`, field) };
  }
  if (CONTROL_BUT_LINES.test(note)) return { error: cartError('INVALID', 'A note has no control characters.', field) };
  return { note: note === '' ? null : note };
}

const LIMITS = {
  fullName: 100,
  company: 100,
  streetLine1: 150,
  streetLine2: 150,
  city: 100,
  region: 100,
  postalCode: 20,
  phone: 30,
} as const;
const NEEDED: ReadonlySet<string> = new Set(['fullName', 'streetLine1', 'city']);

/** The trimmed address, or everything that is wrong with it. */
export function checkAddress(
  input: AddressInput,
  path: readonly string[],
): { address: PostalAddress } | { errors: CartError[] } {
  const errors = checkCountry(input.countryCode, [...path, 'countryCode']);
  const clean: Record<string, string | null> = {};
  for (const [name, limit] of Object.entries(LIMITS)) {
    const text = input[name as keyof typeof LIMITS]?.trim() ?? '';
    if (text === '' && NEEDED.has(name))
      errors.push(cartError('REQUIRED', 'This part of the address is needed.', [...path, name]));
    if (text.length > limit) errors.push(cartError('INVALID', `At most ${limit} characters.`, [...path, name]));
    if (CONTROL.test(text)) errors.push(cartError('INVALID', 'No control characters or line breaks.', [...path, name]));
    if (name === 'phone' && text !== '' && !/^\+?[0-9 ()./-]{5,}$/.test(text)) {
      errors.push(cartError('INVALID', 'This is not a telephone number.', [...path, name]));
    }
    clean[name] = text === '' ? null : text;
  }
  if (errors.length > 0) return { errors };
  return { address: { ...clean, countryCode: input.countryCode } as unknown as PostalAddress };
}
