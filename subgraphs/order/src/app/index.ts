import { addNote } from './addNote.js';
import { applyCapture } from './applyCapture.js';
import { cancelOrder } from './cancelOrder.js';
import { expireOrders } from './expireOrders.js';
import { extendPaymentWindow } from './extendPaymentWindow.js';
import { findGuestOrder, findOrders, listOrders } from './findOrders.js';
import { placeOrder } from './placeOrder.js';
import type { GuestLookup, OrderList, OrderStore } from './ports.js';
import { recordPaymentEvent } from './recordPaymentEvent.js';
import { resumePlacements } from './resumePlacements.js';
import { type RunPlacementDeps, runPlacement } from './runPlacement.js';

export interface AppDeps extends RunPlacementDeps {
  readonly orders: OrderStore;
  readonly lookup: GuestLookup;
  readonly list: OrderList;
  readonly patienceMs: number;
  /** How long after its delivery an order may be returned. */
  readonly returnWindowMs: number;
}

/** Everything that the order service can do. */
export function createApp(deps: AppDeps) {
  const run = runPlacement(deps);
  return {
    placeOrder: placeOrder({ ...deps, run }),
    cancelOrder: cancelOrder(deps),
    extendPaymentWindow: extendPaymentWindow(deps),
    addNote: addNote(deps),
    findOrders: findOrders(deps),
    findGuestOrder: findGuestOrder(deps),
    listOrders: listOrders(deps),
    ordersOfCustomers: deps.orders.ofCustomers,
    returnWindowMs: deps.returnWindowMs,
    /** Consumers. */
    applyCapture: applyCapture(deps),
    recordPaymentEvent: recordPaymentEvent(deps),
    /** Sweepers. */
    resumePlacements: resumePlacements({ ...deps, run }),
    expireOrders: expireOrders(deps),
    sweepLookups: deps.lookup.sweep,
  };
}

export type App = ReturnType<typeof createApp>;
