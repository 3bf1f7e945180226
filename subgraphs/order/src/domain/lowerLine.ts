import { money, splitTaxExcluded, splitTaxIncluded } from '@souk/money';
import type { OrderLine } from './order.js';

type Amounts = Pick<OrderLine, 'quantity' | 'unitPriceCents' | 'discountCents' | 'taxCents' | 'taxBasisPoints'>;

/**
 * What a line costs with fewer units: at the same unit price, with the discount of the units that stay, and the tax of what is
 * left. Lowering step by step gives the same as lowering at once, to the cent: units have fixed shares of the discount (the
 * first ones a minor unit more, as an exact division leaves it), and the last ones go first.
 */
export function lowerLine(
  line: Amounts,
  quantity: number,
  order: { readonly taxIncluded: boolean; readonly currencyCode: string },
): { discountCents: number; taxCents: number; totalCents: number } {
  const discountCents = firstUnits(line.discountCents, line.quantity, quantity);
  const totalCents = line.unitPriceCents * quantity - discountCents;
  const taxCents =
    line.taxBasisPoints === null
      ? firstUnits(line.taxCents, line.quantity, quantity)
      : taxOf(totalCents, line.taxBasisPoints, order);
  return { discountCents, taxCents, totalCents };
}

/** The tax in an amount, or on it when prices do not include it; rounded as the cart rounds it. */
export function taxOf(
  amountCents: number,
  basisPoints: number,
  order: { readonly taxIncluded: boolean; readonly currencyCode: string },
): number {
  if (amountCents <= 0 || basisPoints === 0) return 0;
  const split = order.taxIncluded ? splitTaxIncluded : splitTaxExcluded;
  return split(money(amountCents, order.currencyCode), basisPoints).tax.centAmount;
}

/** The share that the first `units` of `all` have in an amount. */
function firstUnits(amountCents: number, all: number, units: number): number {
  if (all === 0) return 0;
  return Math.floor(amountCents / all) * units + Math.min(units, amountCents % all);
}
