import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { toySupergraph } from '../testing/toyShop.js';
import { singleFetch } from './singleFetch.js';

const planned: ReturnType<typeof singleFetch>[] = [];
let server: ApolloServer;

beforeAll(async () => {
  const gateway = new ApolloGateway({
    supergraphSdl: toySupergraph(),
    buildService: () => ({ process: async () => ({ data: {} }) }),
    experimental_didResolveQueryPlan: (plan) => {
      planned.push(singleFetch(plan));
    },
  });
  server = new ApolloServer({ gateway });
  await server.start();
});
afterAll(() => server.stop());

async function serviceOf(query: string): Promise<string | undefined> {
  planned.length = 0;
  await server.executeOperation({ query, variables: { c: true } });
  return planned[0]?.fetch.serviceName;
}

describe('an operation is answered by a single fetch', () => {
  test.each([
    ['{ products { id name related { name } } }', 'product'],
    ['query { products { ...P } } fragment P on Product { id }', 'product'],
    ['{ a: products { b: id } }', 'product'],
    ['mutation { sessionCreate(email: "a", password: "b") }', 'product'],
    ['{ cartName }', 'cart'],
  ])('%s', async (query, service) => {
    expect(await serviceOf(query)).toBe(service);
  });
});

describe('an operation is left to the gateway', () => {
  test.each([
    ['when two subgraphs take part', '{ products { inWishlist } }'],
    ['when it has two root fetches', '{ cartName whoami }'],
    ['when the gateway answers a part of it', '{ __typename whoami }'],
    ['when it is introspection', '{ __schema { queryType { name } } }'],
    ['when a field is conditional', 'query Q($c: Boolean!) { products { id name @include(if: $c) } }'],
    ['when all of it is conditional', 'query Q($c: Boolean!) { whoami @skip(if: $c) }'],
  ])('%s', async (_why, query) => {
    expect(await serviceOf(query)).toBeUndefined();
  });
});
