import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { STATEMENTS_HEADER, schemaFolder } from '@souk/runtime';
import { Pool, request } from 'undici';

/** One request of a shopper and what came back. */
export interface Sent<Data = Record<string, unknown>> {
  readonly data: Data;
  readonly status: number;
  readonly requestId: string;
  /** Statements that all services sent to stores for it; NaN in production, where it is not told. */
  readonly statements: number;
  readonly milliseconds: number;
}

/** A refusal: GraphQL errors or `userErrors`. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    readonly operation: string,
    readonly status: number,
    readonly errors: readonly { readonly code: string; readonly message: string }[],
  ) {
    super(`${operation}: ${errors.map((error) => `${error.code} ${error.message}`).join('; ')} (HTTP ${status})`);
  }
}

interface Body {
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}
interface UserError {
  code: string;
  message: string;
}

/** A client of the public endpoint that sends the journeys of schema/operations, as a frontend would. */
export interface Shopper {
  /** Sends the operation named so, for example `CartCreate`. @throws Refused */
  send<Data>(operation: string, variables?: object): Promise<Sent<Data>>;
  /** Sends with this access token from now on; undefined signs out. */
  setToken(token: string | undefined): void;
  close(): Promise<void>;
}

const texts = new Map<string, string>();

/** The text of a journey in schema/operations, whichever role's folder it is in. */
export function operationText(name: string): string {
  let text = texts.get(name);
  for (const role of text === undefined ? ['guest', 'customer', 'staff', 'admin'] : []) {
    try {
      text = readFileSync(join(schemaFolder(), 'operations', role, `${name}.graphql`), 'utf8');
      texts.set(name, text);
      break;
    } catch {
      // Not this role's.
    }
  }
  if (text === undefined) throw new Error(`schema/operations has no ${name}`);
  return text;
}

export function createShopper(endpoint: string, o: { connections?: number; timeoutMs?: number } = {}): Shopper {
  const { origin, pathname } = new URL(endpoint);
  const timeouts = o.timeoutMs === undefined ? {} : { headersTimeout: o.timeoutMs, bodyTimeout: o.timeoutMs };
  const pool = new Pool(origin, { connections: o.connections ?? 8, keepAliveTimeout: 60_000, ...timeouts });
  let token: string | undefined;
  return {
    async send<Data>(operation: string, variables: object = {}): Promise<Sent<Data>> {
      const from = performance.now();
      const response = await pool.request({
        path: pathname,
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
        body: JSON.stringify({ query: operationText(operation), operationName: operation, variables }),
      });
      const body = (await response.body.json()) as Body;
      const milliseconds = performance.now() - from;
      const errors = (body.errors ?? []).map(({ message, extensions }) => ({
        code: extensions?.code ?? 'UNKNOWN',
        message,
      }));
      const refused = Object.values(body.data ?? {}).flatMap(
        (field) => (field as { userErrors?: UserError[] } | null)?.userErrors ?? [],
      );
      if (errors.length > 0 || refused.length > 0 || !body.data)
        throw new Refused(operation, response.statusCode, [...errors, ...refused]);
      return {
        data: body.data as Data,
        status: response.statusCode,
        requestId: String(response.headers['x-request-id']),
        statements: Number(response.headers[STATEMENTS_HEADER] ?? Number.NaN),
        milliseconds,
      };
    },
    setToken(next) {
      token = next;
    },
    close: () => pool.close(),
  };
}

export interface PurchaseInput {
  readonly lines: readonly { readonly variantId: string; readonly quantity: number }[];
  readonly email: string;
  /** A test payment method of the provider's; default one that succeeds. */
  readonly paymentMethod?: string;
  /** How long to wait for CONFIRMED. */
  readonly timeoutMs?: number;
  /** Told of each step as it is done. */
  readonly onStep?: (step: string, sent: Sent<unknown>) => void;
}

