import type { DocumentLine, DocumentModel, PostalAddress, Referable, Seller, Shipping } from './document.js';
import { grossOf, taxesOfFirst, taxOf, taxRows } from './taxTable.js';

/** What the order service tells for its documents. Amounts in minor units of `currencyCode`. */
export interface OrderForInvoice {
  readonly id: string;
  /** Its customer has deleted his account: who he was is in its earlier documents only. */
  readonly isErased: boolean;
  readonly number: string;
  readonly status: string;
  /** Grows with every change of the order. */
  readonly version: number;
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

/** The invoice of an order as it stands. Throws {@link DoesNotAddUp}. */
export function invoiceOf(order: OrderForInvoice, seller: Seller): DocumentModel {
  const { lines, shipping } = goodsOf(order);
  return {
    ...commonPart(order, seller),
    kind: 'INVOICE',
    orderVersion: order.version,
    lines,
    shipping,
    taxes: taxRows(taxedParts(lines, shipping), order.taxIncluded),
    totalCents: order.totalCents,
    payment: null,
    refersTo: null,
    cancels: false,
  };
}

/**
 * One more invoice for an edit that made an order dearer by `addedCents`. It has the lines that the earlier invoices do not have, as
 * far as these are what became dearer; after other edits and credit notes it has the amount alone, with its share of the order's taxes.
 * Throws {@link DoesNotAddUp}.
 */
export function invoiceOfEdit(
  order: OrderForInvoice,
  seller: Seller,
  addedCents: number,
  earlier: readonly Referable[],
): DocumentModel {
  const whole = goodsOf(order);
  const invoiced = earlier.map(({ model }) => model);
  const lines = linesLess(
    whole.lines,
    invoiced.flatMap((invoice) => invoice.lines),
  );
  const shipping = shippingLess(
    whole.shipping,
    invoiced.flatMap((invoice) => (invoice.shipping === null ? [] : [invoice.shipping])),
  );
  const taxes = taxRows(taxedParts(lines, shipping), order.taxIncluded);
  const areWhatWasAdded = grossOf(taxes) === addedCents && [...lines].every((line) => line.totalCents >= 0);
  return {
    ...commonPart(order, seller),
    kind: 'INVOICE',
    orderVersion: order.version,
    lines: areWhatWasAdded ? lines : [],
    shipping: areWhatWasAdded ? shipping : null,
    taxes: areWhatWasAdded ? taxes : taxesOfFirst(taxesOfOrder(order), addedCents),
    totalCents: addedCents,
    payment: null,
    refersTo: earlier[0]?.reference ?? null,
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
