import type { DocumentLine, DocumentModel, IssuedDocument, PostalAddress, Seller } from './document.js';
import { countryName, formats, oneLine } from './formats.js';
import { grossOf, taxOf } from './taxTable.js';

/** A document in words, in the order in which they are read: what every format shows, and nothing else. */
export interface DocumentView {
  /** Of the words; names, dates and amounts follow the order's locale. */
  readonly language: 'en';
  readonly title: string;
  readonly number: string;
  readonly seller: { readonly name: string; readonly address: readonly string[] };
  readonly facts: readonly Fact[];
  readonly addresses: readonly { readonly label: string; readonly lines: readonly string[] }[];
  /** What it is about, for documents without lines. */
  readonly statement: string | null;
  readonly lines: readonly LineView[];
  readonly hasDiscounts: boolean;
  readonly sums: readonly Fact[];
  readonly total: Fact;
  readonly taxes: readonly TaxView[];
  readonly taxTotal: TaxView | null;
  readonly notes: readonly string[];
  /** The legal entity: one element per line. */
  readonly legal: readonly string[];
}

export interface Fact {
  readonly label: string;
  readonly value: string;
}
export interface LineView {
  readonly name: string;
  readonly detail: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly discount: string;
  readonly rate: string;
  readonly total: string;
}
export interface TaxView {
  readonly rate: string;
  readonly net: string;
  readonly tax: string;
  readonly gross: string;
}

const TITLES = { INVOICE: 'Invoice', RECEIPT: 'Receipt', CREDIT_NOTE: 'Credit note' } as const;

/** Puts a document into words. The same document gives the same words. */
export function documentView(document: IssuedDocument): DocumentView {
  const { model } = document;
  const say = formats(model.locale, model.currencyCode);
  return {
    language: 'en',
    title: titleOf(model),
    number: document.number,
    seller: { name: oneLine(model.seller.name), address: sellerAddress(model.seller) },
    facts: factsOf(document, say),
    addresses: [
      { label: model.kind === 'INVOICE' ? 'Bill to' : 'Customer', lines: addressLines(model.billTo) },
      ...(model.shipTo === null ? [] : [{ label: 'Deliver to', lines: addressLines(model.shipTo) }]),
    ],
    statement: statementOf(model, say),
    lines: model.lines.map((line) => lineView(line, model, say)),
    hasDiscounts: model.lines.some((line) => line.discountCents !== 0),
    sums: sumsOf(model, say),
    total: { label: totalLabel(model), value: say.amount(model.totalCents) },
    taxes: model.taxes.map((row) => ({ rate: say.rate(row), ...amounts(row, say) })),
    taxTotal:
      model.taxes.length < 2
        ? null
        : {
            rate: 'Sum',
            ...amounts(
              {
                netCents: grossOf(model.taxes) - taxOf(model.taxes),
                taxCents: taxOf(model.taxes),
                grossCents: grossOf(model.taxes),
              },
              say,
            ),
          },
    notes: notesOf(model),
    legal: legalLines(model.seller),
  };
}

type Say = ReturnType<typeof formats>;

function titleOf(model: DocumentModel): string {
  if (model.cancels) return 'Cancellation of a credit note';
  // Without an invoice there is nothing to credit.
  return model.kind === 'CREDIT_NOTE' && model.refersTo === null ? 'Refund confirmation' : TITLES[model.kind];
}

function totalLabel(model: DocumentModel): string {
  if (model.kind === 'RECEIPT') return 'Amount received';
  if (model.kind !== 'CREDIT_NOTE') return 'Total';
  if (model.payment === null) return 'Amount credited';
  return model.cancels ? 'Amount taken back' : 'Amount refunded';
}

function factsOf(document: IssuedDocument, say: Say): Fact[] {
  const { model } = document;
  const { payment, refersTo } = model;
  return [
    { label: 'Date', value: say.date(document.issuedAt.toISOString()) },
    { label: 'Order', value: model.orderNumber },
    { label: 'Ordered on', value: say.date(model.orderedAt) },
    ...(refersTo === null
      ? []
      : [
          { label: TITLES[refersTo.kind], value: refersTo.number },
          { label: 'Dated', value: say.date(refersTo.issuedAt) },
        ]),
    ...(payment === null
      ? []
      : [
          { label: model.kind === 'RECEIPT' ? 'Received on' : 'Refunded on', value: say.date(payment.at) },
          { label: 'By', value: [payment.provider, payment.method].filter((part) => part !== null).join(', ') },
          ...(payment.reference === null ? [] : [{ label: 'Reference', value: oneLine(payment.reference, 80) }]),
        ]),
  ];
}

