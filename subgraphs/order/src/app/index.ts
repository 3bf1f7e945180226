import { addNote } from './addNote.js';
import { type AfterSalesDeps, createAfterSales } from './afterSales.js';
import { applyCapture } from './applyCapture.js';
import { applyVoid } from './applyVoid.js';
import { cancelLines } from './cancelLines.js';
import { cancelOrder } from './cancelOrder.js';
import { claimGuestOrders } from './claimGuestOrders.js';
import type { DraftStore } from './draftPorts.js';
import { completeDraft, createDraft, deleteDraft, listDrafts, priceDraft, updateDraft } from './drafts.js';
import { type EditOrderDeps, editOrder } from './editOrder.js';
import type { RefillPort } from './editPorts.js';
import { expireOrders } from './expireOrders.js';
import { createExport, openExport } from './exportOrders.js';
import type { ExportStore } from './exportPorts.js';
import { extendPaymentWindow } from './extendPaymentWindow.js';
import { findGuestOrder, findOrders, listOrders } from './findOrders.js';
import type { FollowOrders } from './followOrders.js';
import { keepLeases } from './keepLeases.js';
import { cancelEdit, lapseEdits } from './lapseEdits.js';
import { eraseCustomers, exportPersonalData, type PersonalDataDeps, requestErasure } from './personalData.js';
import { placeOrder } from './placeOrder.js';
import type { Accounts, GuestClaims, GuestLookup, OrderList, OrderStore } from './ports.js';
import { recordPaymentEvent } from './recordPaymentEvent.js';
import { reorder } from './reorder.js';
import { resumePlacements } from './resumePlacements.js';
import { type RunPlacementDeps, runPlacement } from './runPlacement.js';
import { resumeEdits } from './undoEdit.js';

export interface AppDeps extends Omit<RunPlacementDeps, 'drafts'>, EditOrderDeps, AfterSalesDeps, PersonalDataDeps {
  readonly orders: OrderStore;
  /** Must watch `orders`. */
  readonly following: Pick<FollowOrders, 'whileIn'>;
  readonly exports: ExportStore;
  readonly refills: RefillPort;
  readonly draftStore: DraftStore;
  /** How long an order of a draft waits for its payment. */
  readonly draftPaymentWindowMs: number;
  readonly lookup: GuestLookup;
  readonly accounts: Accounts;
  readonly claims: GuestClaims;
  readonly list: OrderList;
  readonly patienceMs: number;
}

/** Everything that the order service can do. */
export function createApp(deps: AppDeps) {
  const drafts = { store: deps.draftStore, quotes: deps.quotes, paymentWindowMs: deps.draftPaymentWindowMs };
  const leases = keepLeases(deps.placements);
  const run = leases.kept(runPlacement({ ...deps, drafts }));
  return {
    placeOrder: placeOrder({ ...deps, run }),
    cancelOrder: cancelOrder(deps),
    extendPaymentWindow: extendPaymentWindow(deps),
    cancelLines: cancelLines({ ...deps, cancelOrder: cancelOrder(deps) }),
    editOrder: editOrder(deps),
    cancelEdit: cancelEdit(deps),
    editsOfOrders: deps.edits.ofOrders,
    createDraft: createDraft(deps),
    updateDraft: updateDraft(deps),
    deleteDraft: deleteDraft(deps),
    completeDraft: completeDraft({ ...deps, run }),
    findDrafts: deps.draftStore.byIds,
    listDrafts: listDrafts(deps),
    priceDraft: priceDraft(deps),
    reorder: reorder(deps),
    claimGuestOrders: claimGuestOrders(deps),
    createExport: createExport(deps),
    openExport: openExport(deps),
    sweepExports: deps.exports.sweep,
    addNote: addNote(deps),
    ...createAfterSales(deps),
    findOrders: findOrders(deps),
    followOrder: deps.following.whileIn,
    findGuestOrder: findGuestOrder(deps),
    listOrders: listOrders(deps),
    ordersOfCustomers: deps.orders.ofCustomers,
    returnWindowMs: deps.returnWindowMs,
    /** Consumers. */
    applyCapture: applyCapture(deps),
    applyVoid: applyVoid(deps),
    recordPaymentEvent: recordPaymentEvent(deps),
    requestErasure: requestErasure(deps),
    exportPersonalData: exportPersonalData(deps),
    /** Sweepers. */
    eraseCustomers: eraseCustomers(deps),
    resumePlacements: resumePlacements({ ...deps, run }),
    renewPlacements: leases.renew,
    expireOrders: expireOrders(deps),
    resumeEdits: resumeEdits(deps),
    lapseEdits: lapseEdits(deps),
    sweepLookups: deps.lookup.sweep,
  };
}

export type App = ReturnType<typeof createApp>;
