import type { DocumentModel, PaymentFacts, Referable, Seller, TaxRow } from './document.js';
import { commonPart, type OrderForInvoice, taxesOfOrder } from './invoice.js';
import { addedUp, grossOf, negated, taxesOfFirst, taxesOfNext } from './taxTable.js';

/** A movement of money that a document is written for. */
export interface Movement {
  readonly amountCents: number;
  /** What had come in (or had gone back, when this goes back) for this order before it. */
  readonly beforeCents: number;
  readonly payment: PaymentFacts;
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

/** What was written for an order before. */
export interface Earlier {
  readonly invoices: readonly Referable[];
  readonly notes: readonly Pick<Referable, 'model'>[];
  /** What the shop keeps by now of all that came in for this order: then it does not matter which of two notes is written first. */
  readonly keptCents: number;
}

/**
 * The credit note for money that went back. It takes off the order's invoices what they say beyond what the shop keeps: parts that
 * were refunded one after the other sum to the whole, to the cent. Money that no invoice was written for (it came too late for its
 * order, or was too much) has no tax to correct: then it confirms the refund only, and refers to nothing.
 */
export function creditNoteOf(
  order: OrderForInvoice,
  seller: Seller,
  movement: Movement,
  earlier: Earlier,
): DocumentModel {
  const credited = credit(earlier, movement.amountCents, earlier.keptCents);
  return {
    ...creditBase(order, seller),
    taxes: credited.taxes,
    totalCents: movement.amountCents,
    payment: movement.payment,
    refersTo: credited.cents === 0 ? null : (earlier.invoices[0]?.reference ?? null),
  };
}

/**
 * The credit note for an order that costs less than its invoices say, although no money went back: it was cancelled or became cheaper
 * before it was paid. Null when its invoices are right, or will be corrected by the refund of what was paid.
 */
export function correctionOf(order: OrderForInvoice, seller: Seller, earlier: Earlier): DocumentModel | null {
  const dueCents = order.status === 'CANCELLED' ? 0 : order.totalCents;
  const credited = credit(earlier, Number.MAX_SAFE_INTEGER, Math.max(dueCents, earlier.keptCents));
  if (credited.cents === 0) return null;
  return {
    ...creditBase(order, seller),
    taxes: credited.taxes,
    totalCents: credited.cents,
    payment: null,
    refersTo: earlier.invoices[0]?.reference ?? null,
  };
}

/** At most so much of what the invoices say, less the credit notes, beyond what is right. */
function credit({ invoices, notes }: Earlier, mostCents: number, rightCents: number) {
  const invoiced = addedUp(invoices.map(({ model }) => model.taxes));
  const credited = addedUp(notes.map(({ model }) => model.taxes));
  const cents = Math.max(0, Math.min(mostCents, grossOf(invoiced) - grossOf(credited) - rightCents));
  return { cents, taxes: cents === 0 ? [] : taxesOfNext(invoiced, credited, cents) };
}

const creditBase = (order: OrderForInvoice, seller: Seller) => ({
  ...commonPart(order, seller),
  kind: 'CREDIT_NOTE' as const,
  lines: [],
  shipping: null,
  cancels: false,
});

/** Takes a credit note back: the bank has returned the money. */
export const cancellationOf = (note: Referable): DocumentModel => ({
  ...note.model,
  taxes: negated(note.model.taxes),
  totalCents: -note.model.totalCents,
  refersTo: note.reference,
  cancels: true,
});
