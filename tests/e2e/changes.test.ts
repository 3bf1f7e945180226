import { randomUUID } from 'node:crypto';
import { eventually } from '@souk/testkit';
import {
  createShopper,
  EXAMPLE_ADDRESS,
  payAtProvider,
  purchase,
  Refused,
  type Shopper,
} from '../../local/src/shopper.js';
import { createProduct, mailsTo, type Shop, shopOfRun, signedIn, uniqueEmail } from './shop.js';

let shop: Shop;
let staff: Shopper;
beforeAll(async () => {
  shop = await shopOfRun();
  staff = await signedIn(shop, 'staff');
}, 240_000);
afterAll(() => staff?.close());

interface OrderView {
  id: string;
  number: string;
  status: string;
  paymentStatus: string;
  version: number;
  allowedActions: string[];
  total: { centAmount: number };
  totalPaid: { centAmount: number };
  totalRefunded: { centAmount: number };
  lines: { id: string; sku: string; quantity: number }[];
  edits: { id: string; state: string }[];
  notifications: { template: string; state: string }[];
}
interface Edited {
  orderEdit: {
    change: { difference: { centAmount: number } };
    edit: { id: string; state: string } | null;
    order: OrderView;
  };
}

const guest = () => createShopper(shop.urls.graphql as string);
const read = async (id: string) => (await staff.send<{ order: OrderView }>('OrderDetails', { id })).data.order;
const standIns = () => shop.urls.standIns as string;
const subjectsTo = async (email: string) => (await mailsTo(shop, email)).map(({ subject }) => subject);
async function availableOf(slug: string): Promise<number | undefined> {
  const page = await staff.send<{ product: { variants: { quantityAvailable: number }[] } }>('ProductPage', { slug });
  return page.data.product.variants[0]?.quantityAvailable;
}
async function refundsAtProvider(intentId: string): Promise<number[]> {
  const response = await fetch(`${standIns()}/v1/refunds?payment_intent=${intentId}`, {
    headers: { authorization: `Bearer ${shop.env.STRIPE_SECRET_KEY}` },
  });
  return ((await response.json()) as { data: { amount: number }[] }).data.map(({ amount }) => amount);
}
async function pay(shopper: Shopper, orderId: string): Promise<string> {
  interface Session {
    paymentSessionCreate: { payment: { providerReference: string; amount: { centAmount: number } } };
  }
  const sent = await shopper.send<Session>('PaymentSessionCreate', {
    input: { orderId, provider: 'stripe', idempotencyKey: `pay-${randomUUID()}` },
  });
  const intentId = sent.data.paymentSessionCreate.payment.providerReference;
  await payAtProvider(standIns(), intentId);
  return intentId;
}
const edit = async (order: OrderView, parts: object) =>
  (
    await staff.send<Edited>('OrderEdit', {
      input: { orderId: order.id, orderVersion: order.version, idempotencyKey: `edit-${randomUUID()}`, ...parts },
    })
  ).data.orderEdit;

test('staff add to a paid order: seen first, paid by its customer, sold, and told by mail; then a unit goes and is refunded', async () => {
  const [stool, lamp] = await Promise.all([
    createProduct(staff, { onHand: 10, centAmount: 2_500, name: 'Oak stool' }),
    createProduct(staff, { onHand: 10, centAmount: 4_000, name: 'Brass lamp' }),
  ]);
  const email = uniqueEmail();
  const buyer = guest();
  const bought = await purchase(buyer, standIns(), { lines: [{ variantId: stool.variantId, quantity: 2 }], email });
  // with its mails sent, so that nothing of it changes by itself
  const before = await eventually(async () => {
    const order = await read(bought.orderId);
    const told = order.notifications.filter(({ state }) => state !== 'QUEUED');
    expect(new Set(told.map(({ template }) => template))).toEqual(new Set(['order.placed', 'order.confirmed']));
    expect(told).toHaveLength(order.notifications.length);
    return order;
  });
  expect(before.allowedActions).toEqual(expect.arrayContaining(['EDIT', 'CANCEL_LINES']));

  const addLines = [{ variantId: lamp.variantId, quantity: 1 }];
  const seen = await edit(before, { addLines, dryRun: true });
  expect(seen).toMatchObject({ edit: null, change: { difference: { centAmount: 4_000 } } });
  expect(await read(bought.orderId)).toEqual(before);

  const proposed = await edit(before, { addLines });
  expect(proposed.edit?.state).toBe('AWAITING_PAYMENT');
  expect((await read(bought.orderId)).total).toEqual(before.total);
  expect(await availableOf(lamp.slug)).toBe(9);
  await eventually(async () => expect(await subjectsTo(email)).toContainEqual(expect.stringContaining('Please pay')));

  await pay(buyer, bought.orderId);
  const after = await eventually(async () => {
    const order = await read(bought.orderId);
    return order.edits[0]?.state === 'APPLIED' ? order : false;
  });
  expect(after.total.centAmount).toBe(before.total.centAmount + 4_000);
  await eventually(async () => expect((await read(bought.orderId)).totalPaid).toEqual(after.total));
  await eventually(async () => expect(await subjectsTo(email)).toContainEqual(expect.stringContaining('was changed')));

  const stools = after.lines.find(({ quantity }) => quantity === 2);
  const lowered = await edit(await read(bought.orderId), { setQuantities: [{ lineId: stools?.id, quantity: 1 }] });
  expect(lowered).toMatchObject({ edit: { state: 'APPLIED' }, change: { difference: { centAmount: -2_500 } } });
  await eventually(async () => expect(await refundsAtProvider(bought.intentId)).toEqual([2_500]));
  await eventually(async () => {
    expect([await availableOf(stool.slug), await availableOf(lamp.slug)]).toEqual([9, 9]);
  });
  await buyer.close();
}, 60_000);

