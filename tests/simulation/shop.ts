import { createLogger, newContext, runInContext, ServiceUnavailable } from '@souk/runtime';
import { createApp as createOrderApp } from '../../subgraphs/order/src/app/index.js';
import { consumers as orderConsumers } from '../../subgraphs/order/src/consumers/index.js';
import { isPayable } from '../../subgraphs/order/src/domain/orderStates.js';
import { memoryOrders, memoryPlacements, type OrderTables } from '../../subgraphs/order/src/testing/memoryStores.js';
import { createPaymentApp, type App as WholePaymentApp } from '../../subgraphs/payment/src/app/index.js';
import type { OrderForPayment } from '../../subgraphs/payment/src/app/ports.js';
import { ProviderUnavailable } from '../../subgraphs/payment/src/app/providerPort.js';
import { consumers as paymentConsumers } from '../../subgraphs/payment/src/consumers/index.js';
import type { CaptureMethod } from '../../subgraphs/payment/src/domain/payment.js';
import {
  memoryPayments,
  memoryWebhooks,
  type PaymentTables,
} from '../../subgraphs/payment/src/testing/memoryStores.js';
import { type Deliver, eventBus } from './bus.js';
import { cartModel } from './cartModel.js';
import { type ProviderEvent, providerModel, providerPort } from './providerModel.js';
import { stockModel } from './stockModel.js';
import type { Life, Process, World } from './world.js';

/** Ports as they are declared; of the stores, what the purchase needs. */
type Simulated<Deps, Stores extends keyof Deps> = Partial<Omit<Deps, Stores>> & Readonly<Record<Stores, object>>;
type OrderDeps = Parameters<typeof createOrderApp>[0];
type PaymentDeps = Parameters<typeof createPaymentApp>[0];
export type OrderApp = ReturnType<typeof createOrderApp>;
export type PaymentApp = ReturnType<typeof createPaymentApp>;

/** What makes a schedule fail on purpose, so that we know that it would be found. */
export interface Mutation {
  readonly name: string;
  /** Changes the stores or models of a shop before it starts. */
  readonly mutate: (shop: ShopParts) => void;
}

/** Everything that survives the death of processes. */
export interface ShopParts {
  readonly world: World;
  readonly orderTables: OrderTables;
  readonly paymentTables: PaymentTables;
  placements: ReturnType<typeof memoryPlacements>;
  orders: ReturnType<typeof memoryOrders>;
  payments: ReturnType<typeof memoryPayments>;
  webhooks: ReturnType<typeof memoryWebhooks>;
  readonly stock: ReturnType<typeof stockModel>;
  readonly carts: ReturnType<typeof cartModel>;
  readonly provider: ReturnType<typeof providerModel>;
}

export const PAYMENT_WINDOW_MS = 90_000;
const STATEMENT_MS = 15_000;
const logger = createLogger('simulation', 'silent');

/** Stands for what the simulated use cases never touch. */
const untouched = new Proxy(
  {},
  {
    get: (_, name) => () => {
      throw new Error(`the simulation has no ${String(name)}`);
    },
  },
) as never;

type AnyMethod = (...args: never[]) => unknown;
type Connected<Store> = {
  readonly [Method in keyof Store]: Store[Method] extends (...args: infer Args) => infer Answer
    ? (...args: Args) => Promise<Answer>
    : never;
};

/** A store over a connection: each method is one statement, at one moment, whose answer may not come. */
function connected<Store extends object>(world: World, life: Life, name: string, store: Store): Connected<Store> {
  const methods = Object.entries(store) as [string, AnyMethod][];
  return Object.fromEntries(
    methods.map(([method, act]) => [
      method,
      (...args: never[]) =>
        world.call(life, {
          label: `${name}.${method}`,
          timeoutMs: STATEMENT_MS,
          act: () => act(...args),
          outage: () => new Error('Connection terminated unexpectedly'),
        }),
    ]),
  ) as Connected<Store>;
}

/** Replicas of a service: each has the app of its present life. */
export interface Service<App> {
  readonly processes: readonly Process[];
  readonly apps: Map<Process, { readonly app: App; readonly life: Life }>;
}

