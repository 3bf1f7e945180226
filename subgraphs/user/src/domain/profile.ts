import type { PostalAddress } from './account.js';
import { type AccountError, accountError } from './accountError.js';

/** Line breaks and other control characters would end up in mails and parcels' labels. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;
const PHONE = /^\+?[0-9 ()./-]{5,30}$/;
const MAX_NAME = 100;

export interface ProfileInput {
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly locale?: string | null | undefined;
}

/** Left out: keep; null: remove. */
export type Profile = { readonly [K in keyof ProfileInput]?: string | null };

/** The cleaned parts of a profile, and what is wrong with it. */
export function readProfile(input: ProfileInput): { profile: Profile; errors: AccountError[] } {
  const errors: AccountError[] = [];
  const profile: Record<string, string | null> = {};
  for (const name of ['firstName', 'lastName', 'phone', 'locale'] as const) {
    const given = input[name];
    if (given === undefined) continue;
    const text = given?.trim() ?? '';
    const problem = text === '' ? undefined : CHECKS[name](text);
    if (problem) errors.push(accountError('INVALID', problem, ['input', name]));
    profile[name] = text === '' ? null : text;
  }
  return { profile, errors };
}

const checkName = (text: string) =>
  text.length > MAX_NAME || CONTROL.test(text) ? `A name has at most ${MAX_NAME} characters, in one line.` : undefined;
const CHECKS: Readonly<Record<keyof ProfileInput, (text: string) => string | undefined>> = {
  firstName: checkName,
  lastName: checkName,
  phone: (text) => (PHONE.test(text) ? undefined : 'This is not a telephone number.'),
  locale: (text) => (isLocale(text) ? undefined : 'This is not a language tag of BCP 47.'),
};

function isLocale(text: string): boolean {
  try {
    return text.length <= 35 && Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}

/** What a client sends as an address; what is left out is null. */
export type AddressInput = { readonly [K in keyof PostalAddress]?: PostalAddress[K] | undefined } & {
  readonly fullName: string;
  readonly streetLine1: string;
  readonly city: string;
  readonly countryCode: string;
};

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
const REGIONS = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** The trimmed address, or everything that is wrong with it. */
export function readAddress(input: AddressInput): { address: PostalAddress } | { errors: AccountError[] } {
  const errors: AccountError[] = [];
  const fault = (name: string, message: string) => errors.push(accountError('INVALID', message, ['input', name]));
  const { countryCode } = input;
  if (!/^[A-Z]{2}$/.test(countryCode) || ['ZZ', 'EU'].includes(countryCode) || REGIONS.of(countryCode) === undefined) {
    fault('countryCode', 'This is not a country of ISO 3166-1.');
  }
  const clean: Record<string, string | null> = {};
  for (const [name, limit] of Object.entries(LIMITS)) {
    const text = input[name as keyof typeof LIMITS]?.trim() ?? '';
    if (text === '' && NEEDED.has(name)) {
      errors.push(accountError('REQUIRED', 'This part of the address is needed.', ['input', name]));
    }
    if (text.length > limit) fault(name, `At most ${limit} characters.`);
    else if (CONTROL.test(text)) fault(name, 'No control characters or line breaks.');
    else if (name === 'phone' && text !== '' && !PHONE.test(text)) fault(name, 'This is not a telephone number.');
    clean[name] = text === '' ? null : text;
  }
  return errors.length > 0 ? { errors } : { address: { ...clean, countryCode } as unknown as PostalAddress };
}
