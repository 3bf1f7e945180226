import type { EventEnvelope } from '@souk/events';
import type { PaymentChange, PaymentStore, StoredWebhook, WebhookStatus, WebhookStore } from '../app/ports.js';
import { WEBHOOK_LEASE_MS } from '../app/webhookQueue.js';
import type { LedgerTransaction } from '../domain/ledger.js';
import type { Payment, Refund } from '../domain/payment.js';

/** A store whose methods do what they do at one moment: each is one statement of the real one. */
export type Sync<Store> = {
  readonly [Method in keyof Store]: Store[Method] extends (...args: infer Args) => Promise<infer Answer>
    ? (...args: Args) => Answer
    : never;
};

interface WebhookRow {
  readonly webhook: StoredWebhook;
  readonly status: WebhookStatus;
  readonly attemptAt: number | null;
}

/** What is in the tables. */
export interface PaymentTables {
  readonly payments: Map<string, Payment>;
  /** By payment: how often the reconciliation has asked; by refund: how often the sweeper took it up. */
  readonly rounds: Map<string, number>;
  readonly sessions: Map<string, string>;
  readonly ledger: LedgerTransaction[];
  readonly inbox: Set<string>;
  readonly webhooks: Map<string, WebhookRow>;
  /** Called with what was committed to the outbox. */
  readonly publish: (events: readonly EventEnvelope[]) => void;
  /** The database's clock. */
  readonly now: () => number;
}

export type CorePaymentStore = Omit<PaymentStore, 'disputesOf'>;
export type CoreWebhookStore = Pick<WebhookStore, 'store' | 'take' | 'settle' | 'park'>;

/** The first time that the sweepers give a payment or a refund; it doubles. */
const SETTLE_MS = 8_000;
const MINUTE = 60_000;

/** What a constraint of the real tables refuses. */
export class ConstraintViolated extends Error {
  override readonly name = 'ConstraintViolated';
}

/** Payments in memory, by the rules of `adapters/paymentStore.postgres.ts`; held to the same contract. */
export function memoryPayments(tables: PaymentTables): Sync<CorePaymentStore> {
  const { payments, sessions, inbox, now } = tables;
  const all = (): Payment[] => [...payments.values()];
  const round = (id: string): number => {
    const earlier = tables.rounds.get(id) ?? 0;
    tables.rounds.set(id, earlier + 1);
    return earlier;
  };
  return {
    open({ payment, scope, key, inputHash }) {
      const name = `${scope} ${key}`;
      const known = sessions.get(name);
      if (known !== undefined && known !== inputHash) return 'KEY_REUSED';
      sessions.set(name, inputHash);
      const existing = all().find((one) => one.purposeId === payment.purposeId && !one.replaced);
      if (existing !== undefined) return existing;
      payments.set(payment.id, payment);
      return payment;
    },
    byIds: (ids) => ids.map((id) => payments.get(id)),
    byOrderIds: (orderIds) => all().filter(({ orderId }) => orderIds.includes(orderId)),
    ofIntent(provider, reference, paymentId) {
      const own = all().filter((payment) => payment.provider === provider);
      const byReference = own.find(
        (payment) => payment.providerReference !== null && payment.providerReference === reference,
      );
      const byId = own.find(
        ({ id, providerReference }) => id === paymentId && (reference === null || providerReference === null),
      );
      return byReference ?? byId;
    },
    forEvent: (orderId, eventId) => ({
      payments: all().filter((payment) => payment.orderId === orderId),
      applied: inbox.has(eventId),
    }),
    apply(change) {
      if (payments.get(change.after.id)?.version !== change.before.version) return false;
      apply(tables, change);
      return true;
    },
    applyAll(changes) {
      if (changes.some(({ before, after }) => payments.get(after.id)?.version !== before.version)) return false;
      for (const change of changes) apply(tables, change);
      return true;
    },
    markApplied(eventId) {
      inbox.add(eventId);
    },
    takeUnsettled(limit) {
      const due = all()
        .filter(({ reconcileAt }) => reconcileAt !== null && reconcileAt.getTime() <= now())
        .slice(0, limit);
      return due.map((payment) => {
        const waits =
          payment.state === 'AUTHORIZED' &&
          !payment.cancelRequested &&
          payment.captures.every(({ state }) => state !== 'PENDING');
        const most = waits ? 360 * MINUTE : 10 * MINUTE;
        const reconcileAt = new Date(now() + Math.min(SETTLE_MS * 2 ** Math.min(round(payment.id), 10), most));
        const taken = { ...payment, reconcileAt };
        payments.set(payment.id, taken);
        return taken;
      });
    },
    takeRefunds(limit) {
      const due = all()
        .flatMap(({ refunds }) => refunds)
        .filter(({ attemptAt }) => attemptAt !== null && attemptAt.getTime() <= now())
        .slice(0, limit);
      return due.map((refund) => {
        const attemptAt = new Date(now() + Math.min(SETTLE_MS * 2 ** Math.min(round(refund.id), 10), 10 * MINUTE));
        setRefund(payments, { ...refund, attemptAt });
        return { paymentId: refund.paymentId, refundId: refund.id };
      });
    },
  };
}

