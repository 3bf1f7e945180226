import type { Dispute, DisputeState } from '../domain/decideDispute.js';

/** What `DISPUTE_COLUMNS` selects. */
export interface DisputeRow {
  readonly id: string;
  readonly payment_id: string;
  readonly provider_reference: string;
  readonly amount_cents: number;
  readonly currency_code: string;
  readonly state: DisputeState;
  readonly status: string;
  readonly reason: string | null;
  readonly withdrawn: boolean;
  readonly created_at: Date;
}

/** Of `dispute AS d`. */
export const DISPUTE_COLUMNS = `d.id, d.payment_id, d.provider_reference, d.amount_cents, d.currency_code, d.state, d.status, d.reason,
  d.withdrawn, d.created_at`;

/** A row in the domain's words. */
export const disputeOf = (row: DisputeRow): Dispute => ({
  id: row.id,
  paymentId: row.payment_id,
  reference: row.provider_reference,
  amountCents: row.amount_cents,
  currencyCode: row.currency_code,
  state: row.state,
  status: row.status,
  reason: row.reason,
  withdrawn: row.withdrawn,
  createdAt: row.created_at,
});
