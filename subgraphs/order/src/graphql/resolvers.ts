import type { Resolvers } from '../generated/graphql.js';
import { orderCancel } from './Mutation/orderCancel.js';
import { orderNoteAdd } from './Mutation/orderNoteAdd.js';
import { orderPaymentWindowExtend } from './Mutation/orderPaymentWindowExtend.js';
import { orderPlace } from './Mutation/orderPlace.js';
import { Order } from './Order.js';
import { OrderConnection } from './OrderConnection.js';
import { OrderEvent } from './OrderEvent.js';
import { OrderForInvoice } from './OrderForInvoice.js';
import { OrderForNotification, OrderLineForNotification } from './OrderForNotification.js';
import { OrderForPayment } from './OrderForPayment.js';
import { OrderLine } from './OrderLine.js';
import { order } from './Query/order.js';
import { orderByNumber } from './Query/orderByNumber.js';
import { orderForNotification } from './Query/orderForNotification.js';
import { orderForPayment } from './Query/orderForPayment.js';
import { orders } from './Query/orders.js';
import { ordersForInvoice } from './Query/ordersForInvoice.js';
import { ordersForNotification } from './Query/ordersForNotification.js';
import { User } from './User.js';

/** Every resolver of this subgraph. */
export const resolvers: Resolvers = {
  Query: {
    order,
    orderByNumber,
    orders,
    orderForPayment,
    orderForNotification,
    ordersForInvoice,
    ordersForNotification,
  },
  Mutation: { orderPaymentWindowExtend, orderPlace, orderCancel, orderNoteAdd },
  Order,
  OrderLine,
  OrderEvent,
  OrderConnection,
  User,
  OrderForPayment,
  OrderForInvoice,
  OrderForNotification,
  OrderLineForNotification,
};
