import { randomUUID } from 'node:crypto';
import { eventually } from '@souk/testkit';
import { createShopper, purchase, type Shopper } from '../../local/src/shopper.js';
import { createProduct, mailsTo, type Shop, shopOfRun, signedIn, uniqueEmail } from './shop.js';

let shop: Shop;
const opened: Shopper[] = [];
beforeAll(async () => {
  shop = await shopOfRun();
}, 120_000);
afterAll(() => Promise.all(opened.map((shopper) => shopper.close())));

const password = 'correct horse battery staple';
function browser(): Shopper {
  const shopper = createShopper(shop.urls.graphql as string);
  opened.push(shopper);
  return shopper;
}
async function as(role: string): Promise<Shopper> {
  const shopper = await signedIn(shop, role);
  opened.push(shopper);
  return shopper;
}
/** Sends one operation and answers its payload. */
async function ask<T>(shopper: Shopper, name: string, variables: object = {}): Promise<T> {
  return Object.values((await shopper.send<Record<string, T>>(name, variables)).data)[0] as T;
}
const refusedWith = (code: string) => ({ errors: [expect.objectContaining({ code })] });

interface Session {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly user: { readonly id: string };
}
async function member(email = uniqueEmail('member')) {
  const shopper = browser();
  await ask(shopper, 'AccountRegister', { input: { email, password } });
  const session = await ask<Session>(shopper, 'SessionCreate', { email, password });
  shopper.setToken(session.accessToken);
  return { shopper, email, id: session.user.id, refreshToken: session.refreshToken };
}
/** The code in the newest mail with this subject. */
async function tokenMailed(to: string, subject: string): Promise<string> {
  let token = '';
  await eventually(
    async () => {
      const mail = (await mailsTo(shop, to)).find((one) => one.subject === subject);
      token = /(?:token=|[Cc]ode: )([\w-]{20,})/.exec(mail?.text ?? '')?.[1] ?? '';
      expect({ subject, token }).toEqual({ subject, token: expect.stringMatching(/.{20}/) });
    },
    { timeoutMs: 15_000 },
  );
  return token;
}
interface Entry {
  readonly service: string;
  readonly action: string;
  readonly subjectId: string;
  readonly codes: string[];
}
const log = async (admin: Shopper, filter: object) =>
  (await ask<{ nodes: Entry[] }>(admin, 'AuditLog', { first: 100, filter })).nodes;

test('an address is changed by the mails: confirmed at the new one, taken back from the old one', async () => {
  const { shopper, email, refreshToken } = await member();
  const next = uniqueEmail('moved');
  await ask(shopper, 'EmailChangeRequest', { email: next, password });
  await ask(browser(), 'EmailChangeConfirm', { token: await tokenMailed(next, 'Confirm your new e-mail address') });
  expect((await ask<{ email: string }>(shopper, 'Me')).email).toBe(next); // the session stays
  await ask(browser(), 'EmailChangeUndo', { token: await tokenMailed(email, 'Your e-mail address was changed') });
  await expect(ask(browser(), 'SessionRefresh', { refreshToken })).rejects.toMatchObject(refusedWith('TOKEN_INVALID'));
  await eventually(() => expect(shopper.send('Me')).rejects.toMatchObject(refusedWith('UNAUTHENTICATED')));
  await ask(browser(), 'PasswordReset', {
    token: await tokenMailed(email, 'Choose a new password'),
    password: 'staple battery horse correct',
  });
  const back = await ask<Session>(browser(), 'SessionCreate', { email, password: 'staple battery horse correct' });
  expect(back.accessToken).toEqual(expect.any(String));
}, 60_000);

test('the owner of a taken address is told, and whoever asked for it is not', async () => {
  const [asker, owner] = [await member(), await member()];
  await ask(asker.shopper, 'EmailChangeRequest', { email: owner.email, password });
  await eventually(
    async () =>
      expect((await mailsTo(shop, owner.email)).map(({ subject }) => subject)).toContain(
        'Your e-mail address was entered for another account',
      ),
    { timeoutMs: 15_000 },
  );
}, 60_000);

test('an account that its owner disables is signed out at once, told by mail, and enabled again by support', async () => {
  const { shopper, email, id } = await member();
  await ask(shopper, 'AccountDeactivate', { password });
  await eventually(() => expect(shopper.send('Me')).rejects.toMatchObject(refusedWith('UNAUTHENTICATED')));
  const signIn = () => ask(browser(), 'SessionCreate', { email, password });
  await expect(signIn()).rejects.toMatchObject(refusedWith('ACCOUNT_DISABLED'));
  await eventually(
    async () =>
      expect((await mailsTo(shop, email)).map(({ subject }) => subject)).toContain('Your account was disabled'),
    { timeoutMs: 15_000 },
  );
  const support = await as('support');
  await ask(support, 'UserActiveSet', { userId: id, isActive: true });
  await signIn();
  const admin = await as('admin');
  expect((await log(admin, { subjectId: id })).map(({ action, codes }) => [action, codes])).toEqual([
    ['userActiveSet', ['ENABLED']],
    ['accountDeactivate', ['DISABLED', 'OWNER']],
  ]);
}, 60_000);

