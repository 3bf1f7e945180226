import type { DocumentLine, DocumentModel, PostalAddress, Seller, Shipping } from './document.js';
import { grossOf, taxOf, taxRows } from './taxTable.js';

/** What the order service tells for its documents. Amounts in minor units of `currencyCode`. */
export interface OrderForInvoice {
  readonly id: string;
  readonly number: string;
  readonly customerId: string | null;
  readonly locale: string;
  readonly currencyCode: string;
  readonly lines: readonly {
    readonly id: string;
    readonly productName: string;
    readonly variantName: string | null;
    readonly sku: string;
    readonly quantity: number;
    readonly unitPriceCents: number;
    readonly discountCents: number;
    readonly taxCents: number;
    readonly taxBasisPoints: number | null;
    readonly totalCents: number;
  }[];
  readonly discountCents: number;
  /** Before its discount. */
  readonly shippingCents: number;
  readonly shippingDiscountCents: number | null;
  readonly shippingTaxCents: number | null;
  readonly shippingTaxBasisPoints: number | null;
  readonly taxCents: number;
  readonly taxIncluded: boolean;
  readonly totalCents: number;
  readonly shippingAddress: PostalAddress;
  readonly billingAddress: PostalAddress | null;
  readonly shippingMethodName: string;
  readonly placedAt: Date;
  readonly confirmedAt: Date | null;
}

/** The amounts of an order do not make its total: no document is written from them. */
export class DoesNotAddUp extends RangeError {
  override readonly name = 'DoesNotAddUp';
}

/** What all documents of an order have in common. */
export const commonPart = (order: OrderForInvoice, seller: Seller) => ({
  template: 1 as const,
  locale: order.locale,
  currencyCode: order.currencyCode,
  seller,
  orderNumber: order.number,
  orderedAt: order.placedAt.toISOString(),
  billTo: addressOnly(order.billingAddress ?? order.shippingAddress),
  shipTo: sameAddress(order.billingAddress, order.shippingAddress) ? null : addressOnly(order.shippingAddress),
  pricesIncludeTax: order.taxIncluded,
});

/**
 * The invoice of an order as it stands, less what earlier invoices of it say: the first one has everything, one after an edit that
 * made the order dearer has what the edit changed. Null when nothing is left to invoice. Throws {@link DoesNotAddUp}.
 */
export function invoiceOf(
  order: OrderForInvoice,
  seller: Seller,
  earlier: readonly DocumentModel[],
): DocumentModel | null {
  const whole = goodsOf(order);
  const lines = linesLess(
    whole.lines,
    earlier.flatMap((invoice) => invoice.lines),
  );
  const shipping = shippingLess(
    whole.shipping,
    earlier.flatMap((invoice) => (invoice.shipping === null ? [] : [invoice.shipping])),
  );
  const taxes = taxRows(taxedParts(lines, shipping), order.taxIncluded);
  const invoicedCents = earlier.reduce((sum, invoice) => sum + invoice.totalCents, 0);
  const totalCents = order.totalCents - invoicedCents;
  if (earlier.length > 0 && totalCents <= 0) return null;
  if (grossOf(taxes) !== totalCents) throw new DoesNotAddUp(`the taxed parts of order ${order.id} are not its total`);
  return {
    ...commonPart(order, seller),
    kind: 'INVOICE',
    lines,
    shipping,
    taxes,
    totalCents,
    payment: null,
    refersTo: null,
    cancels: false,
  };
}

/** The taxes of the whole order as it stands. */
export function taxesOfOrder(order: OrderForInvoice) {
  const { lines, shipping } = goodsOf(order);
  return taxRows(taxedParts(lines, shipping), order.taxIncluded);
}

function goodsOf(order: OrderForInvoice): { lines: DocumentLine[]; shipping: Shipping } {
  const ofLines = (pick: (line: OrderForInvoice['lines'][number]) => number) =>
    order.lines.reduce((sum, line) => sum + pick(line), 0);
  const shipping: Shipping = {
    name: order.shippingMethodName,
    cents: order.shippingCents,
    discountCents: order.shippingDiscountCents ?? order.discountCents - ofLines((line) => line.discountCents),
    taxCents: order.shippingTaxCents ?? order.taxCents - ofLines((line) => line.taxCents),
    taxBasisPoints: order.shippingTaxBasisPoints,
  };
  const lines = order.lines
    .filter((line) => line.quantity > 0)
    .map(
      (line): DocumentLine => ({
        lineId: line.id,
        name: line.productName,
        variant: line.variantName,
        sku: line.sku,
        quantity: line.quantity,
        unitPriceCents: line.unitPriceCents,
        discountCents: line.discountCents,
        totalCents: line.totalCents,
        taxCents: line.taxCents,
        taxBasisPoints: line.taxBasisPoints,
      }),
    );
  const rows = taxRows(taxedParts(lines, shipping), order.taxIncluded);
  if (taxOf(rows) !== order.taxCents || grossOf(rows) !== order.totalCents) {
    throw new DoesNotAddUp(`the lines, shipping and taxes of order ${order.id} do not make its total`);
  }
  return { lines, shipping };
}

const taxedParts = (lines: readonly DocumentLine[], shipping: Shipping | null) => [
  ...lines.map(({ totalCents, taxCents, taxBasisPoints }) => ({ cents: totalCents, taxCents, taxBasisPoints })),
  ...(shipping === null ? [] : [{ ...shipping, cents: shipping.cents - shipping.discountCents }]),
];

/** What the lines are now and were not yet when they were invoiced. A line that became fewer, or is gone, has a negative rest. */
function linesLess(lines: readonly DocumentLine[], invoiced: readonly DocumentLine[]): DocumentLine[] {
  const ids = new Set([...lines, ...invoiced].map((line) => line.lineId));
  return [...ids].flatMap((lineId) => {
    const now = lines.find((line) => line.lineId === lineId);
    const before = invoiced.filter((line) => line.lineId === lineId);
    const any = now ?? before[0];
    if (any === undefined) return [];
    const rest = (pick: (line: DocumentLine) => number) =>
      (now === undefined ? 0 : pick(now)) - before.reduce((sum, line) => sum + pick(line), 0);
    const line: DocumentLine = {
      ...any,
      quantity: rest((one) => one.quantity),
      discountCents: rest((one) => one.discountCents),
      totalCents: rest((one) => one.totalCents),
      taxCents: rest((one) => one.taxCents),
    };
    return line.quantity === 0 && line.totalCents === 0 && line.taxCents === 0 ? [] : [line];
  });
}

function shippingLess(shipping: Shipping, invoiced: readonly Shipping[]): Shipping | null {
  const rest = (pick: (one: Shipping) => number) => pick(shipping) - invoiced.reduce((sum, one) => sum + pick(one), 0);
  const left: Shipping = {
    ...shipping,
    cents: rest((one) => one.cents),
    discountCents: rest((one) => one.discountCents),
    taxCents: rest((one) => one.taxCents),
  };
  const unchanged = left.cents === 0 && left.discountCents === 0 && left.taxCents === 0;
  return unchanged && invoiced.length > 0 ? null : left;
}

/** Without the telephone number: it has no place on an invoice. */
function addressOnly(address: PostalAddress): PostalAddress {
  const { fullName, company, streetLine1, streetLine2, city, region, postalCode, countryCode } = address;
  return { fullName, company, streetLine1, streetLine2, city, region, postalCode, countryCode };
}

const sameAddress = (a: PostalAddress | null, b: PostalAddress): boolean =>
  a === null || JSON.stringify(addressOnly(a)) === JSON.stringify(addressOnly(b));
