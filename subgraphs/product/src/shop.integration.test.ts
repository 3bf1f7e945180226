import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { events, newEvent } from '@souk/events';
import { openDatabase, sql } from '@souk/postgres';
import { asPrivileged, createLogger, newId, type Viewer } from '@souk/runtime';
import { eventually } from '@souk/testkit';
import { MongoClient } from 'mongodb';
import { createClient } from 'redis';
import { generateCatalogue } from '../../../local/src/demoData/generateCatalogue.js';
import { seedCatalogue } from '../../../local/src/demoData/seedCatalogue.js';
import { mongoCatalogueStore } from './adapters/catalogueStore.mongodb.js';
import { postgresProjectionStore } from './adapters/projectionStore.postgres.js';
import { productWrite } from './app/changeProduct.js';
import { rebuildIndex } from './app/rebuildIndex.js';
import { consumers } from './consumers/index.js';
import {
  ANYONE,
  openTestStores,
  STAFF,
  service,
  startTestService,
  type TestService,
  type TestStores,
} from './testing/startTestService.js';

let stores: TestStores;
let product: TestService;
const catalogue = generateCatalogue();

beforeAll(async () => {
  stores = await openTestStores();
  product = await startTestService(stores);
}, 60_000);
afterAll(async () => {
  await product.close();
  await stores.close();
});

const LISTING = `query ($first: Int, $after: String, $filters: [FacetFilterInput!], $category: ID, $query: String, $sort: ProductSort, $price: PriceRangeInput, $inStock: Boolean) {
  search(first: $first, after: $after, filters: $filters, categoryId: $category, query: $query, sort: $sort, price: $price, inStock: $inStock) {
    totalCount pageInfo { hasNextPage endCursor }
    facets { key label values { value label count selected } }
    nodes { id slug name availableForSale priceRange { min { centAmount amount currencyCode } max { centAmount } } media { url alt }
      category { name slug } attributes { key value } variants { id sku price { centAmount } availableForSale quantityAvailable } } } }`;
interface Listing {
  search: {
    totalCount: number;
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
    facets: { key: string; values: { value: string; label: string; count: number; selected: boolean }[] }[];
    nodes: {
      slug: string;
      name: string;
      availableForSale: boolean;
      priceRange: { min: { centAmount: number } };
      category: { name: string };
      attributes: { key: string; value: string }[];
      variants: { sku: string; quantityAvailable: number }[];
    }[];
  };
}
const PAGE = `query ($slug: String!) { product(slug: $slug) { id name description options { name values } attributes { key value }
  priceRange { min { amount } max { amount } } media { url } category { name ancestors { name } } availableForSale
  variants { id sku name price { amount } compareAtPrice { amount } selectedOptions { name value } availableForSale quantityAvailable } } }`;

const list = async (variables: object = {}) => (await product.as(ANYONE).request<Listing>(LISTING, variables)).search;

test('the demo catalogue loads through the API, and loading it again changes nothing', async () => {
  const send = <Data>(query: string, variables: object = {}) => product.as(STAFF).request<Data>(query, variables);
  expect(await seedCatalogue(send, () => undefined, catalogue)).toEqual({
    categories: catalogue.categories.length,
    products: catalogue.products.length,
  });
  expect(await seedCatalogue(send, () => undefined, catalogue)).toEqual({ categories: 0, products: 0 });
  expect((await list()).totalCount).toBe(catalogue.products.length);
}, 60_000);

