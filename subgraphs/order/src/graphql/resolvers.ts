import type { Resolvers } from '../generated/graphql.js';
import {
  ArticleForNotification,
  FulfillmentForNotification,
  ReturnForNotification,
  ReturnLineForNotification,
} from './AfterSalesForNotification.js';
import { DraftOrder, DraftOrderConnection, DraftOrderPrice, DraftOrderPriceLine } from './DraftOrder.js';
import { Fulfillment } from './Fulfillment.js';
import { draftOrderComplete } from './Mutation/draftOrderComplete.js';
import { draftOrderCreate } from './Mutation/draftOrderCreate.js';
import { draftOrderDelete } from './Mutation/draftOrderDelete.js';
import { draftOrderUpdate } from './Mutation/draftOrderUpdate.js';
import { fulfillmentCancel } from './Mutation/fulfillmentCancel.js';
import { fulfillmentCreate } from './Mutation/fulfillmentCreate.js';
import { fulfillmentDeliver } from './Mutation/fulfillmentDeliver.js';
import { fulfillmentTrackingUpdate } from './Mutation/fulfillmentTrackingUpdate.js';
import { guestOrdersClaim } from './Mutation/guestOrdersClaim.js';
import { orderCancel } from './Mutation/orderCancel.js';
import { orderComplete } from './Mutation/orderComplete.js';
import { orderEdit } from './Mutation/orderEdit.js';
import { orderEditCancel } from './Mutation/orderEditCancel.js';
import { orderExport } from './Mutation/orderExport.js';
import { orderLinesCancel } from './Mutation/orderLinesCancel.js';
import { orderNoteAdd } from './Mutation/orderNoteAdd.js';
import { orderPaymentWindowExtend } from './Mutation/orderPaymentWindowExtend.js';
import { orderPlace } from './Mutation/orderPlace.js';
import { orderReorder } from './Mutation/orderReorder.js';
import { returnApprove } from './Mutation/returnApprove.js';
import { returnCancel } from './Mutation/returnCancel.js';
import { returnClose } from './Mutation/returnClose.js';
import { returnDecline } from './Mutation/returnDecline.js';
import { returnReceive } from './Mutation/returnReceive.js';
import { returnRequest } from './Mutation/returnRequest.js';
import { Order } from './Order.js';
import { OrderConnection } from './OrderConnection.js';
import { OrderChange, OrderEdit, OrderLineChange } from './OrderEdit.js';
import { OrderEvent } from './OrderEvent.js';
import { OrderForInvoice } from './OrderForInvoice.js';
import { OrderForNotification, OrderLineForNotification } from './OrderForNotification.js';
import { OrderForPayment } from './OrderForPayment.js';
import { OrderLine } from './OrderLine.js';
import { OrderLineQuantity } from './OrderLineQuantity.js';
import { draftOrder } from './Query/draftOrder.js';
import { draftOrders } from './Query/draftOrders.js';
import { order } from './Query/order.js';
import { orderByNumber } from './Query/orderByNumber.js';
import { orderForNotification } from './Query/orderForNotification.js';
import { orderForPayment } from './Query/orderForPayment.js';
import { orders } from './Query/orders.js';
import { ordersForInvoice } from './Query/ordersForInvoice.js';
import { ordersForNotification } from './Query/ordersForNotification.js';
import { Return, ReturnLine } from './Return.js';
import { User } from './User.js';

/** Every resolver of this subgraph. */
export const resolvers: Resolvers = {
  Query: {
    order,
    orderByNumber,
    orders,
    draftOrder,
    draftOrders,
    orderForPayment,
    orderForNotification,
    ordersForInvoice,
    ordersForNotification,
  },
  Mutation: {
    orderPaymentWindowExtend,
    orderPlace,
    orderCancel,
    orderLinesCancel,
    orderEdit,
    orderEditCancel,
    orderNoteAdd,
    orderReorder,
    guestOrdersClaim,
    orderExport,
    draftOrderCreate,
    draftOrderUpdate,
    draftOrderDelete,
    draftOrderComplete,
    fulfillmentCancel,
    fulfillmentCreate,
    fulfillmentDeliver,
    fulfillmentTrackingUpdate,
    orderComplete,
    returnApprove,
    returnCancel,
    returnClose,
    returnDecline,
    returnReceive,
    returnRequest,
  },
  Order,
  OrderLine,
  OrderLineQuantity,
  Fulfillment,
  Return,
  ReturnLine,
  FulfillmentForNotification,
  ArticleForNotification,
  ReturnForNotification,
  ReturnLineForNotification,
  OrderEvent,
  OrderEdit,
  OrderChange,
  OrderLineChange,
  DraftOrder,
  DraftOrderPrice,
  DraftOrderPriceLine,
  DraftOrderConnection,
  OrderConnection,
  User,
  OrderForPayment,
  OrderForInvoice,
  OrderForNotification,
  OrderLineForNotification,
};
