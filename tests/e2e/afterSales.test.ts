import { randomUUID } from 'node:crypto';
import { eventually } from '@souk/testkit';
import { createShopper, purchase, Refused, type Shopper } from '../../local/src/shopper.js';
import { carrierSignature } from '../../subgraphs/order/src/adapters/carrier.webhook.js';
import { createProduct, mailsTo, type Shop, shopOfRun, signedIn, uniqueEmail } from './shop.js';

let shop: Shop;
let staff: Shopper;
beforeAll(async () => {
  shop = await shopOfRun();
  staff = await signedIn(shop, 'staff');
}, 240_000);
afterAll(() => staff?.close());

interface Line {
  id: string;
  quantity: number;
  quantityFulfilled: number;
  quantityReturned: number;
}
interface OrderView {
  order: {
    id: string;
    number: string;
    status: string;
    fulfillmentStatus: string;
    paymentStatus: string;
    allowedActions: string[];
    lines: Line[];
    total: { centAmount: number };
    fulfillments: { id: string; status: string; trackingUrl: string | null; lines: { quantity: number }[] }[];
    returns: { id: string; number: string; status: string; refund: { centAmount: number } }[];
    events: { type: string }[];
  };
}
interface Shipped {
  fulfillmentCreate: { fulfillment: { id: string; trackingUrl: string }; order: OrderView['order'] };
}
interface Asked {
  returnRequest: { return: { id: string; number: string; status: string } };
}

const guest = () => createShopper(shop.urls.graphql as string);
const read = async (shopper: Shopper, id: string) => (await shopper.send<OrderView>('Order', { id })).data.order;
const ship = (orderId: string, lines: { lineId: string; quantity: number }[], trackingNumber: string) =>
  staff.send<Shipped>('FulfillmentCreate', {
    orderId,
    lines,
    trackingNumber,
    carrier: 'DHL',
    idempotencyKey: `ship-${randomUUID()}`,
  });
const subjectsTo = async (email: string) => (await mailsTo(shop, email)).map(({ subject }) => subject);

/** The carrier's message, through the gateway, signed as the carrier signs. */
async function carrierSays(type: string, trackingNumber: string, o: { secret?: string } = {}): Promise<number> {
  const secrets = JSON.parse(shop.env.CARRIER_WEBHOOK_SECRETS as string) as { dhl: string };
  const body = JSON.stringify({ id: randomUUID(), type, trackingNumber, occurredAt: new Date().toISOString() });
  const response = await fetch(new URL('/webhooks/carrier/dhl', shop.urls.graphql), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-carrier-signature': carrierSignature(o.secret ?? secrets.dhl, Math.floor(Date.now() / 1_000), body),
    },
    body,
  });
  return response.status;
}

async function refundsAtProvider(intentId: string): Promise<number[]> {
  const response = await fetch(`${shop.urls.standIns}/v1/refunds?payment_intent=${intentId}`, {
    headers: { authorization: `Bearer ${shop.env.STRIPE_SECRET_KEY}` },
  });
  return ((await response.json()) as { data: { amount: number }[] }).data.map(({ amount }) => amount);
}

async function availableOf(slug: string): Promise<number | undefined> {
  const page = await staff.send<{ product: { variants: { quantityAvailable: number }[] } }>('ProductPage', { slug });
  return page.data.product.variants[0]?.quantityAvailable;
}

