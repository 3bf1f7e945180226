import { startToyShop, type ToyShop } from '../testing/toyShop.js';

let shop: ToyShop;
beforeAll(async () => {
  shop = await startToyShop();
});
afterAll(() => shop.close());

/** The first request of an operation goes through Apollo's gateway, the second may go the short way. */
async function twice(query: string, variables?: object, headers?: Record<string, string>) {
  const ask = async () => {
    const { status, body } = await shop.post({ query, variables }, headers);
    for (const error of body.errors ?? []) delete error.extensions?.requestId;
    return { status, body };
  };
  return [await ask(), await ask()] as const;
}

describe('the short way of operations that one subgraph answers', () => {
  test.each<[string, string, object?]>([
    ['a list', '{ products(first: 2) { id name related { id } } }'],
    ['aliases', '{ a: products(first: 1) { x: name } b: products(first: 2) { x: id } }'],
    ['fragments', 'query { products { ...P } } fragment P on Product { id ... on Product { name } }'],
    ['variables with defaults', 'query Q($n: Int = 1) { products(first: $n) { id } }'],
    ['variables', 'query Q($n: Int) { products(first: $n) { id } }', { n: 2 }],
    ['a variable that is null', 'query Q($a: String) { cursor(after: $a) }', { a: null }],
    ['a condition that holds', 'query Q($c: Boolean!) { products { id name @include(if: $c) } }', { c: true }],
    ['a condition that does not hold', 'query Q($c: Boolean!) { products { id name @include(if: $c) } }', { c: false }],
    ['a root __typename', '{ __typename whoami }'],
    ['two subgraphs', '{ products { id inWishlist } }'],
    ['a mutation', 'mutation { sessionCreate(email: "a", password: "b") }'],
    ['a failing field', '{ broken whoami }'],
    ['a refused field', '{ stock whoami }'],
    ['a field that answers too late', '{ slow }'],
    ['a variable of the wrong type', 'query Q($n: Int) { products(first: $n) { id } }', { n: 'many' }],
    ['a missing variable', 'query Q($n: Int!) { products(first: $n) { id } }', {}],
    ['introspection', '{ __schema { queryType { name } } }'],
  ])('%s: the same answer on both ways', async (...[, query, variables]) => {
    const [first, second] = await twice(query, variables);
    expect(second).toEqual(first);
  });

  test('the identity is that of each request, not of the one that was planned', async () => {
    const query = 'query Who { whoami }';
    const authorization = `Bearer ${await shop.token()}`;
    expect((await shop.post({ query }, { authorization })).body.data).toEqual({ whoami: 'usr_1' });
    expect((await shop.post({ query })).body.data).toEqual({ whoami: 'anonymous' });
    expect((await shop.post({ query }, { authorization })).body.data).toEqual({ whoami: 'usr_1' });
  });

  test('operations of one document are told apart by their names', async () => {
    const query = 'query A { whoami } query B { cartName }';
    for (let round = 0; round < 2; round += 1) {
      expect((await shop.post({ query, operationName: 'A' })).body.data).toEqual({ whoami: 'anonymous' });
      expect((await shop.post({ query, operationName: 'B' })).body.data).toEqual({ cartName: 'basket' });
    }
  });
});
