import type { Cart as CartState } from '../domain/cart.js';
import { type CartProblem, cartProblems } from '../domain/problems.js';
import type { CartResolvers } from '../generated/graphql.js';
import { graphMoney } from './money.js';

export const Cart: CartResolvers = {
  __resolveReference: async ({ id }, { carts }) => (await carts.load(id)) ?? null,
  id: ({ cart }) => cart.id,
  token: ({ token }) => token,
  status: ({ cart }) => cart.status,
  buyer: ({ cart }) => (cart.customerId === null ? null : { id: cart.customerId }),
  email: ({ cart }) => cart.email,
  countryCode: ({ cart }) => cart.countryCode,
  currencyCode: ({ cart }) => cart.currencyCode,
  lines: (of) => {
    const { lines } = of.pricing();
    return of.cart.lines.flatMap((line, index) => {
      const price = lines[index];
      return price ? [{ of, line, price }] : [];
    });
  },
  totalQuantity: ({ cart }) => cart.lines.reduce((total, line) => total + line.quantity, 0),
  cost: ({ pricing }) => {
    const price = pricing();
    const amount = (centAmount: number) => graphMoney(centAmount, price.currencyCode);
    return {
      subtotal: amount(price.subtotal),
      discount: amount(price.discount),
      shipping: price.shipping === null ? null : amount(price.shipping),
      tax: price.tax === null ? null : amount(price.tax),
      total: amount(price.total),
      isEstimated: price.shipping === null || price.tax === null,
    };
  },
  discountCodes: ({ pricing }) =>
    pricing().codes.map(({ code, reason }) => ({ code, applicable: reason === null, reason })),
  discountAllocations: ({ pricing }) => {
    const { allocations, currencyCode } = pricing();
    return allocations.map(({ promotion, lineId, amount }) => ({
      title: promotion.name,
      code: promotion.code,
      amount: graphMoney(amount, currencyCode),
      lineId,
    }));
  },
  shippingAddress: ({ cart }) => cart.shippingAddress,
  billingAddress: ({ cart }) => cart.billingAddress,
  shippingMethods: ({ pricing }) => {
    const { shippingMethods, currencyCode } = pricing();
    return shippingMethods.map((method) => ({ ...method, price: graphMoney(method.price, currencyCode) }));
  },
  selectedShippingMethod: ({ pricing }) => {
    const { selectedShippingMethod: method, currencyCode } = pricing();
    return method && { ...method, price: graphMoney(method.price, currencyCode) };
  },
  note: ({ cart }) => cart.note,
  problems: async ({ cart, quotes }) =>
    cart.status === 'ACTIVE' ? cartProblems(cart, await quotes()).map((problem) => graphProblem(cart, problem)) : [],
  version: ({ cart }) => cart.version,
  createdAt: ({ cart }) => cart.createdAt,
  updatedAt: ({ cart }) => cart.updatedAt,
  expiresAt: ({ cart }) => cart.expiresAt,
};

function graphProblem(cart: CartState, problem: CartProblem) {
  const { line } = problem;
  switch (problem.kind) {
    case 'VARIANT_UNAVAILABLE':
      return {
        __typename: 'VariantUnavailableProblem' as const,
        message: `${line.productName} is no longer for sale.`,
        lineId: line.id,
      };
    case 'INSUFFICIENT_STOCK':
      return {
        __typename: 'InsufficientStockProblem' as const,
        message: `Only ${problem.quantityAvailable} of ${line.productName} left.`,
        lineId: line.id,
        quantityAvailable: problem.quantityAvailable,
      };
    case 'PRICE_CHANGED':
      return {
        __typename: 'PriceChangedProblem' as const,
        message: `The price of ${line.productName} has changed.`,
        lineId: line.id,
        oldPrice: graphMoney(line.unitPrice, cart.currencyCode),
        newPrice: graphMoney(problem.newPrice, cart.currencyCode),
      };
  }
}