export interface Purchase {
  readonly cartId: string;
  readonly orderId: string;
  readonly number: string;
  readonly paymentId: string;
  readonly intentId: string;
  readonly status: string;
  /** From the first request to the answer that says CONFIRMED. */
  readonly milliseconds: number;
  /** GraphQL requests sent, those that waited for the confirmation included. */
  readonly requests: number;
}

interface Money {
  centAmount: number;
  currencyCode: string;
}
interface CartCreated {
  cartCreate: { cart: { id: string; version: number; cost: { total: Money } } };
}
interface Placed {
  orderPlace: { order: { id: string; number: string } };
}
interface Session {
  paymentSessionCreate: { payment: { id: string; providerReference: string } };
}
interface Followed {
  order: { status: string };
}

export const EXAMPLE_ADDRESS = {
  fullName: 'Ada Lovelace',
  streetLine1: 'Unter den Linden 5',
  city: 'Berlin',
  postalCode: '10117',
  countryCode: 'DE',
};

/** Makes a cart that is ready to be ordered; one request. */
export async function fillCart(shopper: Shopper, input: Pick<PurchaseInput, 'lines' | 'email'>) {
  const sent = await shopper.send<CartCreated>('CartCreate', {
    input: {
      lines: input.lines,
      email: input.email,
      countryCode: 'DE',
      shippingAddress: EXAMPLE_ADDRESS,
      shippingMethodId: 'standard',
    },
  });
  return { sent, cart: sent.data.cartCreate.cart };
}

/** Places the order of a cart as it was seen. */
export function placeOrder(
  shopper: Shopper,
  cart: CartCreated['cartCreate']['cart'],
  idempotencyKey: string = randomUUID(),
) {
  const { centAmount, currencyCode } = cart.cost.total;
  return shopper.send<Placed>('OrderPlace', {
    input: { cartId: cart.id, cartVersion: cart.version, expectedTotal: { centAmount, currencyCode }, idempotencyKey },
  });
}

/** What the shopper's browser does with the provider's library: confirms the intent at the provider. */
export async function payAtProvider(
  standInsUrl: string,
  intentId: string,
  paymentMethod = 'pm_card_visa',
): Promise<void> {
  const response = await request(`${standInsUrl}/control/payment_intents/${intentId}/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ payment_method: paymentMethod }),
  });
  const answer = await response.body.text();
  if (response.statusCode >= 300) throw new Error(`the provider answered ${response.statusCode}: ${answer}`);
}

/** A whole purchase as a guest or as the signed-in shopper: cart, order, payment, and waiting for the confirmation. */
export async function purchase(shopper: Shopper, standInsUrl: string, input: PurchaseInput): Promise<Purchase> {
  const from = performance.now();
  const { sent, cart } = await fillCart(shopper, input);
  input.onStep?.('cartCreate', sent);
  const placed = await placeOrder(shopper, cart);
  input.onStep?.('orderPlace', placed);
  const { id: orderId, number } = placed.data.orderPlace.order;
  const session = await shopper.send<Session>('PaymentSessionCreate', {
    input: { orderId, provider: 'stripe', idempotencyKey: randomUUID() },
  });
  input.onStep?.('paymentSessionCreate', session);
  const { id: paymentId, providerReference: intentId } = session.data.paymentSessionCreate.payment;
  await payAtProvider(standInsUrl, intentId, input.paymentMethod);

  const deadline = performance.now() + (input.timeoutMs ?? 15_000);
  for (let requests = 4; ; requests += 1) {
    const followed = await shopper.send<Followed>('OrderStatus', { id: orderId, waitWhile: 'PENDING_PAYMENT' });
    const { status } = followed.data.order;
    if (status === 'CONFIRMED') {
      input.onStep?.('order', followed);
      return {
        cartId: cart.id,
        orderId,
        number,
        paymentId,
        intentId,
        status,
        milliseconds: performance.now() - from,
        requests,
      };
    }
    if (performance.now() > deadline)
      throw new Error(`order ${orderId} is ${status}, not CONFIRMED, after ${input.timeoutMs ?? 15_000} ms`);
    await delay(100);
  }
}
