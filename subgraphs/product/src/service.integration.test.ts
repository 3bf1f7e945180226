import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@souk/testkit';
import { MongoClient } from 'mongodb';
import {
  ANYONE,
  CUSTOMER,
  openTestStores,
  STAFF,
  service,
  startTestService,
  type TestService,
  type TestStores,
} from './testing/startTestService.js';

let stores: TestStores;
let product: TestService;

beforeAll(async () => {
  stores = await openTestStores();
  product = await startTestService(stores);
});
afterAll(async () => {
  await product.close();
  await stores.close();
});

interface Refusal {
  code: string;
  field: string[] | null;
}
const CREATE = `mutation ($input: ProductInput!) { productCreate(input: $input) {
  product { id slug status version variants { id sku quantityAvailable } } userErrors { code field } } }`;
interface Created {
  productCreate: {
    product: {
      id: string;
      slug: string;
      status: string;
      version: number;
      variants: { id: string; sku: string; quantityAvailable: number }[];
    } | null;
    userErrors: Refusal[];
  };
}
let serial = 0;
const eur = (centAmount: number) => ({ centAmount, currencyCode: 'EUR' });
async function create(input: object = {}) {
  serial += 1;
  const { productCreate } = await product.as(STAFF).request<Created>(CREATE, {
    input: {
      name: `Product ${serial}`,
      status: 'ACTIVE',
      variants: [{ sku: `SKU-${serial}`, price: eur(1_000), onHand: 5 }],
      ...input,
    },
  });
  if (!productCreate.product) throw new Error(JSON.stringify(productCreate.userErrors));
  return productCreate.product;
}
const category = async (input: object) => {
  const answer = await product
    .as(STAFF)
    .request<{ categoryCreate: { category: { id: string } | null; userErrors: Refusal[] } }>(
      'mutation ($input: CategoryInput!) { categoryCreate(input: $input) { category { id } userErrors { code field } } }',
      { input },
    );
  return answer.categoryCreate.category?.id ?? '';
};
const names = async (query: string, variables: object = {}): Promise<string[]> => {
  const data = await product.as(ANYONE).request<{ search: { nodes: { name: string }[] } }>(query, variables);
  return data.search.nodes.map(({ name }) => name);
};