test('each role does its own work and is refused the rest; roles count from the next request', async () => {
  const [support, catalogue] = [await as('support'), await as('catalogue')];
  await support.send('Orders');
  await support.send('Users');
  await expect(support.send('PromotionCreate', { input: promotion() })).rejects.toMatchObject(refusedWith('FORBIDDEN'));
  await catalogue.send('PromotionCreate', { input: promotion() });
  await expect(catalogue.send('Orders')).rejects.toMatchObject(refusedWith('FORBIDDEN'));
  await expect(catalogue.send('Users')).rejects.toMatchObject(refusedWith('FORBIDDEN'));
  for (const one of [support, catalogue, await as('staff')]) {
    await expect(one.send('AuditLog')).rejects.toMatchObject(refusedWith('FORBIDDEN'));
  }
  const { shopper, id, refreshToken } = await member();
  const admin = await as('admin');
  await ask(admin, 'UserRolesUpdate', { userId: id, roles: ['CATALOGUE_MANAGER'] });
  await eventually(() => expect(shopper.send('Promotions')).rejects.toMatchObject(refusedWith('UNAUTHENTICATED')));
  shopper.setToken((await ask<Session>(browser(), 'SessionRefresh', { refreshToken })).accessToken);
  await shopper.send('Promotions');
}, 60_000);

test('what staff do in every service is in the audit log, once for each change, with who did it to what', async () => {
  const admin = await as('admin');
  const { id, email } = await member();
  await ask(admin, 'UserRolesUpdate', { userId: id, roles: ['STAFF'] });
  const staff = browser();
  staff.setToken((await ask<Session>(staff, 'SessionCreate', { email, password })).accessToken);

  const product = await createProduct(staff, { onHand: 5 });
  const stock = { variantId: product.variantId, delta: 2, reason: 'RECEIVED', idempotencyKey: randomUUID() };
  await ask(staff, 'InventoryAdjust', stock);
  await ask(staff, 'InventoryAdjust', stock); // again: changes nothing
  await ask(staff, 'InventorySet', { variantId: product.variantId, onHand: 7, reason: 'CORRECTION' }); // it has 7
  const { promotion: made } = await ask<{ promotion: { id: string } }>(staff, 'PromotionCreate', {
    input: promotion(),
  });
  const { category } = await ask<{ category: { id: string } }>(staff, 'CategoryCreate', {
    input: { name: `Category ${randomUUID()}` },
  });
  const customer = browser();
  const bought = await purchase(customer, shop.urls.standIns as string, {
    lines: [{ variantId: product.variantId, quantity: 1 }],
    email: uniqueEmail(),
  });
  await ask(staff, 'OrderNoteAdd', { orderId: bought.orderId, text: 'Fragile', isPublic: false });
  const refund = { paymentId: bought.paymentId, amount: { centAmount: 100, currencyCode: 'EUR' }, reason: 'Goodwill' };
  const idempotencyKey = randomUUID();
  await ask(staff, 'RefundCreate', { input: { ...refund, idempotencyKey } });
  await ask(staff, 'RefundCreate', { input: { ...refund, idempotencyKey } }); // again: one refund
  await expect(
    ask(staff, 'RefundCreate', {
      input: { ...refund, amount: { centAmount: 99_999_999, currencyCode: 'EUR' }, idempotencyKey: randomUUID() },
    }),
  ).rejects.toMatchObject({ errors: [expect.anything()] });
  const draft = await ask<{ draftOrder: { id: string } }>(staff, 'DraftOrderCreate', {
    input: { currencyCode: 'EUR', lines: [{ variantId: product.variantId, quantity: 1 }], email: uniqueEmail() },
    idempotencyKey: randomUUID(),
  });
  await ask(staff, 'DraftOrderDelete', { id: draft.draftOrder.id });
  await ask(staff, 'OrderExport', { format: 'CSV' });

  await eventually(
    async () => {
      const entries = await log(admin, { actorId: id });
      expect(entries.map(({ service, action, subjectId }) => [service, action, subjectId]).sort()).toEqual(
        [
          ['product', 'productCreate', product.productId],
          ['product', 'inventoryAdjust', product.variantId],
          ['cart', 'promotionCreate', made.id],
          ['product', 'categoryCreate', category.id],
          ['order', 'orderNoteAdd', bought.orderId],
          ['payment', 'refundCreate', bought.paymentId],
          ['order', 'draftOrderCreate', draft.draftOrder.id],
          ['order', 'draftOrderDelete', draft.draftOrder.id],
          ['order', 'orderExport', 'orders'],
        ].sort(),
      );
    },
    { timeoutMs: 15_000 },
  );
  expect(JSON.stringify(await log(admin, { actorId: id }))).not.toMatch(/Fragile|Goodwill|@/);
}, 90_000);

function promotion() {
  return { name: 'Test', code: `T-${randomUUID()}`, kind: 'PERCENT_OFF_ORDER', value: 1, isActive: false };
}
