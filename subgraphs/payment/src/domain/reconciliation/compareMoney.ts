/** Which side knows less, or what disagrees. */
export type DifferenceKind = 'MISSING_HERE' | 'MISSING_THERE' | 'AMOUNT' | 'CURRENCY' | 'LEDGER';

/** An amount in minor units of a currency. */
export interface Side {
  readonly cents: number;
  readonly currencyCode: string;
}

/** Where a provider's list and this shop disagree. */
export interface Difference {
  readonly kind: DifferenceKind;
  /** `capture:pi_…`, `refund:re_…`, `dispute:dp_…`, `ledger:pay_…`. */
  readonly subject: string;
  readonly paymentId: string | null;
  readonly orderId: string | null;
  readonly ours: Side | null;
  readonly theirs: Side | null;
}

/** A movement on the provider's list, with what it is about. */
export interface ListedMovement extends Side {
  readonly kind: 'CAPTURE' | 'REFUND' | 'REFUND_REVERSAL' | 'DISPUTE' | 'DISPUTE_REVERSAL';
  /** Of the refund or the dispute; of the transaction itself when the provider does not say. */
  readonly subject: string;
}

/** A payment as this shop has it, and everything that its provider lists for it. Amounts in minor units of `currencyCode`. */
export interface ComparedPayment {
  readonly paymentId: string;
  readonly orderId: string;
  readonly intentReference: string | null;
  readonly currencyCode: string;
  readonly capturedCents: number;
  readonly refundedCents: number;
  /** The same from the ledger. */
  readonly ledgerCapturedCents: number;
  readonly ledgerRefundedCents: number;
  /** Those that the provider has confirmed. */
  readonly refunds: readonly { readonly reference: string; readonly cents: number }[];
  /** Those whose money the provider has taken out, or had taken out and given back. */
  readonly disputes: readonly { readonly reference: string; readonly cents: number }[];
  readonly listed: readonly ListedMovement[];
  /** Old enough that the provider lists all of it. */
  readonly settled: boolean;
}

/** What disagrees about one payment; nothing when all is well. */
export function compareMoney(payment: ComparedPayment): Difference[] {
  const { currencyCode, listed } = payment;
  const foreign = listed.filter((movement) => movement.currencyCode !== currencyCode);
  if (foreign.length > 0) return foreign.map((movement) => currencyDifference(payment, movement));
  return [
    ...ledgerDifferences(payment),
    ...captureDifferences(payment),
    ...refundDifferences(payment),
    ...disputeDifferences(payment),
  ];
}

const about = ({ paymentId, orderId }: ComparedPayment) => ({ paymentId, orderId });
const side = (cents: number, { currencyCode }: Pick<ComparedPayment, 'currencyCode'>): Side => ({
  cents,
  currencyCode,
});

function currencyDifference(
  payment: ComparedPayment,
  { kind, subject, cents, currencyCode }: ListedMovement,
): Difference {
  return {
    ...about(payment),
    kind: 'CURRENCY',
    subject: `${kind.toLowerCase()}:${subject}`,
    ours: side(payment.capturedCents, payment),
    theirs: { cents, currencyCode },
  };
}

/** The payment and its ledger are written in one statement: a difference here is a fault of ours. */
function ledgerDifferences(payment: ComparedPayment): Difference[] {
  const { capturedCents, refundedCents, ledgerCapturedCents, ledgerRefundedCents } = payment;
  if (capturedCents === ledgerCapturedCents && refundedCents === ledgerRefundedCents) return [];
  return [
    {
      ...about(payment),
      kind: 'LEDGER',
      subject: `ledger:${payment.paymentId}`,
      ours: side(capturedCents - refundedCents, payment),
      theirs: side(ledgerCapturedCents - ledgerRefundedCents, payment),
    },
  ];
}

function captureDifferences(payment: ComparedPayment): Difference[] {
  const theirs = sum(payment.listed.filter((movement) => movement.kind === 'CAPTURE'));
  const subject = `capture:${payment.intentReference ?? payment.paymentId}`;
  return difference(payment, subject, payment.ledgerCapturedCents, theirs);
}

function refundDifferences(payment: ComparedPayment): Difference[] {
  const moved = payment.listed.filter(({ kind }) => kind === 'REFUND' || kind === 'REFUND_REVERSAL');
  return perSubject(payment, 'refund', payment.refunds, moved);
}

function disputeDifferences(payment: ComparedPayment): Difference[] {
  // What was taken out and came back is nothing on both sides, in the end: only the first movement tells that there was one.
  const moved = payment.listed.filter(({ kind }) => kind === 'DISPUTE');
  return perSubject(payment, 'dispute', payment.disputes, moved);
}

function perSubject(
  payment: ComparedPayment,
  what: string,
  ours: readonly { readonly reference: string; readonly cents: number }[],
  theirs: readonly ListedMovement[],
): Difference[] {
  const references = new Set([...ours.map((one) => one.reference), ...theirs.map((one) => one.subject)]);
  return [...references].flatMap((reference) =>
    difference(
      payment,
      `${what}:${reference}`,
      sum(ours.filter((one) => one.reference === reference)),
      -sum(theirs.filter((one) => one.subject === reference)),
    ),
  );
}

function difference(payment: ComparedPayment, subject: string, ours: number, theirs: number): Difference[] {
  if (ours === theirs) return [];
  const kind = theirs === 0 ? 'MISSING_THERE' : ours === 0 ? 'MISSING_HERE' : 'AMOUNT';
  // A provider's list may be an hour behind: what it does not have yet is not missing.
  if (!payment.settled && Math.abs(theirs) < Math.abs(ours)) return [];
  return [
    {
      ...about(payment),
      kind,
      subject,
      ours: ours === 0 ? null : side(ours, payment),
      theirs: theirs === 0 ? null : side(theirs, payment),
    },
  ];
}

const sum = (parts: readonly { readonly cents: number }[]): number =>
  parts.reduce((total, { cents }) => total + cents, 0);