describe('catalogue', () => {
  test('a product is created with its stock, and found by everyone at once', async () => {
    const made = await create({
      name: 'Crème Brûlée Torch',
      description: 'Caramelises sugar',
      attributes: [{ key: 'Brand', value: 'Feu' }],
      variants: [
        { sku: 'TORCH-S', price: eur(2_499), selectedOptions: [{ name: 'Size', value: 'S' }], onHand: 3 },
        { sku: 'TORCH-L', price: eur(3_499), selectedOptions: [{ name: 'Size', value: 'L' }] },
      ],
    });
    expect(made.slug).toBe('creme-brulee-torch');
    expect(made.variants.map(({ sku, quantityAvailable }) => [sku, quantityAvailable])).toEqual([
      ['TORCH-S', 3],
      ['TORCH-L', 0],
    ]);
    const { product: read } = await product.as(ANYONE).request<{ product: object }>(
      `{ product(slug: "creme-brulee-torch") { name description availableForSale options { name values } attributes { key value }
         priceRange { min { centAmount amount } max { centAmount } } media { url alt kind }
         variants { name sku availableForSale quantityAvailable price { amount currencyCode } product { id } } } }`,
    );
    expect(read).toEqual({
      name: 'Crème Brûlée Torch',
      description: 'Caramelises sugar',
      availableForSale: true,
      options: [{ name: 'Size', values: ['S', 'L'] }],
      attributes: [{ key: 'Brand', value: 'Feu' }],
      priceRange: { min: { centAmount: 2_499, amount: '24.99' }, max: { centAmount: 3_499 } },
      media: [
        { url: 'https://shop.example/media/products/creme-brulee-torch.svg', alt: 'Crème Brûlée Torch', kind: 'IMAGE' },
      ],
      variants: [
        {
          name: 'S',
          sku: 'TORCH-S',
          availableForSale: true,
          quantityAvailable: 3,
          price: { amount: '24.99', currencyCode: 'EUR' },
          product: { id: made.id },
        },
        {
          name: 'L',
          sku: 'TORCH-L',
          availableForSale: false,
          quantityAvailable: 0,
          price: { amount: '34.99', currencyCode: 'EUR' },
          product: { id: made.id },
        },
      ],
    });
    for (const query of ['creme brulee', 'torch', 'caramelising sugar', 'Crême', 'bruleee', 'TORCH-S', 'tor']) {
      expect([query, await names('query ($q: String) { search(query: $q) { nodes { name } } }', { q: query })]).toEqual(
        [query, ['Crème Brûlée Torch']],
      );
    }
    expect(await names('{ search(query: "zebra") { nodes { name } } }')).toEqual([]);
  });

  test('bad input is refused with its place, and nothing is written', async () => {
    const before = await total();
    const { productCreate } = await product.as(STAFF).request<Created>(CREATE, {
      input: {
        name: ' ',
        slug: 'Not A Slug',
        categoryIds: ['cat_none'],
        attributes: [{ key: 'a=b', value: '' }],
        variants: [
          { sku: 'A B', price: eur(-1) },
          { sku: 'OK', price: { centAmount: 5, currencyCode: 'ZZZ' }, weightGrams: -4, onHand: -1 },
        ],
      },
    });
    expect(productCreate.product).toBeNull();
    expect(productCreate.userErrors.map(({ field }) => field?.join('.'))).toEqual([
      'input.name',
      'input.slug',
      'input.attributes.0.key',
      'input.attributes.0.value',
      'input.variants.0.sku',
      'input.variants.0.price',
      'input.variants.1.price',
      'input.variants.1.weightGrams',
      'input.variants.1.onHand',
    ]);
    const missing = await product
      .as(STAFF)
      .request<Created>(CREATE, { input: { name: 'Mug', categoryIds: ['cat_none'] } });
    expect(missing.productCreate.userErrors).toEqual([{ code: 'NOT_FOUND', field: ['input', 'categoryIds', '0'] }]);
    expect(await total()).toBe(before);
  });
  const total = async () =>
    (await product.as(STAFF).request<{ products: { totalCount: number } }>('{ products { totalCount } }')).products
      .totalCount;

  test('a slug made from a name gets a number when it is taken; a chosen one and a SKU are refused', async () => {
    const first = await create({ name: 'Twin' });
    const second = await create({ name: 'Twin' });
    expect([first.slug, second.slug]).toEqual(['twin', 'twin-2']);
    const taken = await product.as(STAFF).request<Created>(CREATE, { input: { name: 'Other', slug: 'twin' } });
    expect(taken.productCreate.userErrors).toEqual([{ code: 'SLUG_TAKEN', field: ['input', 'slug'] }]);
    const sku = await product.as(STAFF).request<Created>(CREATE, {
      input: { name: 'Other', variants: [{ sku: first.variants[0]?.sku, price: eur(1) }] },
    });
    expect(sku.productCreate.userErrors).toEqual([{ code: 'SKU_TAKEN', field: ['input', 'variants'] }]);
  });

  test('an update based on an old version is refused; parallel updates without one all arrive', async () => {
    const made = await create();
    const UPDATE = `mutation ($id: ID!, $input: ProductInput!, $v: Int) { productUpdate(id: $id, input: $input, expectedVersion: $v) {
      product { version name } userErrors { code field } } }`;
    interface Updated {
      productUpdate: { product: { version: number; name: string } | null; userErrors: Refusal[] };
    }
    const ok = await product.as(STAFF).request<Updated>(UPDATE, { id: made.id, input: { name: 'New' }, v: 1 });
    expect(ok.productUpdate.product).toEqual({ version: 2, name: 'New' });
    const late = await product.as(STAFF).request<Updated>(UPDATE, { id: made.id, input: { name: 'Late' }, v: 1 });
    expect(late.productUpdate).toEqual({
      product: null,
      userErrors: [{ code: 'VERSION_CONFLICT', field: ['expectedVersion'] }],
    });
    const same = await product.as(STAFF).request<Updated>(UPDATE, { id: made.id, input: { name: 'New' } });
    expect(same.productUpdate.product).toEqual({ version: 2, name: 'New' });
    const all = await Promise.all(
      ['a', 'b', 'c'].map((value) =>
        product.as(STAFF).request<Updated>(UPDATE, { id: made.id, input: { description: value } }),
      ),
    );
    expect(all.map(({ productUpdate }) => productUpdate.product?.version).sort()).toEqual([3, 4, 5]);
  });

  test('drafts leak nothing; archived products are not listed but still named by references', async () => {
    const draft = await create({ name: 'Secret Thing', status: 'DRAFT' });
    const old = await create({ name: 'Retired Thing', status: 'ARCHIVED' });
    const variantIds = [draft, old].map(({ variants }) => variants[0]?.id ?? '');
    const LOOK = `query ($ids: [ID!], $refs: [_Any!]!) {
      products(filter: { ids: $ids }) { totalCount nodes { id } }
      drafts: products(filter: { status: DRAFT }) { totalCount nodes { id } }
      search(query: "secret retired thing") { nodes { id } }
      _entities(representations: $refs) { ... on Product { name } ... on ProductVariant { sku availableForSale quantityAvailable product { name } } } }`;
    const refs = [
      { __typename: 'Product', id: draft.id },
      { __typename: 'Product', id: old.id },
      { __typename: 'ProductVariant', id: variantIds[0] },
      { __typename: 'ProductVariant', id: variantIds[1] },
      { __typename: 'ProductVariant', sku: old.variants[0]?.sku },
      { __typename: 'Product', slug: 'nothing' },
    ];
    const archived = {
      sku: old.variants[0]?.sku,
      availableForSale: false,
      quantityAvailable: 0,
      product: { name: 'Retired Thing' },
    };
    for (const viewer of [ANYONE, CUSTOMER]) {
      const seen = await product.as(viewer).request<object>(LOOK, { ids: [draft.id, old.id], refs });
      expect(seen).toEqual({
        products: { totalCount: 0, nodes: [] },
        drafts: { totalCount: 0, nodes: [] },
        search: { nodes: [] },
        _entities: [null, { name: 'Retired Thing' }, null, archived, archived, null],
      });
      const direct = await product
        .as(viewer)
        .request<object>(
          'query ($d: ID!, $o: ID!, $v: ID!) { d: product(id: $d) { id } o: product(id: $o) { id } v: productVariant(id: $v) { id } }',
          { d: draft.id, o: old.id, v: variantIds[0] },
        );
      expect(direct).toEqual({ d: null, o: null, v: null });
    }
    expect((await fetch(`${product.url}/media/products/${draft.slug}.svg`)).status).toBe(404);
    const staff = await product
      .as(STAFF)
      .request<{ products: { totalCount: number } }>(LOOK, { ids: [draft.id, old.id], refs });
    expect(staff.products.totalCount).toBe(2);
    const quotes = await product
      .as(service('cart'))
      .request<{ variantsForCart: ({ purchasable: boolean } | null)[] }>(
        'query ($ids: [ID!]!) { variantsForCart(ids: $ids) { purchasable quantityAvailable } }',
        { ids: variantIds },
      );
    expect(quotes.variantsForCart).toEqual([null, { purchasable: false, quantityAvailable: 0 }]);
  });

  test('a cart is shown the documents that pages show, with the stock of now; an order reads both', async () => {
    const made = await create();
    const [variant] = made.variants;
    const QUOTE = `query ($ids: [ID!]!, $fresh: Boolean!) { variantsForCart(ids: $ids, fresh: $fresh) {
      price { centAmount } quantityAvailable } }`;
    const quote = async (fresh: boolean) => {
      const { data, statements } = await product.counted<{ variantsForCart: unknown[] }>(service('cart'), QUOTE, {
        ids: [variant?.id],
        fresh,
      });
      return [statements, ...data.variantsForCart];
    };
    const at = (centAmount: number, quantityAvailable: number) => ({ price: { centAmount }, quantityAvailable });
    await quote(false);
    await product
      .as(service('order'))
      .request<object>(
        'mutation ($v: ID!) { stockReserve(orderId: "ord_seen", lines: [{ variantId: $v, quantity: 2 }], expiresAt: "2030-01-01T00:00:00Z") { outcome } }',
        { v: variant?.id },
      );
    expect(await quote(false)).toEqual([1, at(1_000, 3)]);

    await product
      .as(STAFF)
      .request<object>(
        'mutation ($id: ID!, $v: [ProductVariantInput!]!) { productVariantsUpsert(productId: $id, variants: $v) { userErrors { code } } }',
        { id: made.id, v: [{ sku: variant?.sku, price: eur(1_100) }] },
      );
    expect(await quote(false)).toEqual([2, at(1_100, 3)]);

    // as when the announcement of another replica's change has not arrived yet
    const mongo = await MongoClient.connect(stores.mongoUrl);
    const changed = await mongo
      .db()
      .collection('products')
      .updateOne({ 'variants.id': variant?.id }, { $set: { 'variants.0.price.centAmount': 1_200 } });
    await mongo.close();
    expect(changed.modifiedCount).toBe(1);
    expect(await quote(false)).toEqual([1, at(1_100, 3)]);
    expect(await quote(true)).toEqual([2, at(1_200, 3)]);
  });

  test('a deleted product is gone everywhere, and its slug and SKU are free', async () => {
    const made = await create({ name: 'Gone' });
    const REMOVE = 'mutation ($id: ID!) { productDelete(id: $id) { product { name } userErrors { code field } } }';
    expect(await product.as(STAFF).request<object>(REMOVE, { id: made.id })).toEqual({
      productDelete: { product: { name: 'Gone' }, userErrors: [] },
    });
    expect(await product.as(STAFF).request<object>(REMOVE, { id: made.id })).toEqual({
      productDelete: { product: null, userErrors: [{ code: 'NOT_FOUND', field: ['id'] }] },
    });
    expect(await names('{ search(query: "gone") { nodes { name } } }')).toEqual([]);
    const again = await create({ name: 'Gone', variants: [{ sku: made.variants[0]?.sku, price: eur(1) }] });
    expect(again.slug).toBe('gone');
  });

  test('statuses are set one by one, and what cannot take one is reported', async () => {
    const [good, bare] = [await create({ status: 'DRAFT' }), await create({ status: 'DRAFT', variants: [] })];
    const answer = await product
      .as(STAFF)
      .request<object>(
        `mutation ($ids: [ID!]!) { productStatusSet(ids: $ids, status: ACTIVE) { products { id status } userErrors { code field } } }`,
        { ids: [bare.id, good.id, 'prd_none'] },
      );
    expect(answer).toEqual({
      productStatusSet: {
        products: [{ id: good.id, status: 'ACTIVE' }],
        userErrors: [
          { code: 'INVALID', field: ['ids', '0'] },
          { code: 'NOT_FOUND', field: ['ids', '2'] },
        ],
      },
    });
  });

  test('variants are added, updated by SKU and kept; a full list removes the others', async () => {
    const made = await create({
      variants: [{ sku: 'KEEP', price: eur(100), selectedOptions: [{ name: 'Size', value: 'S' }] }],
    });
    const UPSERT = `mutation ($id: ID!, $v: [ProductVariantInput!]!) { productVariantsUpsert(productId: $id, variants: $v) {
      product { variants { sku price { centAmount } quantityAvailable } } userErrors { code field } } }`;
    const added = await product.as(STAFF).request<object>(UPSERT, {
      id: made.id,
      v: [
        { sku: 'KEEP', price: eur(150) },
        { sku: 'MORE', price: eur(200), selectedOptions: [{ name: 'Size', value: 'M' }], onHand: 7 },
      ],
    });
    expect(added).toEqual({
      productVariantsUpsert: {
        product: {
          variants: [
            { sku: 'KEEP', price: { centAmount: 150 }, quantityAvailable: 0 },
            { sku: 'MORE', price: { centAmount: 200 }, quantityAvailable: 7 },
          ],
        },
        userErrors: [],
      },
    });
    const twins = await product.as(STAFF).request<object>(UPSERT, {
      id: made.id,
      v: [{ sku: 'TWIN', price: eur(1), selectedOptions: [{ name: 'size', value: 'M' }] }],
    });
    expect(twins).toEqual({
      productVariantsUpsert: { product: null, userErrors: [{ code: 'INVALID', field: ['variants'] }] },
    });
    const { productUpdate } = await product.as(STAFF).request<{ productUpdate: object }>(
      `mutation ($id: ID!) { productUpdate(id: $id, input: { variants: [{ sku: "MORE", price: { centAmount: 250, currencyCode: "EUR" } }] }) {
         product { variants { sku name quantityAvailable } } } }`,
      { id: made.id },
    );
    expect(productUpdate).toEqual({ product: { variants: [{ sku: 'MORE', name: 'M', quantityAvailable: 7 }] } });
  });

  test('a bulk import writes good rows, reports bad ones with their row, and repeats by key', async () => {
    const BULK = `mutation ($input: [ProductInput!]!, $key: String!) { productBulkUpsert(input: $input, idempotencyKey: $key) {
      acceptedCount createdCount updatedCount unchangedCount userErrors { code field } } }`;
    const row = (slug: string, changes: object = {}) => {
      return {
        slug,
        name: slug,
        status: 'ACTIVE',
        variants: [{ sku: slug.toUpperCase(), price: eur(500), onHand: 2 }],
        ...changes,
      };
    };
    const input = [
      row('bulk-a'),
      row('bulk-b', { variants: [{ sku: 'BULK-A2', price: eur(-5) }] }),
      row('bulk-c'),
      row('bulk-c'),
      row('bulk-d', { categoryIds: ['cat_none'] }),
    ];
    const expected = {
      productBulkUpsert: {
        acceptedCount: 2,
        createdCount: 2,
        updatedCount: 0,
        unchangedCount: 0,
        userErrors: [
          { code: 'CONFLICT', field: ['input', '3', 'slug'] },
          { code: 'INVALID', field: ['input', '1', 'variants', '0', 'price'] },
          { code: 'NOT_FOUND', field: ['input', '4', 'categoryIds', '0'] },
        ],
      },
    };
    expect(await product.as(STAFF).request<object>(BULK, { input, key: 'import-1' })).toEqual(expected);
    expect(await product.as(STAFF).request<object>(BULK, { input, key: 'import-1' })).toEqual(expected);
    expect(await product.as(STAFF).request<object>(BULK, { input: input.slice(1), key: 'import-1' })).toMatchObject({
      productBulkUpsert: { acceptedCount: 0, userErrors: [{ code: 'CONFLICT', field: ['idempotencyKey'] }] },
    });
    const second = [
      row('bulk-a', { name: 'Changed' }),
      row('bulk-c', { variants: [{ sku: 'BULK-C', price: eur(500), onHand: 99 }] }),
    ];
    expect(await product.as(STAFF).request<object>(BULK, { input: second, key: 'import-2' })).toEqual({
      productBulkUpsert: { acceptedCount: 2, createdCount: 0, updatedCount: 1, unchangedCount: 1, userErrors: [] },
    });
    const { product: kept } = await product
      .as(ANYONE)
      .request<{ product: object }>('{ product(slug: "bulk-c") { version variants { quantityAvailable } } }');
    expect(kept).toEqual({ version: 1, variants: [{ quantityAvailable: 2 }] });
  });
});