/** The shop: two processes of each service on one set of stores, its neighbours, the provider and the bus. */
export function openShop(
  world: World,
  o: {
    onHand: Readonly<Record<string, number>>;
    couponLimit: number;
    captureMethod: CaptureMethod;
    mutation?: Mutation | undefined;
  },
) {
  const { random } = world;
  const now = (): number => world.now;
  const consumers = new Map<string, Deliver>();
  const bus = eventBus(world, consumers);
  const publish = bus.publish;
  const stock = stockModel(o.onHand, now);
  const carts = cartModel(o.couponLimit);
  const orderTables: OrderTables = { placements: new Map(), orders: new Map(), inbox: new Set(), publish, now };
  const paymentTables: PaymentTables = {
    payments: new Map(),
    rounds: new Map(),
    sessions: new Map(),
    ledger: [],
    inbox: new Set(),
    webhooks: new Map(),
    publish,
    now,
  };
  const messages = { open: 0 };
  const provider = providerModel({
    random,
    captureMethod: o.captureMethod,
    emit: (event) => tellWebhook(event),
    fails: () => {
      if (!world.hostile || !random.chance(world.hostility.loss / 2)) return 'no';
      return random.chance(0.5) ? 'before acting' : 'after acting';
    },
    after: (ms, run) => world.at(ms, run),
  });
  const parts: ShopParts = {
    world,
    orderTables,
    paymentTables,
    placements: memoryPlacements(orderTables),
    orders: memoryOrders(orderTables),
    payments: memoryPayments(paymentTables),
    webhooks: memoryWebhooks(paymentTables),
    stock,
    carts,
    provider,
  };
  o.mutation?.mutate(parts);

  const clock = (): Date => new Date(world.now);
  const unavailable = (service: string) => () => new ServiceUnavailable(service as 'cart', 'simulated');
  const randomBytes = (size: number): Uint8Array => Uint8Array.from({ length: size }, () => random.below(256));

  /** Does something again and again in one life of a process, when there is something to do. */
  function sweep(life: Life, everyMs: number, isDue: () => boolean, work: () => Promise<unknown>): void {
    const again = (): void => world.atIn(life, everyMs * (0.7 + 0.6 * random.next()), tick);
    const tick = (): void => {
      if (!isDue()) {
        again();
        return;
      }
      runInContext(newContext('background'), work).then(again, (error: unknown) => {
        world.log(`${life.process.name}: a sweep failed: ${String(error)}`);
        again();
      });
    };
    again();
  }

  const order: Service<OrderApp> = { processes: [], apps: new Map() };
  const payment: Service<PaymentApp> = { processes: [], apps: new Map() };

  function startOrder(process: Process): void {
    const life = world.lifeOf(process);
    const call = <T>(service: string, label: string, timeoutMs: number, act: () => T): Promise<T> =>
      world.call(life, { label, timeoutMs, act, outage: unavailable(service) });
    const deps = {
      orders: connected(world, life, 'orders', parts.orders),
      placements: connected(world, life, 'placements', parts.placements),
      cart: {
        checkout: (request) => call('cart', `cart.checkout ${request.orderId}`, 4_000, () => carts.checkout(request)),
        release: (orderId) => call('cart', `cart.release ${orderId}`, 4_000, () => carts.release(orderId)),
      },
      stock: {
        reserve: (orderId, lines) =>
          call('product', `stock.reserve ${orderId}`, 3_000, () => {
            const { outcome, short } = stock.reserve(orderId, lines);
            if (outcome === 'RESERVED') return { kind: 'RESERVED' };
            if (outcome !== 'INSUFFICIENT_STOCK') return { kind: 'CONTRADICTED' };
            return {
              kind: 'SHORT',
              lines: short.map(({ variantId, available }) => ({ variantId, quantityAvailable: available })),
            };
          }),
        release: (orderId) => call('product', `stock.release ${orderId}`, 3_000, () => void stock.release(orderId)),
        extend: (ids) =>
          call('product', `stock.extend ${ids.join()}`, 3_000, () =>
            ids.every((id) => [...(stock.held.get(id)?.values() ?? [])].every(({ state }) => state === 'ACTIVE'))
              ? 'HELD'
              : 'GONE',
          ),
        sell: (ids) =>
          call('product', `stock.sell ${ids.join()}`, 3_000, () =>
            stock.commit(ids).outcome === 'COMMITTED' ? 'SOLD' : 'SHORT',
          ),
      },
      clock,
      randomBytes,
      paymentWindowMs: PAYMENT_WINDOW_MS,
      patienceMs: 5_000,
      logger,
    } satisfies Simulated<OrderDeps, 'orders'>;
    const app = createOrderApp(withUntouched<OrderDeps>(deps));
    order.apps.set(process, { app, life });
    const due = (): boolean =>
      [...orderTables.placements.values()].some(
        ({ step, leaseUntil }) => (step === 'RUNNING' || step === 'UNDOING') && leaseUntil < world.now,
      );
    const running = (): boolean =>
      [...orderTables.placements.values()].some(({ step }) => step === 'RUNNING' || step === 'UNDOING');
    sweep(life, 1_000, running, () => app.renewPlacements());
    sweep(life, 2_000, due, () => app.resumePlacements());
    sweep(
      life,
      2_000,
      () => parts.orders.overdue(1).length > 0,
      () => app.expireOrders(),
    );
  }

  function startPayment(process: Process): void {
    const life = world.lifeOf(process);
    const port = providerPort(provider, (label, act) =>
      world.call(life, { label, timeoutMs: 8_000, act, outage: () => new ProviderUnavailable('no answer') }),
    );
    const deps = {
      payments: connected(world, life, 'payments', parts.payments),
      webhooks: connected(world, life, 'webhooks', parts.webhooks),
      methods: untouched,
      list: untouched,
      orders: {
        forPayment: (orderId) =>
          world.call(life, {
            label: `order.forPayment ${orderId}`,
            timeoutMs: 3_000,
            act: () => orderForPayment(orderTables, orderId, clock()),
            outage: unavailable('order'),
          }),
        extendPaymentWindow: () => Promise.reject(new Error('cards wait for nothing')),
      },
      providers: new Map([[port.code, port]]),
      clock,
      logger,
      reconcileAfterMs: 60_000,
      returnOrigins: new Set(),
      wakeSettling: () => world.atIn(life, 1, () => void app.settlePayments().catch(() => undefined)),
      wakeRemoving: () => undefined,
    } satisfies Simulated<PaymentDeps, 'payments' | 'webhooks'>;
    const app: PaymentApp = createPaymentApp(withUntouched<PaymentDeps>(deps));
    payment.apps.set(process, { app, life });
    const isDue = (at: Date | null): boolean => at !== null && at.getTime() <= world.now;
    const all = () => [...paymentTables.payments.values()];
    const webhooks = () => [...paymentTables.webhooks.values()];
    sweep(
      life,
      4_000,
      () => all().some(({ reconcileAt }) => isDue(reconcileAt)),
      () => app.settlePayments(),
    );
    sweep(
      life,
      4_000,
      () => all().some(({ refunds }) => refunds.some(({ attemptAt }) => isDue(attemptAt))),
      () => app.settleRefunds(),
    );
    sweep(
      life,
      2_000,
      () => webhooks().some(({ attemptAt }) => attemptAt !== null && attemptAt <= world.now),
      () => app.sweepWebhooks(),
    );
  }

  /** Runs something in a process of the service that is up; rejects when there is none, and never settles when that process dies. */
  function inProcess<App, T>(service: Service<App>, work: (app: App) => Promise<T>): Promise<T> {
    const up = service.processes.filter((process) => process.up);
    if (up.length === 0) return Promise.reject(new ServiceUnavailable('order', 'no process is up'));
    const { app } = service.apps.get(random.pick(up)) as { app: App };
    return work(app);
  }

  /** The provider's message, again and again until it was taken; a few never come. */
  function tellWebhook(event: ProviderEvent, attempt = 0): void {
    if (attempt === 0) {
      if (world.hostile && random.chance(world.hostility.loss / 2)) {
        world.faults.lost += 1;
        return;
      }
      messages.open += 1;
      if (world.hostile && random.chance(world.hostility.duplicate)) {
        messages.open += 1;
        world.faults.duplicated += 1;
        world.at(world.latencyMs(), () => tellWebhook(event, 1));
      }
    }
    const rawBody = Buffer.from(JSON.stringify(event));
    const again = (): void => world.at(2_000 * 2 ** Math.min(attempt, 5), () => tellWebhook(event, attempt + 1));
    world.at(world.latencyMs(), () => {
      let answered = false;
      // A message whose receiver dies is not answered; it is sent again.
      world.at(20_000, () => {
        if (!answered) again();
        answered = true;
      });
      const done = (taken: boolean): void => {
        if (answered) return;
        answered = true;
        if (taken) messages.open -= 1;
        else again();
      };
      inProcess(payment, (app) => app.receiveWebhook('stripe', { rawBody, headers: {} })).then(
        () => done(!world.hostile || !random.chance(world.hostility.loss)),
        () => done(false),
      );
    });
  }

  const applyIn =
    <App>(service: Service<App>, handlersOf: (app: App) => Readonly<Record<string, unknown>>): Deliver =>
    (event) =>
      inProcess(service, async (app) => {
        const handler = handlersOf(app)[event.type] as ((one: typeof event) => Promise<void>) | undefined;
        if (handler === undefined) throw new Error(`no handler for ${event.type}`);
        const { traceparent, correlationId, actor } = event;
        return runInContext(newContext('job', { traceparent, correlationId, causationId: event.id, actor }), () =>
          handler(event),
        );
      });
  consumers.set('order', applyIn(order, orderConsumers as never));
  consumers.set(
    'payment',
    applyIn(payment, (app) => paymentConsumers({ ...app, ...DOCUMENTS } as WholePaymentApp) as never),
  );
  const told: string[] = [];
  consumers.set('notification', async ({ id, type }) => void told.push(`${type} ${id}`));
  consumers.set('cart', async ({ id, data }) => carts.releaseCoupons(id, (data as { orderId: string }).orderId));
  consumers.set('product', async (event) => {
    const { orderId, stockIds = [orderId] } = event.data as { orderId: string; stockIds?: string[] };
    const asOf = Date.parse(event.occurredAt);
    stock.once(event.id, () => {
      if (event.type === 'order.confirmed') stock.commit(stockIds);
      if (event.type === 'order.expired') for (const id of stockIds) stock.release(id, asOf);
      if (event.type === 'order.cancelled') for (const id of stockIds) stock.cancel(id);
    });
  });

  const services = { order, payment };
  for (const name of ['order-1', 'order-2']) (order.processes as Process[]).push(world.addProcess(name, startOrder));
  for (const name of ['payment-1', 'payment-2'])
    (payment.processes as Process[]).push(world.addProcess(name, startPayment));
  for (const process of world.processes) world.boot(process);
  return { ...parts, ...services, bus, messages, inProcess };
}

