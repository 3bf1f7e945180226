import type { Logger } from '@souk/runtime';
import type { Articles, CarrierEvents, CarrierPort, ExchangeStock, WholeOrders } from './afterSalesPorts.js';
import { approveReturn } from './approveReturn.js';
import { cancelParcel } from './cancelParcel.js';
import { cancelReturn } from './cancelReturn.js';
import { processCarrierEvents, receiveCarrierMessage } from './carrierMessages.js';
import { closeReturn } from './closeReturn.js';
import { closeReturnByHand } from './closeReturnByHand.js';
import { completeOrder } from './completeOrder.js';
import { completeOrders } from './completeOrders.js';
import { declineReturn } from './declineReturn.js';
import { deliverParcel } from './deliverParcel.js';
import { moveParcel } from './moveParcel.js';
import type { Clock, OrderStore } from './ports.js';
import { receiveReturn } from './receiveReturn.js';
import { releaseHolds } from './releaseHolds.js';
import { requestReturn } from './requestReturn.js';
import { shipParcel } from './shipParcel.js';
import { updateTracking } from './updateTracking.js';

export interface AfterSalesDeps {
  readonly orders: OrderStore;
  readonly whole: WholeOrders;
  readonly articles: Articles;
  readonly exchangeStock: ExchangeStock;
  readonly carriers: ReadonlyMap<string, CarrierPort>;
  readonly carrierEvents: CarrierEvents;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long after its delivery an order may be returned. */
  readonly returnWindowMs: number;
  /** How long an article in exchange is kept for goods that have not arrived. */
  readonly exchangeHoldMs: number;
}

/** What happens to an order once it is paid: parcels, returns, exchanges, completion. */
export function createAfterSales(deps: AfterSalesDeps) {
  const carriers = { ...deps, deliver: deliverParcel(deps), move: moveParcel(deps) };
  return {
    shipParcel: shipParcel(deps),
    updateTracking: updateTracking(deps),
    deliverParcel: deliverParcel(deps),
    cancelParcel: cancelParcel(deps),
    requestReturn: requestReturn(deps),
    approveReturn: approveReturn(deps),
    declineReturn: declineReturn(deps),
    cancelReturn: cancelReturn(deps),
    receiveReturn: receiveReturn(deps),
    closeReturnByHand: closeReturnByHand(deps),
    completeOrder: completeOrder(deps),
    /** Webhooks and consumers. */
    receiveCarrierMessage: receiveCarrierMessage(carriers),
    closeReturn: closeReturn(deps),
    /** Sweepers. */
    processCarrierEvents: processCarrierEvents(carriers),
    releaseHolds: releaseHolds(deps),
    completeOrders: completeOrders(deps),
  };
}
