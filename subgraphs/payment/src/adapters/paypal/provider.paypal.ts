import { type PaymentProvider, ProviderRefused } from '../../app/ports.js';
import type { IntentSnapshot } from '../../domain/decideIntent.js';
import type { CaptureMethod, Payment } from '../../domain/payment.js';
import { isPaypalAmount } from './amounts.js';
import { amountOf, amountPatch, orderRequest } from './orderRequest.js';
import { createPaypalApi, type PaypalAccount, type PaypalApi } from './paypalApi.js';
import { isWhole, makeRefund, refundsOf } from './refunds.js';
import {
  forgotten,
  intentSnapshot,
  isTaken,
  openAuthorization,
  opened,
  type PaypalOrder,
  readOrder,
} from './snapshots.js';
import { listTransactions } from './transactions.js';
import { createPaypalWebhooks } from './webhooks.js';

export interface PaypalOptions extends PaypalAccount {
  /** The id of the shop's webhook endpoint at PayPal; part of what its messages are signed with. */
  readonly webhookId: string;
  readonly captureMethod: CaptureMethod;
  readonly clock?: () => Date;
}

const WHOLE = 'return=representation';
/** "It takes a maximum of three hours for executed transactions to appear in the list", says PayPal; and some to spare. */
const LIST_LAG_MS = 4 * 3_600_000;
/** PayPal says that somebody was faster; how the order stands is asked then. */
const DONE_BEFORE = new Set(['ORDER_ALREADY_CAPTURED', 'ORDER_ALREADY_AUTHORIZED']);
/** What the payer chose to pay with was refused: he may choose something else. */
const DECLINED = new Set([
  'INSTRUMENT_DECLINED',
  'TRANSACTION_REFUSED',
  'PAYER_CANNOT_PAY',
  'PAYEE_BLOCKED_TRANSACTION',
  'REDIRECT_PAYER_FOR_ALTERNATE_FUNDING',
]);

/**
 * PayPal behind the provider port. The intent is an order of PayPal's: its payer approves it on PayPal's pages, and nothing is charged before
 * we capture (or authorize) it. `invoice_id` is the payment's id: by default PayPal takes each only once, so that it refuses by itself
 * to be paid twice for one payment. Everything that PayPal tells about a payment is asked for by the order, which shows its
 * authorizations, captures and refunds: a webhook is only a reason to ask.
 */
