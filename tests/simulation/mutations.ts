import type { Mutation } from './shop.js';

/** Guards taken away, one at a time: each of them must make schedules fail, or it guards nothing (or the simulation sees nothing). */
export const mutations: readonly Mutation[] = [
  {
    name: 'a run that was taken over may still commit what another one is undoing',
    mutate(shop) {
      const { placements } = shop;
      const table = shop.orderTables.placements;
      shop.placements = {
        ...placements,
        commit(placement, placed, published) {
          const key = `${placement.scope} ${placement.key}`;
          const row = table.get(key);
          if (row?.step === 'UNDOING') table.set(key, { ...row, step: 'RUNNING' });
          return placements.commit({ ...placement, runToken: row?.runToken ?? placement.runToken }, placed, published);
        },
      };
    },
  },
  {
    name: 'an order is changed whatever has happened to it since it was read',
    mutate(shop) {
      const { orders } = shop;
      const fresh = (id: string) => shop.orderTables.orders.get(id)?.order;
      shop.orders = {
        ...orders,
        apply: (changes, causedBy) =>
          orders.apply(
            changes.map((change) => ({ ...change, before: fresh(change.after.id) ?? change.before })),
            causedBy,
          ),
      };
    },
  },
  {
    name: 'a payment is changed whatever has happened to it since it was read',
    mutate(shop) {
      const { payments } = shop;
      const fresh = (id: string) => shop.paymentTables.payments.get(id);
      shop.payments = {
        ...payments,
        apply: (change) => payments.apply({ ...change, before: fresh(change.after.id) ?? change.before }),
      };
    },
  },
  {
    name: 'the order service forgets which events it has applied',
    mutate({ orderTables: { inbox } }) {
      inbox.add = () => inbox;
    },
  },
  {
    name: 'the payment service asks for a refund under a new key each time',
    mutate({ provider: { calls } }) {
      const { refund } = calls;
      let asked = 0;
      calls.refund = (payment, wanted, key) => {
        asked += 1;
        return refund(payment, wanted, `${key}:${asked}`);
      };
    },
  },
  {
    name: 'the payment service asks for an intent under a new key each time',
    mutate({ provider: { calls } }) {
      const { createIntent } = calls;
      let asked = 0;
      calls.createIntent = (payment, key) => {
        asked += 1;
        return createIntent(payment, `${key}:${asked}`);
      };
    },
  },
  {
    name: 'a release of stock does not stop the reservation that it overtakes',
    mutate({ world, stock }) {
      const { release } = stock;
      stock.release = (id, asOf) => release(id, asOf ?? world.now);
    },
  },
  {
    name: 'a release of a cart does not stop the checkout that it overtakes',
    mutate({ carts }) {
      const { release } = carts;
      carts.release = (orderId) => {
        if (carts.checkouts.has(orderId)) release(orderId);
      };
    },
  },
  {
    name: 'stock is reserved without looking how much there is',
    mutate({ stock }) {
      const { reserve } = stock;
      stock.reserve = (id, lines) => {
        for (const { variantId, quantity } of lines) {
          const variant = stock.variants.get(variantId);
          if (variant === undefined || variant.onHand - variant.reserved >= quantity) continue;
          variant.onHand += quantity;
          const answer = reserve(id, lines);
          variant.onHand -= quantity;
          return answer;
        }
        return reserve(id, lines);
      };
    },
  },
];
