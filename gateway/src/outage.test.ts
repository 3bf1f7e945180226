import { startToyShop, type ToyShop } from './testing/toyShop.js';

let shop: ToyShop;
afterEach(() => shop.close().catch(() => undefined));

const unavailable = (service: string, path: (string | number)[]) => ({
  message: `The ${service} service is not available right now. Try again in a moment.`,
  path,
  extensions: { code: 'DEPENDENCY_UNAVAILABLE', requestId: expect.any(String) },
});

describe('a subgraph that is away', () => {
  test('costs only its own fields, each named with its path; nothing of the network is told', async () => {
    shop = await startToyShop();
    await shop.subgraphs.cart.close();
    const { status, body, text } = await shop.post({
      query: '{ products(first: 2) { id wished: inWishlist wishes } cartName }',
    });
    expect(status).toBe(200);
    expect(body.data).toEqual({
      products: [
        { id: 'prd_0', wished: null, wishes: null },
        { id: 'prd_1', wished: null, wishes: null },
      ],
      cartName: null,
    });
    expect(body.errors).toHaveLength(5);
    expect(body.errors).toEqual(
      expect.arrayContaining([
        unavailable('cart', ['cartName']),
        unavailable('cart', ['products', 0, 'wished']),
        unavailable('cart', ['products', 0, 'wishes']),
        unavailable('cart', ['products', 1, 'wished']),
        unavailable('cart', ['products', 1, 'wishes']),
      ]),
    );
    expect(text).not.toMatch(/127\.0\.0\.1|ECONN|fetch|http:|UND_ERR/);
  });

  test('a page of a hundred entities reports 25 places', async () => {
    shop = await startToyShop();
    await shop.subgraphs.cart.close();
    const { body } = await shop.post({ query: '{ products(first: 100) { inWishlist } }' });
    expect(body.errors).toHaveLength(25);
  });

  test('answers that come too late are not waited for', async () => {
    shop = await startToyShop();
    const started = performance.now();
    const { body } = await shop.post({ query: '{ slow cartName }' });
    expect(performance.now() - started).toBeLessThan(1_500);
    expect(body.data).toEqual({ slow: null, cartName: 'basket' });
    expect(body.errors).toEqual([unavailable('product', ['slow'])]);
  });

  test('a mutation is sent once, whatever happens to it', async () => {
    shop = await startToyShop();
    await shop.subgraphs.product.close();
    const { body } = await shop.post({ query: 'mutation { sessionCreate(email: "a", password: "b") }' });
    expect(body.errors).toEqual([unavailable('product', ['sessionCreate'])]);
    expect(shop.calls.resolved).toEqual([]);
  });

  test('a webhook is answered with 503, so that the provider sends it again', async () => {
    shop = await startToyShop();
    await shop.subgraphs.product.close();
    const answer = await fetch(`${shop.url}/webhooks/stripe`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toMatch(/127\.0\.0\.1|ECONN/);
  });

  test('a document is answered with 503, and nothing is said about the service', async () => {
    shop = await startToyShop();
    await shop.subgraphs.product.close();
    const answer = await fetch(`${shop.url}/documents/rcp_01kapm0000abcdefghjkmnpqrs.pdf?expires=1&signature=a`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.text()).not.toMatch(/127\.0\.0\.1|ECONN/);
  });

  test('a download of orders is answered with 503, and nothing is said about the service', async () => {
    shop = await startToyShop();
    await shop.subgraphs.product.close();
    const answer = await fetch(`${shop.url}/exports/orders/${'a'.repeat(43)}`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.text()).not.toMatch(/127\.0\.0\.1|ECONN/);
  });

  test('without keys a token is neither believed nor called invalid, and guests still shop', async () => {
    shop = await startToyShop({ jwksUrl: 'http://127.0.0.1:9/.well-known/jwks.json' });
    const refused = await shop.post({ query: '{ whoami }' }, { authorization: `Bearer ${await shop.token()}` });
    expect(refused.status).toBe(503);
    expect(refused.body.errors?.[0]?.extensions?.code).toBe('DEPENDENCY_UNAVAILABLE');
    expect(shop.calls.resolved).toEqual([]);
    expect((await shop.post({ query: '{ whoami }' })).body).toEqual({ data: { whoami: 'anonymous' } });
  });
});

describe('production', () => {
  beforeEach(async () => {
    shop = await startToyShop({ production: true });
  });

  test('hides the schema: no introspection, no suggestions', async () => {
    const introspection = await shop.post({ query: '{ __schema { types { name } } }' });
    expect([introspection.status, introspection.body.data]).toEqual([400, undefined]);
    const misspelt = await shop.post({ query: '{ whoamy }' });
    expect(misspelt.text).not.toContain('Did you mean');
  });

  test('has no landing page, no console, no query plans and no statement counts', async () => {
    const page = await fetch(`${shop.url}/graphql`, { headers: { accept: 'text/html' } });
    expect([page.status, (await page.text()).includes('<script')]).toEqual([400, false]);
    expect((await fetch(`${shop.url}/console`)).status).toBe(404);
    const { text, headers } = await shop.post({ query: '{ whoami }' }, { 'apollo-query-plan-experimental': '1' });
    expect(JSON.parse(text)).toEqual({ data: { whoami: 'anonymous' } });
    expect(headers.get('x-souk-statements')).toBeNull();
    expect(headers.get('strict-transport-security')).toContain('max-age=');
  });

  test("gives applications on a visitor's own machine no permission", async () => {
    const answer = await fetch(`${shop.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin: 'http://localhost:3000', 'access-control-request-method': 'POST' },
    });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
