import { money, toGraph } from '@souk/money';
import type { Providers } from '../app/ports.js';
import { isLive, type PaymentView } from '../domain/payment.js';
import type { ResolversTypes } from '../generated/graphql.js';

/** What a customer needs for the transfer that a payment waits for; null when it waits for none. */
export function bankTransferOf(
  payment: PaymentView,
  providers: Providers,
): Awaited<ResolversTypes['BankTransfer']> | null {
  const account = providers.get(payment.provider)?.byHand?.bankAccount ?? null;
  const dueCents = payment.amountCents - payment.capturedCents;
  if (account === null || !isLive(payment) || payment.cancelRequested || dueCents <= 0) return null;
  return {
    accountHolder: account.holder,
    iban: account.iban,
    bic: account.bic,
    bankName: account.bankName,
    amount: toGraph(money(dueCents, payment.currencyCode)),
    reference: payment.orderNumber,
    dueAt: payment.payableUntil,
  };
}