export function createPaypalProvider(options: PaypalOptions): PaymentProvider {
  const api = createPaypalApi(options);
  const clock = options.clock ?? (() => new Date());
  const find = (payment: Payment): Promise<PaypalOrder | undefined> => findOrder(api, payment.providerReference ?? '');

  async function standing(payment: Payment): Promise<IntentSnapshot> {
    const order = await find(payment);
    return order === undefined ? gone(payment) : intentSnapshot(order, clock());
  }

  return {
    code: 'paypal',
    name: 'PayPal',
    publishableKey: options.clientId,
    captureMethod: options.captureMethod,
    severalCaptures: true,
    available: ({ currencyCode, amountCents }) => isPaypalAmount(currencyCode, amountCents),
    async createIntent(payment, key) {
      const made = await api.ask(({ orders, sdk }) =>
        orders.createOrder({ body: orderRequest(payment, sdk), paypalRequestId: key, prefer: WHOLE }),
      );
      return opened(readOrder(made), clock());
    },
    // PayPal has no search for orders. One whose id was never answered to us has shown its approval page to nobody: it lapses unpaid.
    findIntent: async () => undefined,
    async updateIntent(payment) {
      const order = await find(payment);
      if (order === undefined) return { intent: gone(payment), clientSecret: null, redirectUrl: null };
      if (order.status !== 'COMPLETED' && order.status !== 'VOIDED') {
        await api.ask(({ orders, sdk }) => orders.patchOrder({ id: order.id, body: [amountPatch(payment, sdk)] }));
      }
      const changed = await find(payment);
      return changed === undefined
        ? { intent: gone(payment), clientSecret: null, redirectUrl: null }
        : opened(changed, clock());
    },
    async retrieveIntent(payment) {
      const order = await find(payment);
      return order === undefined
        ? { intent: gone(payment), clientSecret: null, redirectUrl: null }
        : opened(order, clock());
    },
    async completeIntent(payment, key) {
      const order = await find(payment);
      if (order === undefined) return gone(payment);
      if (order.status !== 'APPROVED') return intentSnapshot(order, clock());
      // A payer whose bank refused may approve again with something else, which is another attempt.
      const attempt = { id: order.id, paypalRequestId: `${key}:${order.updatedAt}` };
      try {
        await api.ask(({ orders }) =>
          order.intent === 'AUTHORIZE' ? orders.authorizeOrder(attempt) : orders.captureOrder(attempt),
        );
      } catch (error) {
        if (!(error instanceof ProviderRefused)) throw error;
        if (DECLINED.has(error.code)) {
          const reference = `${order.id}@${order.updatedAt}`;
          return intentSnapshot(order, clock(), { code: error.code.toLowerCase(), message: null, reference });
        }
        if (!DONE_BEFORE.has(error.code)) throw error;
      }
      return standing(payment);
    },
    async captureIntent(payment, capture, key) {
      const order = await find(payment);
      if (order === undefined) return gone(payment);
      const intent = intentSnapshot(order, clock());
      const made = intent.capturedCents >= capture.capturedBeforeCents + capture.amountCents;
      if (made && intent.state === 'CAPTURED') return intent;
      const authorizationId = openOf(order);
      const body = {
        amount: amountOf(capture.amountCents, payment.currencyCode),
        finalCapture: capture.final,
        // Each part has its own: an account that takes every invoice id once takes the parts, too.
        invoiceId: capture.capturedBeforeCents === 0 ? payment.id : `${payment.id}/${capture.id}`,
      };
      await api.ask(({ payments }) =>
        payments.captureAuthorizedPayment({ authorizationId, body, paypalRequestId: key }),
      );
      return standing(payment);
    },
    async cancelIntent(payment, key) {
      const order = await find(payment);
      if (order === undefined) return gone(payment);
      if (openAuthorization(order) !== undefined) {
        const authorizationId = openOf(order);
        await api.ask(({ payments }) => payments.voidPayment({ authorizationId, paypalRequestId: key }));
        return standing(payment);
      }
      // PayPal's orders cannot be ended by us. One that we never capture is never charged, so that it is ended by not doing so.
      const unpaid = order.captures.length === 0 && order.authorizations.length === 0;
      const intent = intentSnapshot(order, clock());
      return unpaid ? { ...intent, state: 'CANCELLED' } : intent;
    },
    refund: async (payment, refund, key) =>
      makeRefund(api, await required(find(payment), payment), payment, refund, key),
    async retrieveRefund(payment, refund) {
      const order = await required(find(payment), payment);
      const known = refundsOf(order, payment).find((one) => one.refundId === refund.id);
      // One that PayPal has begun with and not finished: what is missing of it is asked for.
      return known !== undefined && isWhole(order, refund)
        ? known
        : makeRefund(api, order, payment, refund, `${refund.id}:rest:${refund.attempt}`);
    },
    listRefunds: async (payment) => refundsOf(await required(find(payment), payment), payment),
    listTransactions: listTransactions(api),
    listLagMs: LIST_LAG_MS,
    webhooks: createPaypalWebhooks(options),
    savedMethods: null,
  };
}

const gone = (payment: Payment): IntentSnapshot =>
  forgotten(payment.providerReference ?? '', payment.id, payment.currencyCode);

async function findOrder(api: PaypalApi, id: string): Promise<PaypalOrder | undefined> {
  try {
    return readOrder(await api.ask(({ orders }) => orders.getOrder({ id })));
  } catch (error) {
    if (error instanceof ProviderRefused && error.code === 'INVALID_RESOURCE_ID') return undefined;
    throw error;
  }
}

async function required(finding: Promise<PaypalOrder | undefined>, payment: Payment): Promise<PaypalOrder> {
  const order = await finding;
  if (order === undefined || !order.captures.some(isTaken)) {
    throw new ProviderRefused('CAPTURE_NOT_FOUND', `PayPal knows of no money for payment ${payment.id}`);
  }
  return order;
}

function openOf(order: PaypalOrder): string {
  const authorization = openAuthorization(order);
  if (authorization === undefined)
    throw new ProviderRefused('AUTHORIZATION_NOT_OPEN', 'Nothing is authorized (any more)');
  return authorization.id;
}
