import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'graphql';
import { accessFields } from '../../scripts/access/fields.mjs';
import { outcomeOf, viewersOf } from '../../scripts/access/outcomes.mjs';
import { type Decisions, undecidedFaults } from '../../scripts/access/undecided.mjs';
import { readSubgraphs } from '../../scripts/schema/subgraphs.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

const SDL = `
type Query {
  product(id: ID): Product @public
  order(id: ID!): Order @owned
  orders(after: ID): [Order!]! @requiresScopes(scopes: [["orders:read"]])
  orderForPayment(id: ID!): Order @inaccessible @requiresScopes(scopes: [["service"]])
  activeCart: Cart @owned
}
type Mutation {
  cartLinesAdd(cartId: ID!, lines: [LineInput!]!): Cart @owned
}
input LineInput { variantId: ID! again: [LineInput!] }
type Product { id: ID! }
type Cart { id: ID! }
type Order @key(fields: "id") { id: ID! total: Int }
type User @key(fields: "id") { id: ID! orders(first: Int): [Order!] }
type Variant @key(fields: "id", resolvable: false) { id: ID! }
`;
const DECIDED: Decisions = {
  IDS: {
    'Query.product(id)': { kind: 'open', thing: 'product' },
    'Query.order(id)': { kind: 'theirs', thing: 'order', refusal: null, scopes: ['orders:read'] },
    'Mutation.cartLinesAdd(cartId)': { kind: 'theirs', thing: 'cart', refusal: 'NOT_FOUND', scopes: [] },
    'Mutation.cartLinesAdd(lines.variantId)': { kind: 'open', thing: 'variant' },
  },
  OWN: ['Query.activeCart'],
  ENTITIES: {
    'shop.Order': { whole: { kind: 'open', thing: 'order' }, fields: {} },
    'shop.User': { fields: { orders: { kind: 'open', thing: 'user' } } },
  },
};

const subgraphs = (sdl: string) => [{ name: 'shop', file: 'shop.graphql', document: parse(sdl) }];
const faults = (sdl: string, decisions: Decisions = DECIDED) =>
  undecidedFaults(subgraphs(sdl), decisions).map(({ message }) => message);
/** The decisions without one of them. */
function without(part: 'IDS' | 'ENTITIES', name: string): Decisions {
  const { [name]: _, ...rest } = DECIDED[part] as Record<string, never>;
  return { ...DECIDED, [part]: rest };
}

describe('what nobody has decided fails the build, with what to write', () => {
  test('a schema in which everything is decided has no faults', () => {
    expect(faults(SDL)).toEqual([]);
  });

  test('a new id of a field, also one that is inside of an input', () => {
    const added = SDL.replace('input LineInput { variantId: ID!', 'input LineInput { variantId: ID! giftCardId: ID');
    expect(faults(added)).toEqual([
      expect.stringMatching(
        /^nobody has decided whose things "Mutation.cartLinesAdd\(lines.giftCardId\)" may name: add it/,
      ),
    ]);
    expect(faults(SDL, without('IDS', 'Query.order(id)'))).toEqual([expect.stringContaining('"Query.order(id)"')]);
  });

  test('an id of a field below the root', () => {
    const added = SDL.replace('total: Int', 'total: Int events(after: ID): Int');
    expect(faults(added)).toEqual([expect.stringContaining('"Order.events(after)"')]);
  });

  test('an @owned field of which nothing is owned', () => {
    expect(faults(SDL, { ...DECIDED, OWN: [] })).toEqual([expect.stringMatching(/^"Query.activeCart" is @owned/)]);
  });

  test('a new entity, and a new field of what is another service’s', () => {
    expect(faults(SDL, without('ENTITIES', 'shop.Order'))).toEqual([expect.stringContaining('refer to "shop.Order"')]);
    const added = SDL.replace('orders(first: Int): [Order!]', 'orders(first: Int): [Order!] wishlist: Int');
    expect(faults(added)).toEqual([expect.stringContaining('"wishlist" of "shop.User"')]);
  });

  test('a decision about what is gone', () => {
    expect(faults(SDL.replace('product(id: ID)', 'product'))).toEqual([
      expect.stringContaining('"Query.product(id)", which does not exist'),
    ]);
  });

  test('nothing in this shop is undecided', () => {
    expect(undecidedFaults(readSubgraphs(join(root, 'schema/subgraphs')))).toEqual([]);
  });
});

test('a field’s outcome follows from its directive, the owner and the scopes', () => {
  const viewers = viewersOf(['CUSTOMER', 'CLERK'], (roles: readonly string[]) =>
    roles.includes('CLERK') ? ['orders:read'] : [],
  );
  const [order] = accessFields(readSubgraphs(join(root, 'schema/subgraphs'))).filter(
    ({ key }) => key === 'Query.order',
  );
  const [orders] = accessFields(subgraphs(SDL)).filter(({ key }) => key === 'Query.orders');
  const row = (field: typeof order) => viewers.map((viewer) => [viewer.name, field && outcomeOf(field, viewer)]);
  expect(row(order)).toEqual([
    ['guest', null],
    ['other customer', null],
    ['owner', 'allowed'],
    ['CLERK', 'allowed'],
  ]);
  expect(row(orders)).toEqual([
    ['guest', 'UNAUTHENTICATED'],
    ['other customer', 'FORBIDDEN'],
    ['owner', 'FORBIDDEN'],
    ['CLERK', 'allowed'],
  ]);
});

test('docs/access.md that is not what schema, decisions and roles say is found', async () => {
  const check = (file: string) =>
    new Promise<number>((resolve) => {
      execFile(process.execPath, [join(root, 'scripts/access-matrix.mjs'), '--check', file], (error) =>
        resolve(typeof error?.code === 'number' ? error.code : 0),
      );
    });
  const folder = await mkdtemp(join(tmpdir(), 'souk-access-'));
  const written = await readFile(join(root, 'docs/access.md'), 'utf8');
  const [same, other] = [join(folder, 'same.md'), join(folder, 'other.md')];
  await writeFile(same, written);
  await writeFile(other, written.replace('| `cart` (id) | @owned | null |', '| `cart` (id) | @owned | yes |'));
  expect(await Promise.all([check(same), check(other)])).toEqual([0, 1]);
  await rm(folder, { recursive: true });
});
