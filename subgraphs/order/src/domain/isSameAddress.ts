/**
 * Whether two e-mail addresses are one, by the rule of registration (`readEmail` of the user service): normalized, without regard to
 * case. A database's own folding depends on its locale, and would take some foreign letters for others.
 */
export const isSameAddress = (one: string, other: string): boolean => fold(one) === fold(other);

const fold = (address: string): string => address.normalize('NFC').trim().toLowerCase();
