/** A sender. */
export interface MailAddress {
  readonly email: string;
  readonly name?: string;
}

/** Reads `shop@example.com` or `Souk <shop@example.com>`; undefined when it is neither. */
export function parseMailAddress(text: string): MailAddress | undefined {
  const named = /^\s*"?([^"<>]*?)"?\s*<([^<>\s]+@[^<>\s]+)>\s*$/.exec(text);
  const email = named?.[2] ?? /^\s*([^<>\s]+@[^<>\s]+)\s*$/.exec(text)?.[1];
  if (email === undefined) return undefined;
  const name = named?.[1]?.trim();
  return name ? { email, name } : { email };
}
