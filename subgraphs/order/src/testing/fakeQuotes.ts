import { allocate, money, splitTaxIncluded } from '@souk/money';
import type { QuotePort, RefillAnswer, RefillPort, RefillRequest } from '../app/editPorts.js';

/** A cart service that knows what some variants cost today, in the order's currency and with 19 % tax included. */
export function fakeQuotes() {
  const prices = new Map<string, { unitPriceCents: number; available?: number; forSale?: boolean }>();
  const methods = new Map([['express', 990]]);
  const state = { asked: 0 };
  const port: QuotePort = {
    async quote({ lines, shippingMethodId, discount }) {
      state.asked += 1;
      const quoted = lines.map(({ variantId, quantity, unitPriceCents }) => {
        const known = prices.get(variantId);
        if (known === undefined) return null;
        const price = unitPriceCents ?? known.unitPriceCents;
        return { known, variantId, quantity, price, subtotal: price * quantity };
      });
      const subtotalCents = quoted.reduce((sum, line) => sum + (line?.subtotal ?? 0), 0);
      const off =
        discount === null ? 0 : 'percent' in discount ? (subtotalCents * discount.percent) / 100 : discount.centAmount;
      const shares = allocate(
        money(Math.round(off), 'EUR'),
        quoted.map((line) => line?.subtotal ?? 0),
      );
      const priced = quoted.map((line, index) => {
        if (line === null) return null;
        const discountCents = shares[index]?.centAmount ?? 0;
        const totalCents = line.subtotal - discountCents;
        return {
          variantId: line.variantId,
          productName: `Product ${line.variantId}`,
          variantName: null,
          sku: line.variantId.toUpperCase(),
          imageUrl: null,
          quantity: line.quantity,
          unitPriceCents: line.price,
          discountCents,
          taxCents: splitTaxIncluded(money(totalCents, 'EUR'), 1_900).tax.centAmount,
          totalCents,
          forSale: line.known.forSale ?? true,
          quantityAvailable: line.known.available ?? 100,
        };
      });
      const price = shippingMethodId === null ? undefined : methods.get(shippingMethodId);
      const shippingCents = price ?? 0;
      const shippingTaxCents = splitTaxIncluded(money(shippingCents, 'EUR'), 1_900).tax.centAmount;
      return {
        kind: 'QUOTED',
        quote: {
          lines: priced,
          subtotalCents,
          discountCents: Math.round(off),
          taxCents: priced.reduce((sum, line) => sum + (line?.taxCents ?? 0), 0) + shippingTaxCents,
          taxBasisPoints: 1_900,
          taxIncluded: true,
          shippingTaxCents,
          totalCents: subtotalCents - Math.round(off) + shippingCents,
          shippingMethod:
            price === undefined || shippingMethodId === null
              ? null
              : { id: shippingMethodId, name: 'Express', priceCents: price },
          shippingMethods: [{ id: 'express', name: 'Express', priceCents: 990 }],
        },
      };
    },
  };
  return { port, prices, methods, state };
}

/** A cart service that makes carts of what it is told to know. */
export function fakeRefills() {
  const state = { answer: { kind: 'REFILLED', cartId: 'crt_again', skipped: [], reduced: [] } as RefillAnswer };
  const asked: RefillRequest[] = [];
  const port: RefillPort = {
    async refill(request) {
      asked.push(request);
      return state.answer;
    },
  };
  return { port, state, asked };
}
