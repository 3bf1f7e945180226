import type { DocumentModel } from './document.js';
import type { OrderForInvoice } from './invoice.js';

/**
 * An order as its documents are written from it. One whose customer has deleted his account does not say any more whose it was: what follows
 * its invoice, a credit note for instance, names the buyer as the invoice does, since the two belong together.
 */
export function withBuyer(
  order: OrderForInvoice,
  earlier: readonly Pick<DocumentModel, 'billTo' | 'shipTo'>[],
): OrderForInvoice {
  const [first] = earlier;
  if (!order.isErased || first === undefined) return order;
  return { ...order, billingAddress: first.billTo, shippingAddress: first.shipTo ?? first.billTo };
}