function statementOf(model: DocumentModel, say: Say): string | null {
  const amount = say.amount(Math.abs(model.totalCents));
  if (model.kind === 'RECEIPT') return `We have received ${amount} for order ${model.orderNumber}. Thank you.`;
  if (model.kind === 'INVOICE') {
    if (model.refersTo === null) return null;
    return `For the changes of order ${model.orderNumber} after invoice ${model.refersTo.number}.`;
  }
  if (model.cancels) {
    return `The refund of ${amount} for order ${model.orderNumber} could not be delivered and came back to us. This document takes back ${model.refersTo?.number}.`;
  }
  if (model.payment === null) {
    return `Order ${model.orderNumber} costs ${amount} less. This credit note corrects invoice ${model.refersTo?.number}.`;
  }
  const refunded = `We have refunded ${amount} for order ${model.orderNumber}.`;
  return model.refersTo === null
    ? `${refunded} The payment was not part of an invoice.`
    : `${refunded} This credit note corrects invoice ${model.refersTo.number}.`;
}

function lineView(line: DocumentLine, model: DocumentModel, say: Say): LineView {
  const netCents = model.pricesIncludeTax ? line.totalCents - line.taxCents : line.totalCents;
  return {
    name: oneLine(line.name),
    detail: [line.variant, line.sku].flatMap((part) => (part === null ? [] : [oneLine(part)])).join(' · '),
    quantity: say.count(line.quantity),
    unitPrice: say.amount(line.unitPriceCents),
    discount: line.discountCents === 0 ? '' : say.amount(-line.discountCents),
    rate: say.rate({ basisPoints: line.taxBasisPoints, taxCents: line.taxCents, netCents }),
    total: say.amount(line.totalCents),
  };
}

function sumsOf(model: DocumentModel, say: Say): Fact[] {
  const { lines, shipping } = model;
  if (model.kind !== 'INVOICE') return [];
  const goodsCents = lines.reduce((sum, line) => sum + line.totalCents, 0);
  const taxCents = taxOf(model.taxes);
  return [
    ...(lines.length === 0 ? [] : [{ label: 'Goods', value: say.amount(goodsCents) }]),
    ...(shipping === null
      ? []
      : [{ label: `Shipping (${oneLine(shipping.name, 60)})`, value: say.amount(shipping.cents) }]),
    ...(shipping === null || shipping.discountCents === 0
      ? []
      : [{ label: 'Discount on shipping', value: say.amount(-shipping.discountCents) }]),
    { label: model.pricesIncludeTax ? 'Tax included' : 'Tax', value: say.amount(taxCents) },
  ];
}

const amounts = (row: { netCents: number; taxCents: number; grossCents: number }, say: Say) => ({
  net: say.amount(row.netCents),
  tax: say.amount(row.taxCents),
  gross: say.amount(row.grossCents),
});

function notesOf(model: DocumentModel): string[] {
  if (model.kind !== 'INVOICE') return [];
  return [
    model.pricesIncludeTax ? 'All prices include tax.' : 'All prices are without tax, which is added to their sum.',
  ];
}

function addressLines(address: PostalAddress): string[] {
  const { fullName, company, streetLine1, streetLine2, postalCode, city, region, countryCode } = address;
  const place = [postalCode, city].filter((part) => part !== null && part !== '').join(' ');
  return [company, fullName, streetLine1, streetLine2, place, region, countryName(countryCode)]
    .filter((line): line is string => line !== null && line !== '')
    .map((line) => oneLine(line));
}

const sellerAddress = (seller: Seller): string[] => [
  ...seller.address.map((line) => oneLine(line)),
  countryName(seller.countryCode),
];

function legalLines(seller: Seller): string[] {
  const numbers = [
    seller.vatId === null ? '' : `VAT ID ${seller.vatId}`,
    seller.taxId === null ? '' : `Tax number ${seller.taxId}`,
    seller.registration ?? '',
  ].filter((part) => part !== '');
  return [
    [seller.name, ...sellerAddress(seller)].map((part) => oneLine(part)).join(', '),
    [...numbers.map((part) => oneLine(part)), seller.email].join(' · '),
  ];
}
