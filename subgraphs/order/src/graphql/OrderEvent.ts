import { isOrderStaff } from '../app/viewerMaySee.js';
import type { OrderEventResolvers } from '../generated/graphql.js';

export const OrderEvent: OrderEventResolvers = {
  /** Customers are not told which member of the staff it was. */
  actor: ({ actor, customerId }, _, { viewer }) => {
    if (isOrderStaff(viewer) || actor.startsWith('service:')) return actor;
    return actor === 'anonymous' || actor === customerId ? 'customer' : 'staff';
  },
};