test('a customer cancels one of three before they leave: it is refunded and on sale again; then the rest is the whole order', async () => {
  const product = await createProduct(staff, { onHand: 5, centAmount: 1_999 });
  const buyer = guest();
  const bought = await purchase(buyer, standIns(), {
    lines: [{ variantId: product.variantId, quantity: 3 }],
    email: uniqueEmail(),
  });
  const line = (await read(bought.orderId)).lines[0];
  const cancel = (quantity: number) =>
    buyer.send<{ orderLinesCancel: { order: OrderView } }>('OrderLinesCancel', {
      orderId: bought.orderId,
      lines: [{ lineId: line?.id, quantity }],
      idempotencyKey: `lines-${randomUUID()}`,
    });
  expect((await cancel(1)).data.orderLinesCancel.order).toMatchObject({
    status: 'CONFIRMED',
    lines: [{ quantity: 2 }],
  });
  await eventually(async () => expect(await refundsAtProvider(bought.intentId)).toEqual([1_999]));
  await eventually(async () => expect(await availableOf(product.slug)).toBe(3));
  expect((await cancel(2)).data.orderLinesCancel.order.status).toBe('CANCELLED');
  await eventually(async () => {
    const { totalPaid, totalRefunded } = await read(bought.orderId);
    expect(totalRefunded).toEqual(totalPaid);
  });
  await eventually(async () => expect(await availableOf(product.slug)).toBe(5));
  await buyer.close();
}, 60_000);

test('an unpaid order that is changed is paid at its new price by the session that was open before', async () => {
  const product = await createProduct(staff, { onHand: 5, centAmount: 1_000 });
  const draftInput = await draftOf(product.variantId, uniqueEmail());
  const order = await completeDraft(draftInput);
  await staff.send('PaymentSessionCreate', {
    input: { orderId: order.id, provider: 'stripe', idempotencyKey: `pay-${randomUUID()}` },
  });
  const addLines = [{ variantId: product.variantId, quantity: 1 }];
  const { edit: made } = await edit(await read(order.id), { addLines });
  expect(made?.state).toBe('APPLIED');
  const buyer = guest();
  await pay(staff, order.id);
  const paid = await eventually(async () => {
    const now = await read(order.id);
    return now.status === 'CONFIRMED' ? now : false;
  });
  expect(paid.total.centAmount).toBe(order.total.centAmount + 1_000);
  await eventually(async () => expect((await read(order.id)).totalPaid).toEqual(paid.total));
  await eventually(async () => expect(await availableOf(product.slug)).toBe(2));
  await buyer.close();
}, 60_000);

/** An unpaid order of two for 9.00 each, with its payment opened at that price. */
async function openedAtOldPrice(variantId: string) {
  const order = await completeDraft(await draftOf(variantId, uniqueEmail()));
  interface Session {
    paymentSessionCreate: { payment: { providerReference: string } };
  }
  const { data } = await staff.send<Session>('PaymentSessionCreate', {
    input: { orderId: order.id, provider: 'stripe', idempotencyKey: `pay-${randomUUID()}` },
  });
  return { order, intentId: data.paymentSessionCreate.payment.providerReference };
}

