import type { AccountForMail, OrderForMail, ParcelForMail, ReturnForMail } from '../domain/notification.js';

const eur = (centAmount: number) => ({ centAmount, currencyCode: 'EUR' });

/** An order of two lines, for tests. */
export const sampleOrder = (parts: Partial<OrderForMail> = {}): OrderForMail => ({
  id: 'ord_1',
  isErased: false,
  number: '261122-K7Q2M9XD',
  email: 'ada@example.com',
  phone: null,
  customerName: 'Ada Lovelace',
  locale: 'de-DE',
  lines: [
    {
      productName: 'Linen shirt',
      variantName: 'Blue, M',
      sku: 'SHIRT-BL-M',
      quantity: 2,
      unitPrice: eur(4_995),
      total: eur(9_990),
    },
    {
      productName: 'Wool socks',
      variantName: null,
      sku: 'SOCKS-1',
      quantity: 1,
      unitPrice: eur(1_200),
      total: eur(1_200),
    },
  ],
  subtotal: eur(11_190),
  discount: eur(1_119),
  shipping: eur(490),
  tax: eur(1_686),
  total: eur(10_561),
  shippingAddress: {
    fullName: 'Ada Lovelace',
    company: null,
    streetLine1: 'Hauptstraße 1',
    streetLine2: null,
    city: 'Berlin',
    region: null,
    postalCode: '10115',
    countryCode: 'DE',
  },
  placedAt: '2026-11-22T10:00:00.000Z',
  paymentDueAt: '2026-11-22T10:30:00.000Z',
  ...parts,
});

export const sampleAccount = (parts: Partial<AccountForMail> = {}): AccountForMail => ({
  id: 'usr_1',
  email: 'ada@example.com',
  firstName: 'Ada',
  locale: 'en',
  isActive: true,
  token: 'tok_secret',
  ...parts,
});

/** One of the two shirts. */
export const sampleParcel = (parts: Partial<ParcelForMail> = {}): ParcelForMail => ({
  carrier: 'DHL',
  trackingNumber: 'JJD 01&2',
  trackingUrl: 'https://carrier.example/?n=JJD%2001%262',
  lines: [{ productName: 'Linen shirt', variantName: 'Blue, M', sku: 'SHIRT-BL-M', quantity: 1 }],
  isWholeOrder: false,
  ...parts,
});

/** Both shirts came back, one was accepted and is exchanged for a larger and cheaper one. */
export const sampleReturn = (parts: Partial<ReturnForMail> = {}): ReturnForMail => ({
  number: '261122-K7Q2M9XD-R1',
  declineReason: 'It was worn.',
  lines: [
    {
      productName: 'Linen shirt',
      variantName: 'Blue, M',
      sku: 'SHIRT-BL-M',
      quantity: 2,
      accepted: 1,
      rejected: 1,
      exchangeName: 'Linen shirt, Blue, L',
    },
  ],
  refund: eur(1_250),
  ...parts,
});