describe('categories', () => {
  test('a category lists what is below it, knows its place, and never goes under itself', async () => {
    const home = await category({ name: 'Home' });
    const kitchen = await category({ name: 'Kitchen', parentId: home });
    const mugs = await category({ name: 'Mugs', parentId: kitchen });
    await create({ name: 'Stone Mug', categoryIds: [mugs] });
    const { category: seen } = await product
      .as(ANYONE)
      .request<{ category: object }>(
        `query ($id: ID!) { category(id: $id) { name parent { id } ancestors { name } children { name ancestors { name } } products { totalCount nodes { name category { name } } } } }`,
        { id: kitchen },
      );
    expect(seen).toEqual({
      name: 'Kitchen',
      parent: { id: home },
      ancestors: [{ name: 'Home' }],
      children: [{ name: 'Mugs', ancestors: [{ name: 'Home' }, { name: 'Kitchen' }] }],
      products: { totalCount: 1, nodes: [{ name: 'Stone Mug', category: { name: 'Mugs' } }] },
    });
    expect(await names('query ($c: ID) { search(categoryId: $c) { nodes { name } } }', { c: home })).toEqual([
      'Stone Mug',
    ]);
    const MOVE = `mutation ($id: ID!, $input: CategoryInput!) { categoryUpdate(id: $id, input: $input) { category { name } userErrors { code field } } }`;
    expect(await product.as(STAFF).request<object>(MOVE, { id: home, input: { parentId: mugs } })).toEqual({
      categoryUpdate: { category: null, userErrors: [{ code: 'CATEGORY_CYCLE', field: ['input', 'parentId'] }] },
    });
    const other = await category({ name: 'Other' });
    const moves = await Promise.all([
      product
        .as(STAFF)
        .request<{ categoryUpdate: { userErrors: Refusal[] } }>(MOVE, { id: home, input: { parentId: other } }),
      product
        .as(STAFF)
        .request<{ categoryUpdate: { userErrors: Refusal[] } }>(MOVE, { id: other, input: { parentId: home } }),
    ]);
    expect(moves.flatMap(({ categoryUpdate }) => categoryUpdate.userErrors.map(({ code }) => code))).toEqual([
      'CATEGORY_CYCLE',
    ]);
    const REMOVE = 'mutation ($id: ID!) { categoryDelete(id: $id) { userErrors { code field } } }';
    expect(await product.as(STAFF).request<object>(REMOVE, { id: mugs })).toEqual({
      categoryDelete: { userErrors: [{ code: 'CONFLICT', field: ['id'] }] },
    });
  });

  test('after renaming a category its products are found by the new name within 2 s', async () => {
    const id = await category({ name: 'Gizmos' });
    await create({ name: 'Blue Box', categoryIds: [id] });
    await product
      .as(STAFF)
      .request(
        'mutation ($id: ID!) { categoryUpdate(id: $id, input: { name: "Contraptions" }) { userErrors { code } } }',
        { id },
      );
    await eventually(
      async () => {
        expect(await names('{ search(query: "contraptions") { nodes { name } } }')).toEqual(['Blue Box']);
      },
      { timeoutMs: 2_000 },
    );
  });
});