test('bought, shipped in two parcels, delivered by the carrier, one sent back: refunded, on the shelf again, and told by mail', async () => {
  const product = await createProduct(staff, { onHand: 10, centAmount: 2_500, name: 'Oak stool' });
  const email = uniqueEmail();
  const buyer = guest();
  const bought = await purchase(buyer, shop.urls.standIns as string, {
    lines: [{ variantId: product.variantId, quantity: 3 }],
    email,
  });
  const id = bought.orderId;
  const lineId = String((await read(buyer, id)).lines[0]?.id);

  const [one, two] = [`JJD${randomUUID()}`, `JJD${randomUUID()}`];
  const first = await ship(id, [{ lineId, quantity: 2 }], one);
  expect(first.data.fulfillmentCreate).toMatchObject({
    fulfillment: { trackingUrl: expect.stringContaining(one) },
    order: { fulfillmentStatus: 'PARTIALLY_FULFILLED', lines: [{ quantityFulfilled: 2 }] },
  });
  await ship(id, [{ lineId, quantity: 1 }], two);
  expect(await carrierSays('delivered', one, { secret: 'somebody-else-s-secret' })).toBe(400);
  expect(await carrierSays('in_transit', one)).toBe(200);
  expect(await carrierSays('delivered', one)).toBe(200);
  expect(await carrierSays('delivered', two)).toBe(200);
  expect(await read(buyer, id)).toMatchObject({
    status: 'CONFIRMED',
    fulfillmentStatus: 'DELIVERED',
    allowedActions: expect.arrayContaining(['REQUEST_RETURN']),
    fulfillments: [{ status: 'DELIVERED' }, { status: 'DELIVERED' }],
  });
  await eventually(async () => expect(await availableOf(product.slug)).toBe(7));

  const asked = await buyer.send<Asked>('ReturnRequest', {
    input: {
      orderId: id,
      lines: [{ lineId, quantity: 1 }],
      reason: 'UNWANTED',
      idempotencyKey: `return-${randomUUID()}`,
    },
  });
  const back = asked.data.returnRequest.return;
  expect(back).toMatchObject({ number: `${bought.number}-R1`, status: 'REQUESTED' });
  await staff.send('ReturnApprove', { id: back.id });
  await staff.send('ReturnReceive', { id: back.id, lines: [{ lineId, accepted: 1 }] });
  await eventually(
    async () => {
      const order = await read(buyer, id);
      expect(order.returns).toMatchObject([{ status: 'CLOSED', refund: { centAmount: 2_500 } }]);
      expect(order.lines).toMatchObject([{ quantityFulfilled: 3, quantityReturned: 1 }]);
      expect(order.paymentStatus).toBe('PARTIALLY_REFUNDED');
    },
    { timeoutMs: 20_000 },
  );
  expect(await refundsAtProvider(bought.intentId)).toEqual([2_500]);
  await eventually(async () => expect(await availableOf(product.slug)).toBe(8));
  await eventually(
    async () => {
      const subjects = await subjectsTo(email);
      const count = (pattern: RegExp) => subjects.filter((subject) => pattern.test(subject)).length;
      expect(count(/on its way/)).toBe(2);
      expect(count(/has arrived$/)).toBe(3);
      for (const about of [/received your return/, /is approved/, /^Your return .* has arrived/, /^Refund/]) {
        expect(count(about)).toBe(1);
      }
    },
    { timeoutMs: 20_000 },
  );
  await buyer.close();
}, 90_000);

test('exchanged: the other article is held, shipped in exchange, and only the difference is refunded', async () => {
  const [product, other] = await Promise.all([
    createProduct(staff, { onHand: 5, centAmount: 3_000 }),
    createProduct(staff, { onHand: 1, centAmount: 1_800 }),
  ]);
  const buyer = guest();
  const bought = await purchase(buyer, shop.urls.standIns as string, {
    lines: [{ variantId: product.variantId, quantity: 1 }],
    email: uniqueEmail(),
  });
  const id = bought.orderId;
  const before = await read(buyer, id);
  const lineId = String(before.lines[0]?.id);
  await ship(id, [{ lineId, quantity: 1 }], `JJD${randomUUID()}`);
  const asked = await buyer.send<Asked>('ReturnRequest', {
    input: {
      orderId: id,
      lines: [{ lineId, quantity: 1, exchangeVariantId: other.variantId }],
      reason: 'SIZE',
      idempotencyKey: `return-${randomUUID()}`,
    },
  });
  const returnId = asked.data.returnRequest.return.id;
  await staff.send('ReturnApprove', { id: returnId });
  await eventually(async () => expect(await availableOf(other.slug)).toBe(0));
  await staff.send('ReturnReceive', { id: returnId, lines: [{ lineId, accepted: 1 }] });
  const order = await read(buyer, id);
  expect(order).toMatchObject({ fulfillmentStatus: 'PARTIALLY_FULFILLED', lines: [{}, { quantity: 1 }] });
  expect(order.total).toEqual(before.total);
  await ship(id, [{ lineId: String(order.lines[1]?.id), quantity: 1 }], `JJD${randomUUID()}`);
  await eventually(
    async () => {
      expect((await read(buyer, id)).returns).toMatchObject([{ status: 'CLOSED', refund: { centAmount: 1_200 } }]);
      expect(await refundsAtProvider(bought.intentId)).toEqual([1_200]);
      expect([await availableOf(product.slug), await availableOf(other.slug)]).toEqual([5, 0]);
    },
    { timeoutMs: 20_000 },
  );
  await buyer.close();
}, 90_000);

