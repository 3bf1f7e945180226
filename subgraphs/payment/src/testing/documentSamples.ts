import type { DocumentModel, IssuedDocument, Seller } from '../domain/documents/document.js';
import type { OrderForInvoice } from '../domain/documents/invoice.js';

export const SELLER: Seller = {
  name: 'Souk Demo Shop GmbH',
  address: ['Lindenstraße 12', '10969 Berlin'],
  countryCode: 'DE',
  email: 'orders@souk.example',
  vatId: 'DE123456789',
  taxId: '37/123/45678',
  registration: 'Amtsgericht Berlin-Charlottenburg HRB 123456 B',
};

type Line = OrderForInvoice['lines'][number];

export const orderLine = (parts: Partial<Line> = {}): Line => ({
  id: 'oln_1',
  productName: 'Lamp',
  variantName: 'Green',
  sku: 'LAMP-G',
  quantity: 2,
  unitPriceCents: 1_999,
  discountCents: 18,
  taxCents: 635,
  taxBasisPoints: 1_900,
  totalCents: 3_980,
  ...parts,
});

/** 2 × 19.99 less 0.18, and 10.00; shipping of 4.90; 54.70 in all, with 8.73 of tax in it. */
export const orderToInvoice = (parts: Partial<OrderForInvoice> = {}): OrderForInvoice => ({
  isErased: false,
  id: 'ord_1',
  number: '261122-K7Q2M9XD',
  status: 'CONFIRMED',
  version: 2,
  customerId: null,
  locale: 'en',
  currencyCode: 'EUR',
  lines: [
    orderLine(),
    orderLine({
      id: 'oln_2',
      productName: 'Bulb',
      variantName: null,
      sku: 'BULB',
      quantity: 1,
      unitPriceCents: 1_000,
      discountCents: 0,
      taxCents: 160,
      totalCents: 1_000,
    }),
  ],
  discountCents: 18,
  shippingCents: 490,
  shippingDiscountCents: 0,
  shippingTaxCents: 78,
  shippingTaxBasisPoints: 1_900,
  taxCents: 873,
  taxIncluded: true,
  totalCents: 5_470,
  shippingAddress: {
    fullName: 'Ada Lovelace',
    company: null,
    streetLine1: 'Unter den Linden 5',
    streetLine2: null,
    city: 'Berlin',
    region: null,
    postalCode: '10117',
    countryCode: 'DE',
  },
  billingAddress: null,
  shippingMethodName: 'Standard',
  placedAt: new Date('2026-11-22T11:30:00.000Z'),
  confirmedAt: new Date('2026-11-22T11:31:00.000Z'),
  ...parts,
});

export const issued = (model: DocumentModel, parts: Partial<IssuedDocument> = {}): IssuedDocument => ({
  id: 'rcp_1',
  kind: model.kind,
  number: 'SOUK-2026-000017',
  orderId: 'ord_1',
  customerId: null,
  paymentId: null,
  refundId: null,
  issuedAt: new Date('2026-11-22T11:31:05.000Z'),
  model,
  ...parts,
});