test('the old price that is paid after the order was made dearer goes back; then the new price pays for it', async () => {
  const product = await createProduct(staff, { onHand: 9, centAmount: 1_000 });
  const { order, intentId } = await openedAtOldPrice(product.variantId);
  await edit(await read(order.id), { addLines: [{ variantId: product.variantId, quantity: 1 }] });
  await payAtProvider(standIns(), intentId);
  await eventually(async () => expect(await refundsAtProvider(intentId)).toEqual([order.total.centAmount]));
  const waiting = await read(order.id);
  expect(waiting).toMatchObject({ status: 'PENDING_PAYMENT' });
  const second = await pay(staff, order.id);
  expect(second).not.toBe(intentId);
  const paid = await eventually(async () => {
    const now = await read(order.id);
    return now.status === 'CONFIRMED' ? now : false;
  });
  expect(paid.total.centAmount).toBe(order.total.centAmount + 1_000);
  expect(await refundsAtProvider(second)).toEqual([]);
  await eventually(async () => expect(await availableOf(product.slug)).toBe(6));
}, 60_000);

test('the old price that is paid after the order was made cheaper pays for it, and the rest goes back', async () => {
  const product = await createProduct(staff, { onHand: 9, centAmount: 1_000 });
  const { order, intentId } = await openedAtOldPrice(product.variantId);
  const seen = await read(order.id);
  const lowered = await edit(seen, { setQuantities: [{ lineId: seen.lines[0]?.id, quantity: 1 }] });
  const less = -lowered.change.difference.centAmount;
  await payAtProvider(standIns(), intentId);
  await eventually(async () => expect((await read(order.id)).status).toBe('CONFIRMED'));
  await eventually(async () => expect(await refundsAtProvider(intentId)).toEqual([less]));
  await eventually(async () => expect(await availableOf(product.slug)).toBe(8));
}, 60_000);

interface Draft {
  id: string;
  version: number;
  price: { total: { centAmount: number; currencyCode: string }; problems: unknown[] };
}
async function draftOf(variantId: string, email: string): Promise<Draft> {
  const sent = await staff.send<{ draftOrderCreate: { draftOrder: Draft } }>('DraftOrderCreate', {
    input: {
      currencyCode: 'EUR',
      lines: [
        { variantId, quantity: 2, unitPrice: { centAmount: 900, currencyCode: 'EUR' }, priceReason: 'Ex-display' },
      ],
      email,
      shippingAddress: EXAMPLE_ADDRESS,
      shippingMethodId: 'standard',
      discountPercent: 10,
      discountReason: 'Telephone',
    },
    idempotencyKey: `draft-${randomUUID()}`,
  });
  return sent.data.draftOrderCreate.draftOrder;
}
async function completeDraft(draft: Draft): Promise<OrderView> {
  const { centAmount, currencyCode } = draft.price.total;
  const sent = await staff.send<{ draftOrderComplete: { order: OrderView } }>('DraftOrderComplete', {
    id: draft.id,
    version: draft.version,
    expectedTotal: { centAmount, currencyCode },
  });
  return sent.data.draftOrderComplete.order;
}

test('a draft of the staff becomes an order once, its customer is written to, pays, and gets it', async () => {
  const product = await createProduct(staff, { onHand: 5, centAmount: 1_000 });
  const email = uniqueEmail();
  const draft = await draftOf(product.variantId, email);
  expect(draft.price.problems).toEqual([]);
  const orders = await Promise.all([completeDraft(draft), completeDraft(draft)]);
  expect(new Set(orders.map(({ id }) => id)).size).toBe(1);
  const [order] = orders;
  await eventually(async () =>
    expect(await subjectsTo(email)).toContainEqual(expect.stringContaining('received your order')),
  );
  const buyer = guest();
  await pay(buyer, String(order?.id));
  await eventually(async () => expect((await read(String(order?.id))).status).toBe('CONFIRMED'));
  await eventually(async () => expect(await availableOf(product.slug)).toBe(3));
  const again = await staff.send<{ draftOrder: { state: string; order: { id: string } } }>('DraftOrder', {
    id: draft.id,
  });
  expect(again.data.draftOrder).toMatchObject({ state: 'COMPLETED', order: { id: order?.id } });
  await buyer.close();
}, 60_000);

