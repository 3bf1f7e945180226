import { fileURLToPath } from 'node:url';
import { readOperations } from '../../../scripts/schema/operations.mjs';
import { createMemory } from './memory.js';
import { fillPlaceholders, PLACEHOLDERS, type Sources } from './placeholders.js';

const money = { centAmount: 1990, currencyCode: 'EUR', amount: '19.90' };

function sources(answers: Record<string, unknown> = {}): Sources & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    memory: createMemory(),
    ask: async (query) => {
      const name = /query (\w+)/.exec(query)?.[1] ?? '';
      asked.push(name);
      return answers[name];
    },
    refreshToken: () => 'refresh-1',
    demoAccount: () => ({ email: 'customer@souk.example', password: 'secret' }),
    unique: () => 'ABC123',
  };
}

test('what an answer contained is used without asking again, with its own type', async () => {
  const from = sources();
  from.memory.remember({
    cartCreate: {
      cart: {
        id: 'crt_1',
        version: 4,
        cost: { total: money },
        lines: [{ id: 'cln_1' }, { id: 'cln_2' }],
        shippingMethods: [{ id: 'express' }],
      },
    },
  });
  const filled = await fillPlaceholders(
    {
      cartId: '{{cart.id}}',
      version: '{{cart.version}}',
      total: '{{cart.total}}',
      lines: [{ id: '{{cartLine.id}}' }],
      method: '{{shippingMethod.id}}',
    },
    from,
  );
  expect(filled).toEqual({
    variables: {
      cartId: 'crt_1',
      version: 4,
      total: { centAmount: 1990, currencyCode: 'EUR' },
      lines: [{ id: 'cln_1' }],
      method: 'express',
    },
    missing: [],
  });
  expect(from.asked).toEqual([]);
});

test('what is not known is asked of the shop, once', async () => {
  const from = sources({
    ConsoleProduct: {
      products: { nodes: [{ id: 'prd_1', slug: 'a-lamp', name: 'A lamp', version: 2, variants: [] }] },
    },
  });
  const filled = await fillPlaceholders(
    { slug: '{{product.slug}}', word: '{{product.word}}', v: '{{product.version}}' },
    from,
  );
  expect(filled.variables).toEqual({ slug: 'a-lamp', word: 'lamp', v: 2 });
  expect(from.asked).toEqual(['ConsoleProduct']);
});

test.each([
  ['A lamp', 'lamp'],
  ['TV', 'TV'],
  ['=cmd()', 'cmd'],
  ['4711', '4711'],
  ['???', 'a-lamp'],
])('a product called %s is looked for as %s', async (name, word) => {
  const from = sources({});
  from.memory.remember({ product: { id: 'prd_1', slug: 'a-lamp', name } });
  expect(await fillPlaceholders({ query: '{{product.word}}' }, from)).toEqual({
    variables: { query: word },
    missing: [],
  });
});

test('a later question is asked when the first one finds nothing', async () => {
  const from = sources({ ConsoleOrder: { orders: { nodes: [{ id: 'ord_7' }] } } });
  expect((await fillPlaceholders({ id: '{{order.id}}' }, from)).variables).toEqual({ id: 'ord_7' });
  expect(from.asked).toEqual(['ConsoleOwnOrder', 'ConsoleOrder']);
});

test('of a payment that was captured the rest is offered for a refund, of another nothing', async () => {
  const paid = { id: 'pay_2', capturedAmount: money, refundedAmount: { centAmount: 90 } };
  const from = sources({ ConsolePayment: { payments: { nodes: [paid] } } });
  from.memory.remember({ payment: { id: 'pay_1', amount: money, capturedAmount: { ...money, centAmount: 0 } } });
  expect((await fillPlaceholders({ id: '{{payment.id}}', amount: '{{payment.amount}}' }, from)).variables).toEqual({
    id: 'pay_2',
    amount: { centAmount: 1900, currencyCode: 'EUR' },
  });
  from.memory.remember({ payment: { ...paid, id: 'pay_3', refundedAmount: { centAmount: 1990 } } });
  expect((await fillPlaceholders({ id: '{{payment.id}}' }, from)).variables).not.toEqual({ id: 'pay_3' });
});

const variant = (id: string, quantityAvailable: number, weightGrams: number | null, currencyCode = 'EUR') => ({
  id: `var_${id}`,
  quantityAvailable,
  weightGrams,
  price: { ...money, currencyCode },
});
const BOUGHT = { id: '{{purchasableVariant.id}}', currency: '{{purchasableVariant.currency}}' };

test('what is bought is what most is left of, among what goes by parcel', async () => {
  const page = [
    { variants: [variant('scarce', 1, 100), variant('enough', 40, 100)] },
    { variants: [variant('freight', 900, 31_000), variant('most', 60, null, 'USD'), variant('even', 60, 100)] },
  ];
  const from = sources({ ConsolePurchasableVariant: { search: { nodes: page } } });
  expect((await fillPlaceholders(BOUGHT, from)).variables).toEqual({ id: 'var_most', currency: 'USD' });
  expect(from.asked).toEqual(['ConsolePurchasableVariant']);
});

test.each([
  ['of which few are left', variant('seen', 9, 100), 'var_found'],
  ['that is heavy', variant('seen', 50, 5_001), 'var_found'],
  ['of which only the id is known', { id: 'var_seen' }, 'var_found'],
  ['that is plentiful and light', variant('seen', 10, 5_000), 'var_seen'],
])('a variant %s and seen last: what is bought is in good supply and light', async (_, seen, expected) => {
  const from = sources({
    ConsolePurchasableVariant: { search: { nodes: [{ variants: [variant('found', 500, 100)] }] } },
  });
  from.memory.remember({ product: { variants: [seen] } });
  expect((await fillPlaceholders({ id: '{{purchasableVariant.id}}' }, from)).variables).toEqual({ id: expected });
});

test('a shop in which everything is scarce has nothing to buy for an example', async () => {
  const from = sources({
    ConsolePurchasableVariant: { search: { nodes: [{ variants: [variant('scarce', 9, 100)] }] } },
  });
  expect((await fillPlaceholders({ id: '{{purchasableVariant.id}}' }, from)).missing).toEqual([
    'purchasableVariant.id',
  ]);
});

test('what cannot be found is named, and stays in the variables', async () => {
  const filled = await fillPlaceholders({ id: '{{payment.id}}', key: 'k-{{unique}}' }, sources());
  expect(filled).toEqual({ variables: { id: '{{payment.id}}', key: 'k-ABC123' }, missing: ['payment.id'] });
});

test('the latest answer wins, and the first of a list within it', () => {
  const memory = createMemory();
  memory.remember({ products: { nodes: [{ id: 'prd_1', name: 'One' }, { id: 'prd_2' }] } });
  memory.remember({ product: { id: 'prd_3', slug: 'three' } });
  expect(memory.recall('product')).toEqual({ id: 'prd_3', slug: 'three' });
  memory.remember({ product: { id: 'prd_3', name: 'Three' } });
  expect(memory.recall('product')).toEqual({ id: 'prd_3', slug: 'three', name: 'Three' });
});

test('the console knows every placeholder of schema/operations', () => {
  const folder = fileURLToPath(new URL('../../../schema/operations', import.meta.url));
  const used = readOperations(folder).flatMap(({ variables }: { variables: object }) =>
    [...JSON.stringify(variables).matchAll(/\{\{(.*?)\}\}/g)].map((match) => match[1]),
  );
  expect(used.filter((name: string) => !PLACEHOLDERS.includes(name))).toEqual([]);
});