describe('listing and page', () => {
  test('a listing of 24 with facets costs three statements, and none while it is fresh', async () => {
    const variables = { first: 24, sort: 'NAME' };
    await product.as(ANYONE).request(PAGE, { slug: catalogue.products[0]?.slug });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const cold = await product.counted<Listing>(ANYONE, LISTING, variables);
    expect(cold.data.search.nodes).toHaveLength(24);
    expect(cold.statements).toBeLessThanOrEqual(3);
    expect((await product.counted(ANYONE, LISTING, variables)).statements).toBe(0);
  });

  test('a product page costs three statements', async () => {
    for (const { slug } of catalogue.products.slice(0, 3)) {
      const cold = await product.counted<{ product: { name: string } }>(ANYONE, PAGE, { slug });
      expect(cold.data.product.name).toBe(catalogue.products.find((each) => each.slug === slug)?.name);
      expect(cold.statements).toBeLessThanOrEqual(3);
    }
  });

  test('an order of 40 variants is priced with two statements, always fresh', async () => {
    const ids = (await list({ first: 24 })).nodes.flatMap(({ variants }) =>
      variants.map((v) => (v as { id?: string }).id),
    );
    const QUOTE =
      'query ($ids: [ID!]!) { variantsForCart(ids: $ids) { id sku price { centAmount } quantityAvailable categoryIds } }';
    const wanted = [...ids.slice(0, 40), 'var_unknown'];
    for (let round = 0; round < 2; round += 1) {
      const answer = await product.counted<{ variantsForCart: ({ id: string; categoryIds: string[] } | null)[] }>(
        service('cart'),
        QUOTE,
        { ids: wanted },
      );
      expect(answer.data.variantsForCart.map((quote) => quote?.id ?? null)).toEqual([...ids.slice(0, 40), null]);
      expect(answer.data.variantsForCart[0]?.categoryIds).toHaveLength(3);
      expect(answer.statements).toBe(2);
    }
  });

  test('24 references to variants are one find, and one statement for their stock', async () => {
    const { nodes } = await list({ first: 24, sort: 'PRICE_DESC' });
    const representations = nodes.map(({ variants }) => ({ __typename: 'ProductVariant', sku: variants[0]?.sku }));
    const answer = await product.counted<{ _entities: { sku: string; product: { name: string } }[] }>(
      ANYONE,
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on ProductVariant { sku quantityAvailable product { name } } } }',
      { r: representations },
    );
    expect(answer.data._entities.map(({ product: { name } }) => name)).toEqual(nodes.map(({ name }) => name));
    expect(answer.statements).toBeLessThanOrEqual(2);
  });

  test.each(['RELEVANCE', 'PRICE_ASC', 'PRICE_DESC', 'NEWEST', 'BEST_SELLING', 'NAME'])(
    'paging by %s shows every product exactly once',
    async (sort) => {
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const page: Listing['search'] = await list({ first: 100, sort, after });
        seen.push(...page.nodes.map(({ slug }) => slug));
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      } while (after);
      expect(seen).toHaveLength(catalogue.products.length);
      expect(new Set(seen).size).toBe(catalogue.products.length);
    },
  );

  test('sorting by price really does', async () => {
    const prices = (await list({ first: 100, sort: 'PRICE_ASC' })).nodes.map(
      ({ priceRange }) => priceRange.min.centAmount,
    );
    expect(prices).toEqual([...prices].sort((a, b) => a - b));
  });

  test('a cursor of another list, a negative page and an invented cursor are refused', async () => {
    const { pageInfo } = await list({ first: 2, sort: 'NAME' });
    for (const variables of [{ sort: 'NEWEST', after: pageInfo.endCursor }, { after: 'bm9wZQ' }, { first: -1 }]) {
      const answer = await product.as(ANYONE).send(LISTING, variables);
      expect(answer.errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    }
    expect((await list({ first: 1_000 })).nodes).toHaveLength(100);
    expect((await list({ first: 0 })).nodes).toEqual([]);
  });
});

