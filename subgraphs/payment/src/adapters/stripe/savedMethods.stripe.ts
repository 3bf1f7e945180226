import type Stripe from 'stripe';
import type { SavedMethods } from '../../app/ports.js';
import { methodSnapshot } from './snapshots.js';

/** Customers and their cards at Stripe. `ask` turns the SDK's errors into the port's. */
export const savedMethods = (
  stripe: () => Promise<Stripe>,
  ask: <T>(call: () => Promise<T>) => Promise<T>,
): SavedMethods => ({
  createCustomer: (userId, idempotencyKey) =>
    ask(async () => {
      const { customers } = await stripe();
      return (await customers.create({ metadata: { souk_user_id: userId } }, { idempotencyKey })).id;
    }),
  list: (customerReference) =>
    ask(async () => {
      const { customers } = await stripe();
      const methods = await customers
        .listPaymentMethods(customerReference, { limit: 100 })
        .autoPagingToArray({ limit: 500 });
      return methods.map(methodSnapshot);
    }),
  remove: (methodReference, idempotencyKey) =>
    ask(async () => {
      await (await stripe()).paymentMethods.detach(methodReference, {}, { idempotencyKey });
    }),
});
