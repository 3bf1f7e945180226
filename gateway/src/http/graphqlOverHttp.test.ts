import { auditServer } from 'graphql-http';
import { startToyShop, type ToyShop } from '../testing/toyShop.js';

let shop: ToyShop;
beforeAll(async () => {
  shop = await startToyShop();
});
afterAll(() => shop.close());

/**
 * Recommended for clients of old that accept application/json only: 200 for a document that cannot be executed. We answer 400 as for
 * everybody else: a monitor that counts 4xx must not miss them.
 */
const NOT_FOLLOWED = ['572B', 'FDE2', '7B9B'];

test('the endpoint does what GraphQL over HTTP demands, and what it recommends', async () => {
  const results = await auditServer({ url: `${shop.url}/graphql`, fetchFn: fetch });
  expect(results.length).toBeGreaterThan(50);
  const short = results
    .filter(({ status, id }) => status === 'error' || (status === 'warn' && !NOT_FOLLOWED.includes(id)))
    .map((result) => `${result.status} ${result.id} ${result.name}: ${'reason' in result ? result.reason : ''}`);
  expect(short).toEqual([]);
});