describe('searching', () => {
  const leaf = catalogue.categories.find(({ name }) => name === 'Mugs & Cups');
  const mugs = catalogue.products.filter(({ category }) => category === leaf?.slug);
  const categoryId = async (slug: string) =>
    (
      await product
        .as(ANYONE)
        .request<{ category: { id: string } }>('query ($s: String) { category(slug: $s) { id } }', { s: slug })
    ).category.id;

  test('facets count what choosing them would show, and a chosen facet still offers its alternatives', async () => {
    const category = await categoryId(leaf?.slug ?? '');
    const all = await list({ category, first: 100 });
    expect(all.totalCount).toBe(mugs.length);
    const materials = all.facets.find(({ key }) => key === 'material')?.values ?? [];
    const expected = (value: string) =>
      mugs.filter(({ attributes }) => attributes.some((each) => each.key === 'material' && each.value === value))
        .length;
    expect(materials.length).toBeGreaterThan(1);
    for (const { value, count } of materials) expect([value, count]).toEqual([value, expected(value)]);

    const [one, two] = materials;
    const filters = [{ key: 'Material', anyOf: [one?.value] }];
    const narrowed = await list({ category, first: 100, filters });
    expect(narrowed.totalCount).toBe(one?.count);
    const still = narrowed.facets.find(({ key }) => key === 'material')?.values ?? [];
    expect(still.find(({ value }) => value === two?.value)).toEqual({ ...two, selected: false });
    expect(still.find(({ value }) => value === one?.value)).toEqual({ ...one, selected: true });
    const brands = narrowed.facets.find(({ key }) => key === 'brand')?.values ?? [];
    expect(brands.reduce((sum, { count }) => sum + count, 0)).toBe(one?.count);
    const both = await list({ category, filters: [{ key: 'material', anyOf: [one?.value, two?.value] }] });
    expect(both.totalCount).toBe((one?.count ?? 0) + (two?.count ?? 0));
    expect((await list({ category, filters: [{ key: 'material', anyOf: ['Cheese'] }] })).totalCount).toBe(0);
  });

  test('a department contains everything below it; an unknown category contains nothing', async () => {
    const top = catalogue.categories.find(({ name }) => name === 'Kitchen & Dining')?.slug ?? '';
    expect((await list({ category: await categoryId(top) })).totalCount).toBe(
      catalogue.products.filter(({ category }) => category.startsWith(top)).length,
    );
    expect((await list({ category: 'cat_none' })).totalCount).toBe(0);
  });

  test('price range and stock narrow the result', async () => {
    const eur = (centAmount: number) => ({ centAmount, currencyCode: 'EUR' });
    const within = catalogue.products.filter(({ variants }) => {
      const prices = variants.map(({ price }) => price.centAmount);
      return Math.min(...prices) <= 3_000 && Math.max(...prices) >= 2_000;
    });
    expect((await list({ price: { min: eur(2_000), max: eur(3_000) } })).totalCount).toBe(within.length);
    expect((await list({ price: { min: { centAmount: 1, currencyCode: 'USD' } } })).totalCount).toBe(0);
    const stocked = catalogue.products.filter(({ variants }) => variants.some(({ onHand }) => onHand > 0));
    expect(stocked.length).toBeLessThan(catalogue.products.length);
    expect((await list({ inStock: true })).totalCount).toBe(stocked.length);
  });

  test('names come first, words may be unfinished or mistyped, and no text breaks the query', async () => {
    const one = mugs[0];
    expect((await list({ query: one?.name })).nodes[0]?.name).toBe(one?.name);
    expect((await list({ query: 'stonew mug' })).totalCount).toBe(0);
    expect((await list({ query: 'mug stonew' })).nodes[0]?.attributes).toContainEqual({
      key: 'material',
      value: 'Stoneware',
    });
    expect((await list({ query: 'keybord' })).nodes[0]?.name).toContain('Keyboard');
    for (const query of [
      "'; DROP TABLE search_product; --",
      '& | ! ( ) :* <->',
      '\\',
      '%_%',
      '🍵',
      'a'.repeat(5_000),
      ' ',
    ]) {
      expect((await product.as(ANYONE).send(LISTING, { query })).errors).toEqual([]);
    }
  });

  test('suggestions name categories and products', async () => {
    const suggest = async (query: string) =>
      (
        await product
          .as(ANYONE)
          .request<{ searchSuggest: { text: string; category: object | null; product: object | null }[] }>(
            'query ($q: String!) { searchSuggest(query: $q, limit: 6) { text category { slug } product { slug } } }',
            { q: query },
          )
      ).searchSuggest;
    const found = await suggest('mug');
    expect(found).toHaveLength(6);
    expect(found[0]).toEqual({ text: 'Mugs & Cups', category: { slug: leaf?.slug }, product: null });
    expect(found[1]?.text.toLowerCase()).toContain('mug');
    expect(await suggest('   ')).toEqual([]);
    expect(await suggest('%')).toEqual([]);
  });
});

