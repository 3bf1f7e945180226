import { randomUUID } from 'node:crypto';
import type { Viewer } from '@souk/runtime';
import { eventually } from '@souk/testkit';
import { createShopper, fillCart, placeOrder, type Shopper } from '../../local/src/shopper.js';
import { type MatrixViewer, viewersOf } from '../../scripts/access/outcomes.mjs';
import { rolesOf } from '../../scripts/access/table.mjs';
import { scopesOf } from '../../subgraphs/user/src/domain/roles.js';
import { createProduct, type Shop, shopOfRun, signedIn } from '../e2e/shop.js';
import { subgraphs } from './arguments.js';
import { rowsThatMention, unsettledEvents } from './rows.js';
import { type DraftProduct, draftOf, guestsThings, ownersThings, PASSWORD, shopsThings } from './things.js';

/** A viewer of the matrix as a person: with an account of his own, unless he is a guest. */
export interface Person extends MatrixViewer {
  readonly userId: string | undefined;
  readonly token: string | undefined;
  /** As the gateway tells subgraphs who it is. */
  readonly viewer: Viewer;
  /** An order of his own that waits for its payment. */
  readonly unpaidOrder: string;
}

export interface World {
  readonly shop: Shop;
  /** In every text that these tests write. */
  readonly marker: string;
  readonly people: readonly Person[];
  /** What belongs to the owner, and what there is in the shop, by kind. */
  readonly things: Readonly<Record<string, string>>;
  /** What belongs to a guest. */
  readonly guests: Readonly<Record<string, string>>;
  readonly draftProduct: DraftProduct;
  /** Somebody else, signed in anew; for what ends sessions and accounts. */
  stranger(): Promise<{ readonly token: string; readonly userId: string }>;
  /** Digests of all rows about any of this, as they were when nothing more happened to them. */
  readonly rest: Readonly<Record<string, string>>;
  /** The same as they are now. */
  rows(): Promise<Record<string, string>>;
}

interface Account {
  readonly token: string;
  readonly userId: string;
  readonly sessionId: string;
}

/** A shop in which the owner and a guest have one of everything, and one person of each role looks on. */
export async function accessWorld(): Promise<World> {
  const shop = await shopOfRun();
  const marker = `access${randomUUID().slice(0, 8)}`;
  const admin = await signedIn(shop, 'admin');
  const endpoint = String(shop.urls.graphql);
  const shopperOf = (token: string | undefined): Shopper => {
    const shopper = createShopper(endpoint, { connections: 2 });
    shopper.setToken(token);
    return shopper;
  };
  const account = (name: string, roles?: readonly string[]) =>
    openAccount(shop, `${marker}-${name}`, roles && { admin, roles });

  const [lamp, chair] = await Promise.all([
    createProduct(admin, { onHand: 100, name: `${marker} lamp` }),
    createProduct(admin, { onHand: 100, name: `${marker} chair` }),
  ]);
  const lines = [
    { variantId: lamp.variantId, quantity: 1 },
    { variantId: chair.variantId, quantity: 2 },
  ];
  const unpaid = async (shopper: Shopper, name: string) => {
    const { cart } = await fillCart(shopper, { lines, email: `${marker}-${name}@test.example` });
    return (await placeOrder(shopper, cart)).data.orderPlace.order.id;
  };

  const guest = shopperOf(undefined);
  const guests = await guestsThings(shop, guest, marker, lines);
  const people = await Promise.all(
    viewersOf(rolesOf(subgraphs), scopesOf as (roles: readonly string[]) => string[]).map(
      async (viewer): Promise<Person> => {
        if (viewer.role === null) {
          const unpaidOrder = String(guests.unpaidOrder);
          return { ...viewer, userId: undefined, token: undefined, viewer: { kind: 'anonymous' }, unpaidOrder };
        }
        const role = String(viewer.role);
        const name = viewer.name.replace(' ', '-').toLowerCase();
        const { userId, token, sessionId } = await account(name, role === 'CUSTOMER' ? undefined : [role]);
        const shopper = shopperOf(token);
        const unpaidOrder = await unpaid(shopper, name);
        await shopper.close();
        const signed = { kind: 'user', userId, sessionId, roles: [role], scopes: viewer.scopes } as const;
        return { ...viewer, userId, token, viewer: signed, unpaidOrder };
      },
    ),
  );
  const owner = people.find((person) => person.owner) as Person;
  const buyer = shopperOf(owner.token);
  const owners = {
    ...(await ownersThings({ shop, buyer, admin, owner, marker, lines })),
    unpaidOrder: owner.unpaidOrder,
    product: lamp.productId,
    variant: lamp.variantId,
  };
  const draftProduct = await draftOf(admin, marker);
  const shops = await shopsThings(admin);
  await Promise.all([guest, buyer, admin].map((shopper) => shopper.close()));
  const ids = [...Object.values(owners), ...Object.values(guests), ...people.flatMap(({ userId }) => userId ?? [])];
  const words = [...new Set([marker, ...ids])];
  return {
    shop,
    marker,
    people,
    things: { ...shops, ...owners },
    guests,
    draftProduct,
    stranger: () => openAccount(shop, `stranger-${randomUUID()}`),
    rest: await settledRows(shop, words),
    rows: () => rowsThatMention(shop, words),
  };
}

/** Rows when every event about them has been dealt with, and nothing has changed for a while. */
async function settledRows(shop: Shop, words: readonly string[]): Promise<Record<string, string>> {
  let before: string | undefined;
  return eventually(
    async () => {
      const [now, open] = await Promise.all([rowsThatMention(shop, words), unsettledEvents(shop, words)]);
      const same = open === 0 && JSON.stringify(now) === before;
      before = JSON.stringify(now);
      return same ? now : false;
    },
    { timeoutMs: 60_000, everyMs: 1_000 },
  );
}

async function openAccount(
  shop: Shop,
  name: string,
  grant?: { admin: Shopper; roles: readonly string[] },
): Promise<Account> {
  const email = `${name}@test.example`;
  const shopper = createShopper(String(shop.urls.graphql), { connections: 1 });
  interface Registered {
    accountRegister: { user: { id: string } };
  }
  const registered = await shopper.send<Registered>('AccountRegister', { input: { email, password: PASSWORD } });
  const userId = registered.data.accountRegister.user.id;
  if (grant) await grant.admin.send('UserRolesUpdate', { userId, roles: grant.roles });
  const session = await shopper.send<{ sessionCreate: { accessToken: string } }>('SessionCreate', {
    email,
    password: PASSWORD,
  });
  await shopper.close();
  const token = session.data.sessionCreate.accessToken;
  const claims = JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString()) as { sid?: string };
  return { token, userId, sessionId: String(claims.sid) };
}