test('a draft is changed and thrown away', async () => {
  const product = await createProduct(staff, { onHand: 5 });
  const draft = await draftOf(product.variantId, uniqueEmail());
  const input = { currencyCode: 'EUR', lines: [{ variantId: product.variantId, quantity: 1 }] };
  const changed = await staff.send<{ draftOrderUpdate: { draftOrder: Draft } }>('DraftOrderUpdate', {
    id: draft.id,
    version: draft.version,
    input,
  });
  expect(changed.data.draftOrderUpdate.draftOrder.version).toBe(2);
  await staff.send('DraftOrderDelete', { id: draft.id });
  await expect(staff.send('DraftOrderUpdate', { id: draft.id, version: 2, input })).rejects.toThrow('NOT_FOUND');
});

test('a customer buys the same again, without what is gone', async () => {
  const [stays, goes] = await Promise.all([createProduct(staff, { onHand: 9 }), createProduct(staff, { onHand: 1 })]);
  const customer = await signedIn(shop, 'customer');
  const bought = await purchase(customer, standIns(), {
    lines: [
      { variantId: stays.variantId, quantity: 2 },
      { variantId: goes.variantId, quantity: 1 },
    ],
    email: uniqueEmail(),
  });
  await eventually(async () => expect(await availableOf(goes.slug)).toBe(0));
  interface Again {
    orderReorder: { cart: { id: string; lines: { quantity: number }[] }; skippedLines: { sku: string }[] };
  }
  const { data } = await customer.send<Again>('OrderReorder', { id: bought.orderId });
  expect(data.orderReorder).toMatchObject({
    cart: { lines: [{ quantity: 2 }] },
    skippedLines: [{ sku: goes.slug }],
  });
  const eve = guest();
  await expect(eve.send('OrderReorder', { id: bought.orderId })).rejects.toThrow('UNAUTHENTICATED');
  await Promise.all([customer.close(), eve.close()]);
}, 60_000);

test('staff download orders by a link that needs nothing else, and that nobody can guess', async () => {
  const product = await createProduct(staff, { onHand: 5, name: '=cmd()' });
  const buyer = guest();
  const bought = await purchase(buyer, standIns(), {
    lines: [{ variantId: product.variantId, quantity: 1 }],
    email: uniqueEmail(),
  });
  const sent = await staff.send<{ orderExport: { path: string } }>('OrderExport', { filter: { search: product.slug } });
  const url = new URL(sent.data.orderExport.path, shop.urls.graphql);
  const response = await fetch(url);
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="orders-\d{4}-\d{2}-\d{2}\.csv"$/);
  const rows = (await response.text()).split('\r\n');
  expect(rows).toHaveLength(3);
  expect(rows[1]).toContain(`${bought.number},${bought.orderId},CONFIRMED`);
  expect(rows[1]).toContain(",'=cmd(),");
  expect((await fetch(new URL(`/exports/orders/${'A'.repeat(43)}`, url))).status).toBe(404);
  expect((await fetch(new URL('/exports/orders/nonsense', url))).status).toBe(404);
  await buyer.close();
}, 60_000);

describe('only staff may', () => {
  const variables: [string, object][] = [
    ['OrderEdit', { input: { orderId: 'ord_1', orderVersion: 1, idempotencyKey: 'access-key-1' } }],
    ['OrderEditCancel', { id: 'oed_1' }],
    ['DraftOrder', { id: 'drf_1' }],
    ['DraftOrders', {}],
    ['DraftOrderCreate', { input: { currencyCode: 'EUR', lines: [] }, idempotencyKey: 'access-key-1' }],
    ['DraftOrderUpdate', { id: 'drf_1', version: 1, input: { currencyCode: 'EUR', lines: [] } }],
    ['DraftOrderDelete', { id: 'drf_1' }],
    ['DraftOrderComplete', { id: 'drf_1', version: 1, expectedTotal: { centAmount: 1, currencyCode: 'EUR' } }],
    ['OrderExport', {}],
  ];
  const codeOf = async (shopper: Shopper, operation: string, input: object): Promise<string> => {
    try {
      await shopper.send(operation, input);
      return 'OK';
    } catch (error) {
      if (error instanceof Refused) return error.errors.map(({ code }) => code).join(' ');
      throw error;
    }
  };

  test.each(variables)('%s', async (operation, input) => {
    const [anonymous, customer] = [guest(), await signedIn(shop, 'customer')];
    expect(await codeOf(anonymous, operation, input)).toBe('UNAUTHENTICATED');
    expect(await codeOf(customer, operation, input)).toBe('FORBIDDEN');
    expect(await codeOf(staff, operation, input)).toMatch(/^(OK|NOT_FOUND)$/);
    await Promise.all([anonymous.close(), customer.close()]);
  });
});
