import type { DocumentModel, PaymentFacts, Reference, Seller, TaxRow } from './document.js';
import { commonPart, type OrderForInvoice, taxesOfOrder } from './invoice.js';
import { addedUp, grossOf, negated, taxesOfFirst, taxesOfNext } from './taxTable.js';

/** A movement of money that a document is written for. */
export interface Movement {
  readonly amountCents: number;
  /** What had come in (or had gone back, when this goes back) for this order before it. */
  readonly beforeCents: number;
  /** What the shop keeps by now of all that came in for this order: then it does not matter which of two notes is written first. */
  readonly keptCents: number;
  readonly payment: PaymentFacts;
}

/** An issued document that others refer to. */
export interface Referable {
  readonly model: DocumentModel;
  readonly reference: Reference;
}

/** The receipt for money that came, with its share of the order's taxes. */
export const receiptOf = (order: OrderForInvoice, seller: Seller, movement: Movement): DocumentModel => ({
  ...commonPart(order, seller),
  kind: 'RECEIPT',
  lines: [],
  shipping: null,
  taxes: taxesBetween(taxesOfOrder(order), movement.beforeCents, movement.amountCents),
  totalCents: movement.amountCents,
  payment: movement.payment,
  refersTo: null,
  cancels: false,
});

const taxesBetween = (whole: readonly TaxRow[], beforeCents: number, cents: number): TaxRow[] =>
  taxesOfNext(whole, taxesOfFirst(whole, beforeCents), cents);

/**
 * The credit note for money that went back. It takes off the order's invoices what they say beyond what the shop keeps: parts that
 * were refunded one after the other sum to the whole, to the cent. Money that no invoice was written for (it came too late for its
 * order, or was too much) has no tax to correct: then it confirms the refund only, and refers to nothing.
 */
export function creditNoteOf(
  order: OrderForInvoice,
  seller: Seller,
  movement: Movement,
  invoices: readonly Referable[],
  notes: readonly Pick<Referable, 'model'>[],
): DocumentModel {
  const invoiced = addedUp(invoices.map(({ model }) => model.taxes));
  const credited = addedUp(notes.map(({ model }) => model.taxes));
  const tooMuch = grossOf(invoiced) - grossOf(credited) - movement.keptCents;
  const creditedCents = Math.max(0, Math.min(movement.amountCents, tooMuch));
  return {
    ...commonPart(order, seller),
    kind: 'CREDIT_NOTE',
    lines: [],
    shipping: null,
    taxes: creditedCents === 0 ? [] : taxesOfNext(invoiced, credited, creditedCents),
    totalCents: movement.amountCents,
    payment: movement.payment,
    refersTo: creditedCents === 0 ? null : (invoices[0]?.reference ?? null),
    cancels: false,
  };
}

/** Takes a credit note back: the bank has returned the money. */
export const cancellationOf = (note: Referable): DocumentModel => ({
  ...note.model,
  taxes: negated(note.model.taxes),
  totalCents: -note.model.totalCents,
  refersTo: note.reference,
  cancels: true,
});
