import { format, money } from '@souk/money';
import type { TaxRow } from './document.js';

const CONTROLS = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;
const FALLBACK = 'en';

/** Amounts, dates, rates and texts of one document, as people of its locale write them. An unknown locale counts as English. */
export function formats(locale: string, currencyCode: string) {
  const known = isLocale(locale) ? locale : FALLBACK;
  const dates = new Intl.DateTimeFormat(known, { dateStyle: 'long', timeZone: 'UTC' });
  const rates = new Intl.NumberFormat(known, { style: 'percent', maximumFractionDigits: 2 });
  const integers = new Intl.NumberFormat(known);
  return {
    amount: (cents: number): string => format(money(cents, currencyCode), known),
    /** The day in UTC. */
    date: (iso: string): string => dates.format(new Date(iso)),
    count: (value: number): string => integers.format(value),
    /** 1900 → 19 %. A rate that was not kept is computed from the amounts, and says so. */
    rate: ({ basisPoints, taxCents, netCents }: Pick<TaxRow, 'basisPoints' | 'taxCents' | 'netCents'>): string => {
      if (basisPoints !== null) return rates.format(basisPoints / 10_000);
      return netCents === 0 ? '' : `≈ ${rates.format(Math.round((taxCents / netCents) * 1_000) / 1_000)}`;
    },
  };
}

function isLocale(locale: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(locale).length > 0;
  } catch {
    return false;
  }
}

/** One line of plain text: line breaks, control and direction-changing characters become one space. */
export function oneLine(text: string, maxLength = 200): string {
  const line = text.replace(CONTROLS, ' ').replace(/\s+/g, ' ').trim();
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1)}…`;
}

/** The country's English name. */
export function countryName(code: string): string {
  try {
    return new Intl.DisplayNames([FALLBACK], { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}
