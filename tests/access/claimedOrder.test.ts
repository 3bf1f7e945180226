import { eventually } from '@souk/testkit';
import { createShopper, purchase } from '../../local/src/shopper.js';
import { createProduct, mailsTo, type Shop, shopOfRun, signedIn, uniqueEmail } from '../e2e/shop.js';
import { type Answer, askGateway, askSubgraph } from './client.js';
import { PASSWORD } from './things.js';

/** A guest's order is open to whoever knows its id until its buyer has an account and claims it; then everything about it is his. */
let shop: Shop;
beforeAll(async () => {
  shop = await shopOfRun();
}, 240_000);

const ENTITIES = `query ($of: [_Any!]!) { _entities(representations: $of) {
  ... on Order { payments { id } paymentStatus documents { id } receiptUrl totalPaid { centAmount } }
} }`;

test('an order that was claimed is closed to who knew it as a guest: with its cart, its payment and its documents', async () => {
  const admin = await signedIn(shop, 'admin');
  const guest = createShopper(String(shop.urls.graphql));
  const { variantId } = await createProduct(admin, { onHand: 5 });
  const email = uniqueEmail('claims');
  const lines = [{ variantId, quantity: 1 }];
  const bought = await purchase(guest, String(shop.urls.standIns), { lines, email });
  await guest.send('AccountRegister', { input: { email, password: PASSWORD } });
  const token = await eventually(
    async () => {
      const mails = (await mailsTo(shop, email)) as unknown as { subject: string; text?: string }[];
      const welcome = mails.find(({ subject }) => subject.startsWith('Welcome'))?.text ?? '';
      return /(?:token=|[Cc]ode: )([\w-]{20,})/.exec(welcome)?.[1] ?? false;
    },
    { timeoutMs: 20_000 },
  );

  const query = `{ order(id: "${bought.orderId}") { id documents { id } } payment(id: "${bought.paymentId}") { id } cart(id: "${bought.cartId}") { id email } }`;
  const total = { centAmount: 1, currencyCode: 'EUR' };
  const of = [{ __typename: 'Order', id: bought.orderId, total }];
  const asGuest = () => askGateway(shop, undefined, query, {});
  const referred = () => askSubgraph(shop, 'payment', { kind: 'anonymous' }, ENTITIES, { of });
  const shown = ({ data }: Answer) => ({
    order: data?.order !== null,
    payment: data?.payment !== null,
    cart: data?.cart !== null,
  });
  const documents = ({ data }: Answer) => (data?.order as { documents: object[] } | null)?.documents.length;
  // Its documents are there a moment after it was paid.
  await eventually(async () => expect(documents(await asGuest())).toBe(2), { timeoutMs: 20_000 });
  expect(shown(await asGuest())).toEqual({ order: true, payment: true, cart: true });

  const confirmed = await guest.send<{ accountConfirm: { accessToken: string } }>('AccountConfirm', { token });
  const owner = confirmed.data.accountConfirm.accessToken;
  const claimed = await askGateway(
    shop,
    owner,
    'mutation { guestOrdersClaim { claimedCount userErrors { code } } }',
    {},
  );
  expect(claimed.data?.guestOrdersClaim).toEqual({ claimedCount: 1, userErrors: [] });

  await eventually(async () => {
    expect(shown(await asGuest())).toEqual({ order: false, payment: false, cart: false });
    const nothing = { payments: null, paymentStatus: null, documents: null, receiptUrl: null, totalPaid: null };
    expect((await referred()).data?._entities).toEqual([nothing]);
  });
  const asOwner = await askGateway(shop, owner, query, {});
  expect(shown(asOwner)).toEqual({ order: true, payment: true, cart: true });
  expect(documents(asOwner)).toBe(2);
  const session = `mutation { paymentSessionConfirm(paymentId: "${bought.paymentId}") { payment { id } userErrors { code } } }`;
  expect((await askGateway(shop, undefined, session, {})).data?.paymentSessionConfirm).toEqual({
    payment: null,
    userErrors: [{ code: 'NOT_FOUND' }],
  });
  await Promise.all([admin.close(), guest.close()]);
}, 90_000);
