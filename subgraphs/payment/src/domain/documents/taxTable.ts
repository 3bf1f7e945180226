import { allocate, money } from '@souk/money';
import type { TaxRow } from './document.js';

/** A part of a document that is taxed: a line, or shipping. `cents` contains `taxCents` when prices include the tax. */
export interface Taxed {
  readonly cents: number;
  readonly taxCents: number;
  readonly taxBasisPoints: number | null;
}

/** The parts added up per rate, highest rate first. What each part was rounded to stays: the rows' tax is the order's tax. */
export function taxRows(parts: readonly Taxed[], pricesIncludeTax: boolean): TaxRow[] {
  const rows = new Map<number | null, TaxRow>();
  for (const { cents, taxCents, taxBasisPoints } of parts) {
    if (cents === 0 && taxCents === 0) continue;
    const netCents = pricesIncludeTax ? cents - taxCents : cents;
    const before = rows.get(taxBasisPoints) ?? { netCents: 0, taxCents: 0, grossCents: 0 };
    rows.set(taxBasisPoints, {
      basisPoints: taxBasisPoints,
      netCents: before.netCents + netCents,
      taxCents: before.taxCents + taxCents,
      grossCents: before.grossCents + netCents + taxCents,
    });
  }
  return [...rows.values()].sort((a, b) => (b.basisPoints ?? -1) - (a.basisPoints ?? -1));
}

/**
 * The taxes in the next `cents` of an amount, of which the rows `given` were given before. Parts that follow each other sum to the
 * whole exactly, whatever their sizes. What lies beyond the whole has no tax in it.
 */
export function taxesOfNext(whole: readonly TaxRow[], given: readonly TaxRow[], cents: number): TaxRow[] {
  return addedUp([taxesOfFirst(whole, grossOf(given) + cents), negated(given)]);
}

/** The taxes in the first `cents` of an amount, in proportion; in all of it, exactly the whole. */
export function taxesOfFirst(whole: readonly TaxRow[], cents: number): TaxRow[] {
  const total = grossOf(whole);
  if (cents >= total) return [...whole];
  // The currency does not matter here: all amounts are minor units of one.
  const shares = allocate(
    money(cents, 'EUR'),
    whole.map((row) => row.grossCents),
  );
  return whole.map((row, index): TaxRow => {
    const grossCents = shares[index]?.centAmount ?? 0;
    const taxCents = row.grossCents === 0 ? 0 : roundedShare(row.taxCents, grossCents, row.grossCents);
    return { basisPoints: row.basisPoints, grossCents, taxCents, netCents: grossCents - taxCents };
  });
}

/** amount × part ÷ whole, rounded half up; exact at any size. */
function roundedShare(amount: number, part: number, whole: number): number {
  return Number((BigInt(amount) * BigInt(part) * 2n + BigInt(whole)) / (BigInt(whole) * 2n));
}

export const grossOf = (rows: readonly TaxRow[]): number => rows.reduce((sum, row) => sum + row.grossCents, 0);
export const taxOf = (rows: readonly TaxRow[]): number => rows.reduce((sum, row) => sum + row.taxCents, 0);

/** All rows with the other sign. */
export const negated = (rows: readonly TaxRow[]): TaxRow[] =>
  rows.map((row) => ({
    basisPoints: row.basisPoints,
    netCents: -row.netCents,
    taxCents: -row.taxCents,
    grossCents: -row.grossCents,
  }));

/** The rows of several documents together, without those that come to nothing. */
export const addedUp = (all: readonly (readonly TaxRow[])[]): TaxRow[] =>
  taxRows(
    all.flat().map((row) => ({ cents: row.grossCents, taxCents: row.taxCents, taxBasisPoints: row.basisPoints })),
    true,
  ).filter((row) => row.grossCents !== 0 || row.taxCents !== 0);