describe('changes', () => {
  const rename = (id: string, name: string) =>
    product
      .as(STAFF)
      .request(
        'mutation ($id: ID!, $name: String!) { productUpdate(id: $id, input: { name: $name }) { userErrors { code } } }',
        { id, name },
      );
  const read = async (from: TestService, slug: string) =>
    (
      await from
        .as(ANYONE)
        .request<{ product: { id: string; name: string } }>('query ($s: String) { product(slug: $s) { id name } }', {
          s: slug,
        })
    ).product;
  const found = async (from: TestService, query: string) =>
    (await from.as(ANYONE).request<Listing>(LISTING, { query, first: 3 })).search.nodes.map(({ name }) => name);

  test('a change is seen by every replica within 2 s, in pages, lists and searches', async () => {
    const other = await startTestService(stores);
    try {
      const slug = catalogue.products[5]?.slug ?? '';
      const { id } = await read(other, slug);
      await read(other, slug);
      expect(await found(other, 'zebrafish')).toEqual([]);
      await rename(id, 'Zebrafish Lamp');
      expect((await read(product, slug)).name).toBe('Zebrafish Lamp');
      expect(await found(product, 'zebrafish')).toEqual(['Zebrafish Lamp']);
      await eventually(
        async () => {
          expect((await read(other, slug)).name).toBe('Zebrafish Lamp');
          expect(await found(other, 'zebrafish')).toEqual(['Zebrafish Lamp']);
        },
        { timeoutMs: 2_000 },
      );
    } finally {
      await other.close();
    }
  });

  test('without Redis changes are still seen by every replica within 2 s', async () => {
    const other = await startTestService(stores);
    const redis = await createClient({ url: stores.redisUrl }).connect();
    try {
      const slug = catalogue.products[6]?.slug ?? '';
      const { id } = await read(other, slug);
      const killed = await redis.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub']);
      expect(Number(killed)).toBeGreaterThanOrEqual(1);
      await rename(id, 'Quagga Lamp');
      await eventually(async () => expect((await read(other, slug)).name).toBe('Quagga Lamp'), { timeoutMs: 2_000 });
    } finally {
      redis.destroy();
      await other.close();
    }
  });

  test('a process that died between write and projection loses nothing: another one projects it within 2 s, and tells the audit log', async () => {
    const database = openDatabase({
      url: stores.databaseUrl,
      service: 'product',
      logger: createLogger('test', 'silent'),
    });
    const viewer: Viewer = {
      kind: 'user',
      userId: 'usr_died',
      sessionId: 'ses_1',
      roles: ['STAFF'],
      scopes: ['catalog:write'],
    };
    const mongo = await new MongoClient(stores.mongoUrl).connect();
    try {
      const store = mongoCatalogueStore(mongo.db());
      const [before] = await store.productsBySlugs([catalogue.products[7]?.slug ?? '']);
      if (!before) throw new Error('no product');
      // Exactly what is on disk after kill -9 at the worst moment: the document with its event, and nothing else.
      const after = { ...before, version: before.version + 1, name: 'Okapi Lamp', updatedAt: new Date() };
      const write = asPrivileged({ service: 'product', action: 'productUpdate', viewer }, () =>
        productWrite(after, before.version),
      );
      expect(await store.saveProducts([write])).toEqual(['SAVED']);
      await eventually(async () => expect(await found(product, 'okapi')).toEqual(['Okapi Lamp']), { timeoutMs: 2_000 });
      await eventually(async () => expect(await store.pendingProducts(1)).toEqual([]), { timeoutMs: 2_000 });
      await postgresProjectionStore(database).publish(write.events.filter(({ type }) => type === 'audit.recorded')); // as a process does that was slower than the other one
      const told = await database.query(
        sql(
          'test.told',
          `SELECT type, data->>'action' AS action, data->>'subjectId' AS subject FROM outbox_event WHERE data->>'actorId' = 'usr_died'`,
        ),
      );
      expect(told).toEqual([{ type: 'audit.recorded', action: 'productUpdate', subject: before.id }]);
    } finally {
      await database.close();
      await mongo.close();
    }
  });

  test('a rebuild makes a damaged index agree with the catalogue again, and repeats harmlessly', async () => {
    const database = openDatabase({
      url: stores.databaseUrl,
      service: 'product',
      logger: createLogger('test', 'silent'),
    });
    const mongo = await new MongoClient(stores.mongoUrl).connect();
    try {
      const snapshot = sql<{ row: object }>(
        'test.snapshot',
        `SELECT to_jsonb(s) - 'projected_at' AS row FROM search_product s WHERE status <> 'DELETED' ORDER BY product_id`,
      );
      const good = await database.query(snapshot);
      const [victim] = (await list({ first: 1, sort: 'NAME' })).nodes;
      await database.query(
        sql('test.damage1', `UPDATE search_product SET name = 'broken', price_min = 1, facets = '{}' WHERE slug = $1`),
        [victim?.slug],
      );
      await database.query(
        sql(
          'test.damage2',
          `DELETE FROM search_product WHERE product_id IN (SELECT product_id FROM search_product LIMIT 40)`,
        ),
      );
      await database.query(
        sql(
          'test.damage3',
          `INSERT INTO search_product SELECT 'prd_ghost', version, 'ACTIVE', 'ghost', 'Ghost', 'ghost', category_ids, variant_ids, facets, price_min, price_max,
           currency_code, search_text, document, created_at, updated_at, projected_at FROM search_product LIMIT 1`,
        ),
      );
      const rebuild = rebuildIndex({
        catalogue: mongoCatalogueStore(mongo.db()),
        projection: postgresProjectionStore(database),
      });
      expect(await rebuild()).toEqual({ projected: catalogue.products.length, removed: 1 });
      expect(await database.query(snapshot)).toEqual(good);
      expect(await rebuild()).toEqual({ projected: catalogue.products.length, removed: 0 });
    } finally {
      await mongo.close();
      await database.close();
    }
  });

  test('an old version never overwrites a newer one in the index', async () => {
    const database = openDatabase({
      url: stores.databaseUrl,
      service: 'product',
      logger: createLogger('test', 'silent'),
    });
    const mongo = await new MongoClient(stores.mongoUrl).connect();
    try {
      const store = mongoCatalogueStore(mongo.db());
      const slug = catalogue.products[8]?.slug ?? '';
      const [old] = await store.productsBySlugs([slug]);
      await rename(old?.id ?? '', 'Axolotl Lamp');
      await product.app.drainProducts();
      const { searchRow } = await import('./domain/searchRow.js');
      const { categoryTree } = await import('./domain/categoryTree.js');
      if (old)
        await postgresProjectionStore(database).project([searchRow(old, categoryTree(await store.categories()))]);
      expect(await found(product, 'axolotl')).toEqual(['Axolotl Lamp']);
    } finally {
      await mongo.close();
      await database.close();
    }
  });
});

