import { type AccountError, accountError } from './accountError.js';

export const MIN_PASSWORD_LENGTH = 10;
/** Checked before hashing, so that nobody makes us hash a book. */
export const MAX_PASSWORD_LENGTH = 128;
const MIN_DISTINCT = 5;

/** Of the lists of leaked passwords, those that are long enough for us. */
const COMMON = new Set(
  `1234567890 0123456789 12345678910 123456789a 1q2w3e4r5t 1qaz2wsx3edc qwertyuiop qwerty1234 qwerty12345 password12 password123
   password1234 passw0rd123 iloveyou12 iloveyou123 administrator letmein123 welcome123 welcome1234 changeme123 football123 princess123
   abcdefghij abcd123456 abc1234567 q1w2e3r4t5 zaq12wsxcde asdfghjkl1 1234qwerasdf trustno1trustno1`.split(/\s+/),
);

/** Why a new password is not taken, or undefined. Length and guessability decide; no rules about kinds of characters. */
export function weakBecause(password: string, emailKey: string, field: readonly string[]): AccountError | undefined {
  const characters = [...password];
  const lower = password.toLowerCase();
  const localPart = emailKey.split('@')[0] ?? '';
  const problem =
    characters.length < MIN_PASSWORD_LENGTH
      ? `A password has at least ${MIN_PASSWORD_LENGTH} characters.`
      : tooLong(password)
        ? `A password has at most ${MAX_PASSWORD_LENGTH} characters.`
        : new Set(characters).size < MIN_DISTINCT || COMMON.has(lower)
          ? 'This password is too easy to guess.'
          : lower === emailKey || lower === localPart
            ? 'The password is the e-mail address.'
            : undefined;
  return problem === undefined ? undefined : accountError('PASSWORD_TOO_WEAK', problem, field);
}

/** Whether a text is too long to be anybody's password; in that case it is never hashed. */
export function tooLong(password: string): boolean {
  return password.length > MAX_PASSWORD_LENGTH;
}
