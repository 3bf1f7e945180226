import type { Resolvers } from '../generated/graphql.js';
import { paymentSessionCreate } from './Mutation/paymentSessionCreate.js';
import { refundCreate } from './Mutation/refundCreate.js';
import { webhookEventReplay } from './Mutation/webhookEventReplay.js';
import { Order } from './Order.js';
import { Payment } from './Payment.js';
import { PaymentConnection } from './PaymentConnection.js';
import { PaymentEvent } from './PaymentEvent.js';
import { payment } from './Query/payment.js';
import { paymentProviders } from './Query/paymentProviders.js';
import { payments } from './Query/payments.js';
import { webhookEvents } from './Query/webhookEvents.js';
import { Refund } from './Refund.js';

/** Every resolver of this subgraph. */
export const resolvers: Resolvers = {
  Query: { payment, payments, paymentProviders, webhookEvents },
  Mutation: { paymentSessionCreate, refundCreate, webhookEventReplay },
  Payment,
  Refund,
  PaymentEvent,
  PaymentConnection,
  Order,
};