describe('stock', () => {
  const RESERVE = `mutation ($o: ID!, $l: [StockLineInput!]!) { stockReserve(orderId: $o, lines: $l, expiresAt: "2030-01-01T00:00:00Z") {
    outcome shortLines { variantId quantityRequested quantityAvailable } } }`;

  test('the order service reserves, sells and releases; what is left is seen by shoppers at once', async () => {
    const made = await create();
    const variantId = made.variants[0]?.id ?? '';
    const available = async () => {
      const answer = await product
        .as(ANYONE)
        .request<{ productVariant: { quantityAvailable: number } }>(
          'query ($id: ID!) { productVariant(id: $id) { quantityAvailable } }',
          { id: variantId },
        );
      return answer.productVariant.quantityAvailable;
    };
    expect(await available()).toBe(5);
    const reserve = (orderId: string, quantity: number) =>
      product.as(service('order')).request<object>(RESERVE, { o: orderId, l: [{ variantId, quantity }] });
    expect(await reserve('ord_1', 4)).toEqual({ stockReserve: { outcome: 'RESERVED', shortLines: [] } });
    expect(await available()).toBe(1);
    expect(await reserve('ord_2', 2)).toEqual({
      stockReserve: {
        outcome: 'INSUFFICIENT_STOCK',
        shortLines: [{ variantId, quantityRequested: 2, quantityAvailable: 1 }],
      },
    });
    const order = product.as(service('order'));
    expect(await order.request<object>('mutation { stockCommit(orderId: "ord_1") { outcome } }')).toEqual({
      stockCommit: { outcome: 'COMMITTED' },
    });
    expect(await order.request<object>('mutation { stockRelease(orderId: "ord_2") { outcome } }')).toEqual({
      stockRelease: { outcome: 'RELEASED' },
    });
    const staff = await product
      .as(STAFF)
      .request<object>(
        `query ($id: ID!) { productVariant(id: $id) { inventory { onHand reserved available movements { type quantity orderId } } } }`,
        { id: variantId },
      );
    expect(staff).toEqual({
      productVariant: {
        inventory: {
          onHand: 1,
          reserved: 0,
          available: 1,
          movements: [
            { type: 'SALE', quantity: -4, orderId: 'ord_1' },
            { type: 'RESERVATION', quantity: -4, orderId: 'ord_1' },
            { type: 'ADJUSTMENT', quantity: 5, orderId: null },
          ],
        },
      },
    });
  });

  test.each([
    ['a shopper', () => ANYONE],
    ['staff', () => STAFF],
    ['another service', () => service('cart')],
  ])('%s may not touch what orders hold', async (_, viewer) => {
    const variantId = (await create()).variants[0]?.id ?? '';
    await product.as(service('order')).request<object>(RESERVE, { o: 'ord_mine', l: [{ variantId, quantity: 2 }] });
    for (const field of [
      'stockReserve(orderId: "ord_mine", lines: [], expiresAt: "2030-01-01T00:00:00Z")',
      'stockExtend(stockIds: ["ord_mine"], expiresAt: "2030-01-01T00:00:00Z")',
      'stockRelease(orderId: "ord_mine")',
      'stockCommit(orderId: "ord_mine", stockIds: ["ord_mine", "oed_1"])',
    ]) {
      const { errors } = await product.as(viewer()).send(`mutation { ${field} { outcome } }`);
      expect([field, errors[0]?.extensions?.code]).toEqual([
        field,
        expect.stringMatching(/^(FORBIDDEN|UNAUTHENTICATED)$/),
      ]);
    }
    const order = product.as(service('order'));
    expect(await order.request<object>('mutation { stockRelease(orderId: "ord_mine") { outcome } }')).toEqual({
      stockRelease: { outcome: 'RELEASED' },
    });
  });

  test('staff adjust stock by key and count it; refusals change nothing', async () => {
    const variantId = (await create()).variants[0]?.id ?? '';
    const ADJUST = `mutation ($v: ID!, $d: Int!, $k: String!) { inventoryAdjust(variantId: $v, delta: $d, reason: RECEIVED, idempotencyKey: $k) {
      variant { quantityAvailable } userErrors { code field message } } }`;
    const adjust = (d: number, k: string) => product.as(STAFF).request<object>(ADJUST, { v: variantId, d, k });
    const now = (quantityAvailable: number) => ({
      inventoryAdjust: { variant: { quantityAvailable }, userErrors: [] },
    });
    expect(await adjust(3, 'k1')).toEqual(now(8));
    expect(await adjust(3, 'k1')).toEqual(now(8));
    expect(await adjust(-9, 'k2')).toEqual({
      inventoryAdjust: {
        variant: null,
        userErrors: [
          {
            code: 'NEGATIVE_STOCK',
            field: ['delta'],
            message: 'Not that much is there: 8 on hand, 0 of them reserved for orders.',
          },
        ],
      },
    });
    const SET = `mutation ($v: ID!, $n: Int!, $e: Int) { inventorySet(variantId: $v, onHand: $n, expectedOnHand: $e, reason: CYCLE_COUNT) {
      variant { inventory { onHand } } userErrors { code field } } }`;
    expect(await product.as(STAFF).request<object>(SET, { v: variantId, n: 4, e: 8 })).toEqual({
      inventorySet: { variant: { inventory: { onHand: 4 } }, userErrors: [] },
    });
    expect(await product.as(STAFF).request<object>(SET, { v: variantId, n: 9, e: 8 })).toEqual({
      inventorySet: { variant: null, userErrors: [{ code: 'CONFLICT', field: ['expectedOnHand'] }] },
    });
  });

  test('nobody but the order service moves stock, and nobody but staff changes the catalogue', async () => {
    const variantId = (await create()).variants[0]?.id ?? '';
    const variables = { o: 'ord_9', l: [{ variantId, quantity: 1 }] };
    const code = async (viewer: Parameters<TestService['as']>[0], query: string, given: object = {}) =>
      (await product.as(viewer).send(query, given)).errors[0]?.extensions?.code;
    expect(await code(ANYONE, RESERVE, variables)).toBe('UNAUTHENTICATED');
    for (const viewer of [CUSTOMER, STAFF, service('cart')])
      expect(await code(viewer, RESERVE, variables)).toBe('FORBIDDEN');
    expect(await code(STAFF, '{ variantsForCart(ids: []) { id } }')).toBe('FORBIDDEN');
    for (const mutation of [
      'productCreate(input: {}) { userErrors { code } }',
      'productUpdate(id: "x", input: {}) { userErrors { code } }',
      'productStatusSet(ids: [], status: ACTIVE) { userErrors { code } }',
      'productDelete(id: "x") { userErrors { code } }',
      'productBulkUpsert(input: [], idempotencyKey: "x") { userErrors { code } }',
      'productVariantsUpsert(productId: "x", variants: []) { userErrors { code } }',
      'categoryCreate(input: {}) { userErrors { code } }',
      'categoryUpdate(id: "x", input: {}) { userErrors { code } }',
      'categoryDelete(id: "x") { userErrors { code } }',
      'inventoryAdjust(variantId: "x", delta: 1, reason: RECEIVED, idempotencyKey: "x") { userErrors { code } }',
      'inventorySet(variantId: "x", onHand: 1, reason: RECEIVED) { userErrors { code } }',
    ]) {
      expect([mutation, await code(ANYONE, `mutation { ${mutation} }`)]).toEqual([mutation, 'UNAUTHENTICATED']);
      expect([mutation, await code(CUSTOMER, `mutation { ${mutation} }`)]).toEqual([mutation, 'FORBIDDEN']);
    }
    const INVENTORY = 'query ($id: ID!) { productVariant(id: $id) { sku inventory { onHand } } }';
    expect(await code(CUSTOMER, INVENTORY, { id: variantId })).toBe('FORBIDDEN');
  });
});

test('a picture is served with validators, and escapes what a product is called', async () => {
  const made = await create({ name: '<script>"Mug" & Co</script>' });
  const response = await fetch(`${product.url}/media/products/${made.slug}.svg`);
  const text = await response.text();
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8');
  expect(response.headers.get('cache-control')).toContain('max-age=3600');
  expect(text).not.toContain('<script>');
  expect(text).toContain('&#60;script&#62;');
  const etag = response.headers.get('etag') ?? '';
  const again = await fetch(`${product.url}/media/products/${made.id}.svg`, { headers: { 'if-none-match': etag } });
  expect(again.status).toBe(304);
  for (const name of ['nothing.svg', `${made.slug}.png`, '..%2f..%2fetc.svg']) {
    expect([name, (await fetch(`${product.url}/media/products/${name}`)).status]).toEqual([name, 404]);
  }
});
