import type { Invariant } from '../invariant.js';
import { cartsMatchOrders } from './cartsMatchOrders.js';
import { confirmedOrdersHaveStock } from './confirmedOrdersHaveStock.js';
import { couponsWithinLimits } from './couponsWithinLimits.js';
import { couponUsesHaveOrders } from './couponUsesHaveOrders.js';
import { documentsAddUp } from './documentsAddUp.js';
import { documentsHaveNoGaps } from './documentsHaveNoGaps.js';
import { eventsAppliedByEachConsumer } from './eventsAppliedByEachConsumer.js';
import { eventsAreSettled } from './eventsAreSettled.js';
import { eventsFollowVersions } from './eventsFollowVersions.js';
import { fulfillmentFollowsLines } from './fulfillmentFollowsLines.js';
import { ledgerBalances } from './ledgerBalances.js';
import { ledgerMatchesPayments } from './ledgerMatchesPayments.js';
import { legalTransitionsOnly } from './legalTransitionsOnly.js';
import { messagesAreSent } from './messagesAreSent.js';
import { moneyHasDocuments } from './moneyHasDocuments.js';
import { noMoneyKeptForNothing } from './noMoneyKeptForNothing.js';
import { noOrphanReservations } from './noOrphanReservations.js';
import { noOverdueOrders } from './noOverdueOrders.js';
import { noParkedDeliveries } from './noParkedDeliveries.js';
import { noStuckSagas } from './noStuckSagas.js';
import { oneLiveIntentPerPurpose } from './oneLiveIntentPerPurpose.js';
import { oneMailPerEvent } from './oneMailPerEvent.js';
import { oneOrderPerKey } from './oneOrderPerKey.js';
import { onHandIsSumOfMovements } from './onHandIsSumOfMovements.js';
import { openEditsHoldStock } from './openEditsHoldStock.js';
import { openMoneyIsFollowed } from './openMoneyIsFollowed.js';
import { ordersPaidInFull } from './ordersPaidInFull.js';
import { parcelsMatchLines } from './parcelsMatchLines.js';
import { paymentsHaveOrders } from './paymentsHaveOrders.js';
import { paymentsMatchProvider } from './paymentsMatchProvider.js';
import { refundsWithinCaptured } from './refundsWithinCaptured.js';
import { reservedIsSumOfReservations } from './reservedIsSumOfReservations.js';
import { returnsArePaid } from './returnsArePaid.js';
import { returnsWithinTotal } from './returnsWithinTotal.js';
import { salesMatchReservations } from './salesMatchReservations.js';
import { stockIsNeverOversold } from './stockIsNeverOversold.js';
import { totalsAddUp } from './totalsAddUp.js';
import { webhooksAreProcessed } from './webhooksAreProcessed.js';

/** Everything that is always true of a shop. */
export const invariants: readonly Invariant[] = [
  // Money
  ledgerBalances,
  ledgerMatchesPayments,
  refundsWithinCaptured,
  ordersPaidInFull,
  noMoneyKeptForNothing,
  paymentsHaveOrders,
  paymentsMatchProvider,
  oneLiveIntentPerPurpose,
  openMoneyIsFollowed,
  webhooksAreProcessed,
  documentsHaveNoGaps,
  documentsAddUp,
  moneyHasDocuments,
  // Stock
  reservedIsSumOfReservations,
  onHandIsSumOfMovements,
  stockIsNeverOversold,
  salesMatchReservations,
  confirmedOrdersHaveStock,
  noOrphanReservations,
  // Orders
  oneOrderPerKey,
  noStuckSagas,
  noOverdueOrders,
  totalsAddUp,
  parcelsMatchLines,
  fulfillmentFollowsLines,
  returnsWithinTotal,
  returnsArePaid,
  openEditsHoldStock,
  legalTransitionsOnly,
  eventsFollowVersions,
  cartsMatchOrders,
  couponsWithinLimits,
  couponUsesHaveOrders,
  // Events and messages
  eventsAreSettled,
  eventsAppliedByEachConsumer,
  noParkedDeliveries,
  messagesAreSent,
  oneMailPerEvent,
];
