import type { ServiceName } from '@souk/runtime';
import type { EventDefinition } from './defineEvent.js';
import { accountConfirmationRequested } from './definitions/accountConfirmationRequested.js';
import { accountDeactivated } from './definitions/accountDeactivated.js';
import { accountEmailChanged } from './definitions/accountEmailChanged.js';
import { accountEmailChangeRequested } from './definitions/accountEmailChangeRequested.js';
import { accountErased } from './definitions/accountErased.js';
import { accountErasureRequested } from './definitions/accountErasureRequested.js';
import { accountExportRequested } from './definitions/accountExportRequested.js';
import { accountPasswordChanged } from './definitions/accountPasswordChanged.js';
import { accountPasswordResetRequested } from './definitions/accountPasswordResetRequested.js';
import { accountRegistered } from './definitions/accountRegistered.js';
import { accountSecondFactorDisabled } from './definitions/accountSecondFactorDisabled.js';
import { accountSecondFactorEnabled } from './definitions/accountSecondFactorEnabled.js';
import { auditRecorded } from './definitions/auditRecorded.js';
import { fulfillmentDelivered } from './definitions/fulfillmentDelivered.js';
import { fulfillmentShipped } from './definitions/fulfillmentShipped.js';
import { orderCancelled } from './definitions/orderCancelled.js';
import { orderClaimed } from './definitions/orderClaimed.js';
import { orderConfirmed } from './definitions/orderConfirmed.js';
import { orderEdited } from './definitions/orderEdited.js';
import { orderEditLapsed } from './definitions/orderEditLapsed.js';
import { orderEditProposed } from './definitions/orderEditProposed.js';
import { orderErased } from './definitions/orderErased.js';
import { orderExpired } from './definitions/orderExpired.js';
import { orderPlaced } from './definitions/orderPlaced.js';
import { orderRefundRequired } from './definitions/orderRefundRequired.js';
import { paymentAuthorized } from './definitions/paymentAuthorized.js';
import { paymentCaptured } from './definitions/paymentCaptured.js';
import { paymentDisputed } from './definitions/paymentDisputed.js';
import { paymentFailed } from './definitions/paymentFailed.js';
import { paymentRefunded } from './definitions/paymentRefunded.js';
import { paymentVoided } from './definitions/paymentVoided.js';
import { productChanged } from './definitions/productChanged.js';
import { returnApproved } from './definitions/returnApproved.js';
import { returnDeclined } from './definitions/returnDeclined.js';
import { returnReceived } from './definitions/returnReceived.js';
import { returnRequested } from './definitions/returnRequested.js';

/**
 * Every event of Souk. Who publishes and who consumes, at a glance (a test holds this table to the definitions):
 *
 * | event                 | producer | consumers                                                        |
 * |-----------------------|----------|------------------------------------------------------------------|
 * | account.registered    | user     | notification                                                     |
 * | account.confirmation_requested | user | notification                                                |
 * | account.password_reset_requested | user | notification                                              |
 * | account.password_changed | user | notification                                                      |
 * | account.second_factor_enabled | user | notification                                                 |
 * | account.second_factor_disabled | user | notification                                                |
 * | account.email_change_requested | user | notification                                                |
 * | account.email_changed | user     | notification                                                     |
 * | account.deactivated   | user     | notification                                                     |
 * | account.export_requested | user | order, cart, payment, notification (hand over their parts)       |
 * | account.erasure_requested | user | order, cart, payment, notification (erase)                       |
 * | account.erased | order, cart, payment, notification | user (notes who has erased)              |
 * | audit.recorded        | order, payment, product, cart, notification | user (keeps the audit log)       |
 * | product.changed       | product  | none yet (drained from the document into the search projection)  |
 * | order.placed          | order    | notification                                                     |
 * | order.claimed         | order    | cart, payment (their owner)                                      |
 * | order.confirmed       | order    | notification, product (commits stock), payment (writes the invoice) |
 * | order.expired         | order    | product and cart (release), payment (cancels), notification      |
 * | order.cancelled       | order    | product and cart (release), payment (cancels or refunds), notification |
 * | order.edited          | order    | product (sells and takes back stock), payment (invoices), notification |
 * | order.edit_proposed   | order    | notification                                                     |
 * | order.edit_lapsed     | order    | product (releases), payment (cancels)                            |
 * | order.refund_required | order    | payment (gives back)                                             |
 * | order.erased          | order    | cart and notification (erase)                                    |
 * | fulfillment.shipped   | order    | notification                                                     |
 * | fulfillment.delivered | order    | notification                                                     |
 * | return.requested      | order    | notification                                                     |
 * | return.approved       | order    | notification                                                     |
 * | return.declined       | order    | notification                                                     |
 * | return.received       | order    | product (restocks, sells exchanges), notification                |
 * | payment.authorized    | payment  | order (confirms)                                                 |
 * | payment.captured      | payment  | order (confirms)                                                 |
 * | payment.failed        | payment  | order                                                            |
 * | payment.refunded      | payment  | order, notification                                              |
 * | payment.voided        | payment  | order (cancels)                                                  |
 * | payment.disputed      | payment  | order                                                            |
 */
export const events = {
  accountRegistered,
  accountConfirmationRequested,
  accountPasswordResetRequested,
  accountPasswordChanged,
  accountSecondFactorEnabled,
  accountSecondFactorDisabled,
  accountEmailChangeRequested,
  accountEmailChanged,
  accountDeactivated,
  accountExportRequested,
  accountErasureRequested,
  accountErased,
  auditRecorded,
  productChanged,
  orderPlaced,
  orderClaimed,
  orderConfirmed,
  orderExpired,
  orderCancelled,
  orderEdited,
  orderEditProposed,
  orderEditLapsed,
  orderRefundRequired,
  orderErased,
  fulfillmentShipped,
  fulfillmentDelivered,
  returnRequested,
  returnApproved,
  returnDeclined,
  returnReceived,
  paymentAuthorized,
  paymentCaptured,
  paymentFailed,
  paymentRefunded,
  paymentVoided,
  paymentDisputed,
} as const satisfies Record<string, EventDefinition>;

/** Union of all definitions, and their types by event type. */
export type AnyEvent = (typeof events)[keyof typeof events];
export type EventType = AnyEvent['type'];
export type EventOfType<Type extends EventType> = Extract<AnyEvent, { readonly type: Type }>;

const byType: ReadonlyMap<string, EventDefinition> = new Map(Object.values(events).map((event) => [event.type, event]));

/** The definition of a type, or undefined when this build does not know it. */
export const eventDefinition = (type: string): EventDefinition | undefined => byType.get(type);

/** The services that publish an event: one, or several for what each tells of itself. */
export const producersOf = ({ producer }: Pick<EventDefinition, 'producer'>): readonly ServiceName[] =>
  typeof producer === 'string' ? [producer] : producer;

/** The event types that a service consumes, i.e. what it must have a handler for. */
export const eventsConsumedBy = (service: ServiceName): readonly EventDefinition[] =>
  Object.values(events).filter((event) => (event.consumers as readonly ServiceName[]).includes(service));