export type Shop = ReturnType<typeof openShop>;

/** Invoices and credit notes are not simulated: what would make them is acknowledged. */
const DOCUMENTS: Partial<WholePaymentApp> = {
  requestInvoice: async () => undefined,
  followEditInDocuments: async () => undefined,
  followCancellationInDocuments: async () => undefined,
};

/** As the order service answers `orderForPayment` (subgraphs/order/src/graphql/OrderForPayment.ts). */
function orderForPayment(tables: OrderTables, orderId: string, now: Date): OrderForPayment | null {
  const order = tables.orders.get(orderId)?.order;
  if (order === undefined) return null;
  return {
    id: order.id,
    number: order.number,
    status: order.status,
    currencyCode: order.currencyCode,
    countryCode: order.shippingAddress.countryCode,
    purposeId: order.openEdit?.id ?? order.paymentPurposeId ?? order.id,
    dueCentAmount: order.openEdit?.dueCents ?? order.totalCents,
    customerId: order.customerId,
    paymentDueAt: order.openEdit?.dueAt ?? order.paymentDueAt,
    payable: isPayable(order, now),
  };
}

/** These ports, and for every other one something that throws when a use case calls it after all. */
const withUntouched = <Deps extends object>(deps: object): Deps =>
  new Proxy(deps as Deps, {
    get: (target, name) => (name in target ? target[name as keyof Deps] : untouched),
  });
