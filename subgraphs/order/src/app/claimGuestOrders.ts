import { events, newEvent } from '@souk/events';
import { ServiceUnavailable } from '@souk/runtime';
import { isSameAddress } from '../domain/isSameAddress.js';
import type { PlainRefusal } from '../domain/refusal.js';
import type { Accounts, Clock, GuestClaims } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

export type ClaimResult =
  | { readonly ok: true; readonly orderIds: readonly string[] }
  | { readonly ok: false; readonly errors: readonly PlainRefusal[] };

/** At once: a claim is one statement, and holds its orders no longer than that. */
const BATCH = 200;
const ROUNDS = 25;

/**
 * Makes the guest orders of the account's address its own, newest first; answers those that became so in this call. Only the user service says
 * which address that is, and only while it is verified. An order that has an owner is never touched, whoever calls how often and beside
 * whom: the guard is in the statement that writes. From then on the order is shown to its owner and staff alone.
 */
export const claimGuestOrders =
  (deps: { accounts: Accounts; claims: GuestClaims; clock: Clock }) =>
  async (customerId: string): Promise<ClaimResult> => {
    let email: string | null;
    try {
      email = await deps.accounts.verifiedEmail(customerId);
    } catch (error) {
      if (!(error instanceof ServiceUnavailable)) throw error;
      return refuse('DEPENDENCY_UNAVAILABLE', 'Your address cannot be looked up right now. Try again in a moment.');
    }
    if (email === null) {
      return refuse('EMAIL_NOT_VERIFIED', 'Confirm your e-mail address first: the link is in the mail that we sent.');
    }
    const claimed: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const found = await deps.claims.candidates(email, BATCH);
      const mine = found.filter((order) => isSameAddress(order.email, email));
      if (mine.length === 0) return { ok: true, orderIds: claimed };
      const now = deps.clock();
      const assigned = await deps.claims.assign(
        customerId,
        mine.map((order) => ({
          order,
          entry: timelineEntry('CLAIMED', now),
          event: newEvent(events.orderClaimed, {
            aggregateId: order.id,
            sequence: order.version + 1,
            now,
            data: { orderId: order.id, customerId },
          }),
        })),
      );
      claimed.push(...mine.filter(({ id }) => assigned.has(id)).map(({ id }) => id));
    }
    if (claimed.length > 0) return { ok: true, orderIds: claimed };
    return refuse('CONFLICT', 'These orders are changing at this moment. Try again.');
  };

const refuse = (code: PlainRefusal['code'], message: string): ClaimResult => ({
  ok: false,
  errors: [{ code, message }],
});
