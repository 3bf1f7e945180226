import { withBuyer } from './buyerOf.js';
import type { PostalAddress } from './document.js';
import type { OrderForInvoice } from './invoice.js';

const address = (fullName: string): PostalAddress => ({
  fullName,
  company: null,
  streetLine1: 'Lindenstraße 12',
  streetLine2: null,
  city: 'Berlin',
  region: null,
  postalCode: '10969',
  countryCode: 'DE',
});
const order = (isErased: boolean) =>
  ({ id: 'ord_1', isErased, billingAddress: null, shippingAddress: address('—') }) as OrderForInvoice;

test('what follows the invoice of an order whose customer is gone names the buyer as the invoice does', () => {
  const invoice = { billTo: address('Ada'), shipTo: null };
  expect(withBuyer(order(true), [invoice, { billTo: address('Other'), shipTo: null }])).toMatchObject({
    billingAddress: { fullName: 'Ada' },
    shippingAddress: { fullName: 'Ada' },
  });
  expect(withBuyer(order(true), [{ ...invoice, shipTo: address('Bo') }])).toMatchObject({
    billingAddress: { fullName: 'Ada' },
    shippingAddress: { fullName: 'Bo' },
  });
});

test('an order whose customer is there, or that has no invoice, says itself who buys', () => {
  expect(withBuyer(order(false), [{ billTo: address('Ada'), shipTo: null }])).toEqual(order(false));
  expect(withBuyer(order(true), [])).toEqual(order(true));
});