function setRefund(payments: Map<string, Payment>, refund: Refund): void {
  const payment = payments.get(refund.paymentId);
  if (payment === undefined) throw new ConstraintViolated(`refund ${refund.id} of no payment`);
  const refunds = payment.refunds.map((one) => (one.id === refund.id ? refund : one));
  payments.set(payment.id, { ...payment, refunds });
}

/** Rows of refunds and captures are written as the change says, and not by what `after` carries of them. */
function apply(tables: PaymentTables, change: PaymentChange): void {
  const { after, captures = [], refunds = [], ledger = [] } = change;
  const stored = tables.payments.get(after.id);
  const written: Payment = {
    ...after,
    refunds: merged(stored?.refunds ?? [], refunds),
    captures: merged(stored?.captures ?? [], captures),
  };
  if (written.refundedCents > written.capturedCents) {
    throw new ConstraintViolated(`payment ${after.id} would refund more than it captured`);
  }
  const requestKeys = [...tables.payments.values()]
    .flatMap((payment) => (payment.id === after.id ? written.refunds : payment.refunds))
    .flatMap(({ requestKey }) => requestKey ?? []);
  if (new Set(requestKeys).size < requestKeys.length) throw new ConstraintViolated('a refund was requested twice');
  if (change.causedBy !== undefined) {
    if (tables.inbox.has(change.causedBy)) throw new ConstraintViolated(`event ${change.causedBy} was applied before`);
    tables.inbox.add(change.causedBy);
  }
  tables.payments.set(after.id, written);
  tables.ledger.push(...ledger);
  const row = change.webhookId === undefined ? undefined : tables.webhooks.get(change.webhookId);
  if (row !== undefined) tables.webhooks.set(row.webhook.id, { ...row, status: 'PROCESSED', attemptAt: null });
  tables.publish(change.published ?? []);
}

function merged<Row extends { readonly id: string }>(rows: readonly Row[], written: readonly Row[]): Row[] {
  const changed = new Map(written.map((row) => [row.id, row]));
  const kept = rows.map((row) => changed.get(row.id) ?? row);
  return [...kept, ...written.filter(({ id }) => rows.every((row) => row.id !== id))];
}

/** Webhooks in memory, by the rules of `adapters/webhookStore.postgres.ts`; held to the same contract. */
export function memoryWebhooks(tables: PaymentTables): Sync<CoreWebhookStore> {
  const { webhooks, now } = tables;
  return {
    store(webhook, relevant) {
      const known = [...webhooks.values()].some(
        (row) => row.webhook.provider === webhook.provider && row.webhook.providerEventId === webhook.providerEventId,
      );
      if (known) return false;
      webhooks.set(webhook.id, {
        webhook,
        status: relevant ? 'RECEIVED' : 'IGNORED',
        attemptAt: relevant ? now() + WEBHOOK_LEASE_MS : null,
      });
      return true;
    },
    take(limit) {
      const due = [...webhooks.values()].filter(({ attemptAt }) => attemptAt !== null && attemptAt <= now());
      return due.slice(0, limit).map((row) => {
        webhooks.set(row.webhook.id, { ...row, attemptAt: now() + WEBHOOK_LEASE_MS });
        return row.webhook;
      });
    },
    settle(id, status) {
      const row = webhooks.get(id);
      if (row !== undefined) webhooks.set(id, { webhook: counted(row.webhook), status, attemptAt: null });
    },
    park(id, _, delayMs) {
      const row = webhooks.get(id);
      if (row?.status === 'RECEIVED') {
        webhooks.set(id, { webhook: counted(row.webhook), status: 'RECEIVED', attemptAt: now() + delayMs });
      }
    },
  };
}

const counted = (webhook: StoredWebhook): StoredWebhook => ({ ...webhook, attempts: webhook.attempts + 1 });