describe('who may do what', () => {
  /** The code of the refusal, or OK. */
  const codeOf = (sent: Promise<unknown>) =>
    sent.then(
      () => 'OK',
      (error: unknown) => {
        if (error instanceof Refused) return error.errors[0]?.code ?? 'NONE';
        throw error;
      },
    );

  async function newCustomer(): Promise<{ shopper: Shopper; email: string }> {
    const shopper = guest();
    const [email, password] = [uniqueEmail('owner'), 'correct horse battery staple'];
    await shopper.send('AccountRegister', { input: { email, password } });
    const session = await shopper.send<{ sessionCreate: { accessToken: string } }>('SessionCreate', {
      email,
      password,
    });
    shopper.setToken(session.data.sessionCreate.accessToken);
    return { shopper, email };
  }

  test('parcels and decisions on returns are for staff; asking and calling off for the owner and staff', async () => {
    const [owner, stranger, anonymous] = [await newCustomer(), await newCustomer(), guest()];
    const product = await createProduct(staff, { onHand: 5 });
    const bought = await purchase(owner.shopper, shop.urls.standIns as string, {
      lines: [{ variantId: product.variantId, quantity: 3 }],
      email: owner.email,
    });
    const orderId = bought.orderId;
    const lineId = String((await read(owner.shopper, orderId)).lines[0]?.id);
    const shipped = await ship(orderId, [{ lineId, quantity: 3 }], 'ACCESS-1');
    const parcel = { id: shipped.data.fulfillmentCreate.fulfillment.id };
    const request = () => ({
      input: { orderId, lines: [{ lineId, quantity: 1 }], reason: 'OTHER', idempotencyKey: `return-${randomUUID()}` },
    });
    const asked = await owner.shopper.send<Asked>('ReturnRequest', request());
    const back = { id: asked.data.returnRequest.return.id };
    const forStaff: [string, object][] = [
      ['FulfillmentCreate', { orderId, lines: [{ lineId, quantity: 1 }], idempotencyKey: 'access-key-1' }],
      ['FulfillmentTrackingUpdate', { ...parcel, trackingNumber: 'X' }],
      ['FulfillmentDeliver', parcel],
      ['FulfillmentCancel', parcel],
      ['OrderComplete', { id: orderId }],
      ['ReturnApprove', back],
      ['ReturnDecline', { ...back, reason: 'No.' }],
      ['ReturnClose', back],
      ['ReturnReceive', { ...back, lines: [{ lineId, accepted: 1 }] }],
    ];
    const before = await read(owner.shopper, orderId);
    for (const [operation, variables] of forStaff) {
      const codes = await Promise.all(
        [anonymous, stranger.shopper, owner.shopper].map((viewer) => codeOf(viewer.send(operation, variables))),
      );
      expect([operation, ...codes]).toEqual([operation, 'UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN']);
    }
    for (const viewer of [anonymous, stranger.shopper]) {
      expect(await codeOf(viewer.send('ReturnRequest', request()))).toBe('NOT_FOUND');
      expect(await codeOf(viewer.send('ReturnCancel', back))).toBe('NOT_FOUND');
      expect((await viewer.send<OrderView>('Order', { id: orderId })).data.order).toBeNull();
    }
    expect(await read(owner.shopper, orderId)).toEqual(before);
    expect(await codeOf(owner.shopper.send('ReturnCancel', back))).toBe('OK');
    expect(await codeOf(staff.send('ReturnRequest', request()))).toBe('OK');
    await Promise.all([owner.shopper, stranger.shopper, anonymous].map((shopper) => shopper.close()));
  }, 60_000);
});
