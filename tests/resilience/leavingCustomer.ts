import { randomUUID } from 'node:crypto';
import { eventually } from '@souk/testkit';
import { createShopper, payAtProvider, placeOrder, type Shopper } from '../../local/src/shopper.js';
import type { Stack } from '../../local/src/stack.js';
import { createProduct } from '../e2e/shop.js';

export const PERSON = {
  email: 'wilhelmina.quistorp@person.example',
  password: 'correct horse battery staple',
  firstName: 'Wilhelmina',
  lastName: 'Quistorp',
  phone: '+494515557771',
};
export const ADDRESS = {
  fullName: 'Wilhelmina Quistorp',
  streetLine1: 'Fischergrube 77',
  city: 'Lübeck',
  postalCode: '23552',
  countryCode: 'DE',
  phone: PERSON.phone,
};
/** What nobody else in the shop is called. */
export const WORDS = [PERSON.email, 'wilhelmina', 'quistorp', PERSON.phone, 'fischergrube'];

interface CartMade {
  cartCreate: { cart: { id: string; version: number; cost: { total: { centAmount: number; currencyCode: string } } } };
}
interface SignedIn {
  sessionCreate: { accessToken: string };
}

/** What a person and the staff do in a shop, so that as much as possible is known of the person. */
export async function visit(stack: Stack, admin: { readonly email: string; readonly password: string }) {
  const [staff, person] = [createShopper(stack.urls.graphql), createShopper(stack.urls.graphql)];
  const signIn = async (shopper: Shopper, account: { readonly email: string; readonly password: string }) => {
    const { email, password } = account;
    const session = await shopper.send<SignedIn>('SessionCreate', { email, password });
    shopper.setToken(session.data.sessionCreate.accessToken);
  };
  await signIn(staff, admin);
  const product = await createProduct(staff, { onHand: 100 });

  const fillCart = async () => {
    const input = {
      lines: [{ variantId: product.variantId, quantity: 1 }],
      email: PERSON.email,
      countryCode: 'DE',
      shippingAddress: ADDRESS,
      shippingMethodId: 'standard',
      note: 'A present for Wilhelmina',
    };
    return (await person.send<CartMade>('CartCreate', { input })).data.cartCreate.cart;
  };
  async function pay(orderId: string, more: object = {}): Promise<void> {
    interface Session {
      paymentSessionCreate: { payment: { providerReference: string } };
    }
    const session = await person.send<Session>('PaymentSessionCreate', {
      input: { orderId, provider: 'stripe', idempotencyKey: randomUUID(), ...more },
    });
    await payAtProvider(stack.urls.standIns, session.data.paymentSessionCreate.payment.providerReference);
    await eventually(
      async () => {
        const { data } = await staff.send<{ order: { status: string } }>('OrderStatus', { id: orderId });
        expect(data.order.status).toBe('CONFIRMED');
      },
      { timeoutMs: 20_000 },
    );
  }
  /** The token of the mail that confirms the person's address. */
  const mailedToken = () =>
    eventually(
      async () => {
        const to = encodeURIComponent(PERSON.email);
        const answer = await fetch(`${stack.urls.standIns}/control/mail?bodies=true&to=${to}`);
        const { mails } = (await answer.json()) as { mails: { text: string }[] };
        const token = mails.map(({ text }) => /[\w-]{43}/.exec(text)?.[0]).find(Boolean);
        if (token === undefined) throw new Error('no mail with a token yet');
        return token;
      },
      { timeoutMs: 15_000 },
    );

  return {
    staff,
    person,
    fillCart,
    /** Places an order of one article. */
    async order(): Promise<string> {
      return (await placeOrder(person, await fillCart())).data.orderPlace.order.id;
    },
    pay,
    /** Opens the account, confirms its address, signs in and fills in everything; answers its id. */
    async register(): Promise<string> {
      const { email, password, firstName, lastName, phone } = PERSON;
      await person.send('AccountRegister', { input: { email, password, firstName, lastName } });
      await person.send('AccountConfirm', { token: await mailedToken() });
      await signIn(person, PERSON);
      await person.send('AccountUpdate', { input: { phone } });
      await person.send('AddressCreate', { input: ADDRESS });
      return (await person.send<{ me: { id: string } }>('Me')).data.me.id;
    },
    /** Ships and delivers an order whole, and closes it. */
    async complete(orderId: string): Promise<void> {
      interface Details {
        order: { lines: { id: string; quantity: number }[] };
      }
      const details = await staff.send<Details>('OrderDetails', { id: orderId });
      const lines = details.data.order.lines.map(({ id, quantity }) => ({ lineId: id, quantity }));
      const shipped = await staff.send<{ fulfillmentCreate: { fulfillment: { id: string } } }>('FulfillmentCreate', {
        orderId,
        lines,
        carrier: 'DHL',
        idempotencyKey: randomUUID(),
      });
      await staff.send('FulfillmentDeliver', { id: shipped.data.fulfillmentCreate.fulfillment.id });
      await staff.send('OrderComplete', { id: orderId });
    },
    close: () => Promise.all([staff.close(), person.close()]),
  };
}

export type Visit = Awaited<ReturnType<typeof visit>>;