test('events of orders commit and release their stock, once', async () => {
  const [node] = (await list({ first: 1, inStock: true, sort: 'NAME' })).nodes;
  const sku = node?.variants.find(({ quantityAvailable }) => quantityAvailable >= 2)?.sku;
  const look = async () => {
    const answer = await product
      .as(STAFF)
      .request<{ productVariant: { id: string; inventory: { onHand: number; reserved: number } } }>(
        'query ($sku: String) { productVariant(sku: $sku) { id inventory { onHand reserved } } }',
        { sku },
      );
    return answer.productVariant;
  };
  const { id, inventory } = await look();
  const handlers = consumers(product.app);
  const reserve = (orderId: string) =>
    product
      .as(service('order'))
      .request(
        'mutation ($o: ID!, $l: [StockLineInput!]!) { stockReserve(orderId: $o, lines: $l, expiresAt: "2030-01-01T00:00:00Z") { outcome } }',
        { o: orderId, l: [{ variantId: id, quantity: 1 }] },
      );
  const [sold, expired] = [newId('ord'), newId('ord')];
  await reserve(sold);
  await reserve(expired);
  expect((await look()).inventory).toEqual({ onHand: inventory.onHand, reserved: inventory.reserved + 2 });
  const confirmed = newEvent(events.orderConfirmed, {
    aggregateId: sold,
    sequence: 2,
    data: {
      orderId: sold,
      number: 'S-1',
      customerId: null,
      currencyCode: 'EUR',
      totalCentAmount: 100,
      paymentId: newId('pay'),
    },
  });
  const over = newEvent(events.orderExpired, {
    aggregateId: expired,
    sequence: 2,
    now: new Date(Date.now() + 50),
    data: {
      orderId: expired,
      number: 'S-2',
      customerId: null,
      cartId: newId('crt'),
      couponCodes: [],
      reason: 'PAYMENT_WINDOW_PASSED',
    },
  });
  for (let delivery = 0; delivery < 2; delivery += 1) {
    await handlers['order.confirmed']?.(confirmed);
    await handlers['order.expired']?.(over);
  }
  expect((await look()).inventory).toEqual({ onHand: inventory.onHand - 1, reserved: inventory.reserved });
});
