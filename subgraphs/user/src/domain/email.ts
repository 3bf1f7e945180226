const MAX_LENGTH = 254;
const SHAPE = /^[^\s@<>()[\]\\,;:"\p{Cc}]+@[^\s@<>()[\]\\,;:"\p{Cc}]+\.[^\s@<>()[\]\\,;:".\p{Cc}]+$/u;

/** An address as it is written to, and the key by which addresses are the same: normalized, without regard to case. */
export interface Email {
  readonly email: string;
  readonly key: string;
}

/** The address in a text, or undefined when there is none. Does not prove that anybody receives mail there. */
export function readEmail(text: string): Email | undefined {
  const email = text.normalize('NFC').trim();
  return email.length <= MAX_LENGTH && SHAPE.test(email) ? { email, key: email.toLowerCase() } : undefined;
}
