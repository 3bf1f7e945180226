import type {
  AccountForMail,
  Channel,
  Mail,
  OrderForMail,
  Shop,
  TemplateName,
  TemplateParams,
} from '../notification.js';
import {
  accountDeactivated,
  accountEmailChanged,
  accountEmailChangeRequested,
  accountEmailTaken,
} from './accountEmailChange.js';
import { accountConfirmationRequested, accountPasswordChanged, accountPasswordResetRequested } from './accountLinks.js';
import { accountRegistered } from './accountRegistered.js';
import { accountSecondFactorDisabled, accountSecondFactorEnabled } from './accountSecondFactor.js';
import { fulfillmentDelivered, fulfillmentDeliveredSms } from './fulfillmentDelivered.js';
import { fulfillmentShipped, fulfillmentShippedSms } from './fulfillmentShipped.js';
import { orderCancelled } from './orderCancelled.js';
import { orderConfirmed, orderConfirmedSms } from './orderConfirmed.js';
import { orderEdited } from './orderEdited.js';
import { orderEditProposed } from './orderEditProposed.js';
import { orderExpired } from './orderExpired.js';
import { orderPlaced } from './orderPlaced.js';
import { paymentRefunded } from './paymentRefunded.js';
import { returnApproved, returnApprovedSms } from './returnApproved.js';
import { returnDeclined, returnDeclinedSms } from './returnDeclined.js';
import { returnReceived, returnReceivedSms } from './returnReceived.js';
import { returnRequested, returnRequestedSms } from './returnRequested.js';

export type AccountTemplate = Extract<TemplateName, `account.${string}`>;
export type OrderTemplate = Exclude<TemplateName, AccountTemplate>;

export type AccountLink = 'CONFIRM_EMAIL' | 'RESET_PASSWORD' | 'CHANGE_EMAIL' | 'UNDO_EMAIL_CHANGE';

/** The link that a mail about an account is about; null for one that only tells. */
export const linkOf: Readonly<Record<AccountTemplate, AccountLink | null>> = {
  'account.registered': 'CONFIRM_EMAIL',
  'account.confirmation_requested': 'CONFIRM_EMAIL',
  'account.password_reset_requested': 'RESET_PASSWORD',
  'account.password_changed': null,
  'account.email_change_requested': 'CHANGE_EMAIL',
  'account.email_changed': 'UNDO_EMAIL_CHANGE',
  'account.deactivated': null,
  'account.second_factor_enabled': null,
  'account.second_factor_disabled': null,
};

/** What also those are told whose account is disabled. */
export const TOLD_WHEN_DISABLED: ReadonlySet<TemplateName> = new Set(['account.deactivated', 'account.email_changed']);

export const isAccountTemplate = (template: TemplateName): template is AccountTemplate => template in linkOf;

/** The channels that each template is written for. */
export const channelsOf: Readonly<Record<TemplateName, readonly Channel[]>> = {
  'account.registered': ['EMAIL'],
  'account.confirmation_requested': ['EMAIL'],
  'account.password_reset_requested': ['EMAIL'],
  'account.password_changed': ['EMAIL'],
  'account.email_change_requested': ['EMAIL'],
  'account.email_changed': ['EMAIL'],
  'account.deactivated': ['EMAIL'],
  'account.second_factor_enabled': ['EMAIL'],
  'account.second_factor_disabled': ['EMAIL'],
  'order.placed': ['EMAIL'],
  'order.confirmed': ['EMAIL', 'SMS'],
  'order.expired': ['EMAIL'],
  'order.cancelled': ['EMAIL'],
  'order.edited': ['EMAIL'],
  'order.edit_proposed': ['EMAIL'],
  'fulfillment.shipped': ['EMAIL', 'SMS'],
  'fulfillment.delivered': ['EMAIL', 'SMS'],
  'return.requested': ['EMAIL', 'SMS'],
  'return.approved': ['EMAIL', 'SMS'],
  'return.declined': ['EMAIL', 'SMS'],
  'return.received': ['EMAIL', 'SMS'],
  'payment.refunded': ['EMAIL'],
};

/** The mail that a template makes of an account; undefined when its link is not needed any more. */
export function accountMail(template: AccountTemplate, shop: Shop, account: AccountForMail): Mail | undefined {
  const { token } = account;
  switch (template) {
    case 'account.registered':
      return accountRegistered(shop, account);
    case 'account.password_changed':
      return accountPasswordChanged(shop, account);
    case 'account.email_change_requested':
      if (account.addressTaken) return accountEmailTaken(shop);
      return token === null ? undefined : accountEmailChangeRequested(shop, token);
    case 'account.email_changed':
      return token === null ? undefined : accountEmailChanged(shop, account, token);
    case 'account.deactivated':
      return accountDeactivated(shop, account);
    case 'account.second_factor_enabled':
      return accountSecondFactorEnabled(shop, account);
    case 'account.second_factor_disabled':
      return accountSecondFactorDisabled(shop, account);
    case 'account.confirmation_requested':
      return token === null ? undefined : accountConfirmationRequested(shop, account, token);
    case 'account.password_reset_requested':
      return token === null ? undefined : accountPasswordResetRequested(shop, account, token);
  }
}

/** The mail that a template makes of an order. */
export function orderMail(template: OrderTemplate, shop: Shop, order: OrderForMail, params: TemplateParams): Mail {
  switch (template) {
    case 'order.placed':
      return orderPlaced(shop, order);
    case 'order.confirmed':
      return orderConfirmed(shop, order);
    case 'order.expired':
      return orderExpired(shop, order);
    case 'order.cancelled':
      return orderCancelled(shop, order);
    case 'order.edited':
      return orderEdited(shop, order, required(template, params.totals));
    case 'order.edit_proposed':
      return orderEditProposed(shop, order, required(template, params.due));
    case 'fulfillment.shipped':
      return fulfillmentShipped(shop, order, required(template, order.fulfillment));
    case 'fulfillment.delivered':
      return fulfillmentDelivered(shop, order, required(template, order.fulfillment));
    case 'return.requested':
      return returnRequested(shop, order, required(template, order.return));
    case 'return.approved':
      return returnApproved(shop, order, required(template, order.return));
    case 'return.declined':
      return returnDeclined(shop, order, required(template, order.return));
    case 'return.received':
      return returnReceived(shop, order, required(template, order.return));
    case 'payment.refunded':
      return paymentRefunded(shop, order, required(template, params.refund));
  }
}

/** The text message that a template makes of an order, or undefined when it has none. */
export function orderSms(template: OrderTemplate, shop: Shop, order: OrderForMail): string | undefined {
  switch (template) {
    case 'order.confirmed':
      return orderConfirmedSms(shop, order);
    case 'fulfillment.shipped':
      return fulfillmentShippedSms(shop, order, required(template, order.fulfillment));
    case 'fulfillment.delivered':
      return fulfillmentDeliveredSms(shop, order);
    case 'return.requested':
      return returnRequestedSms(shop, order, required(template, order.return));
    case 'return.approved':
      return returnApprovedSms(shop, order, required(template, order.return));
    case 'return.declined':
      return returnDeclinedSms(shop, order, required(template, order.return));
    case 'return.received':
      return returnReceivedSms(shop, order, required(template, order.return));
    default:
      return undefined;
  }
}

function required<Param>(template: OrderTemplate, param: Param | null | undefined): Param {
  if (param === undefined || param === null) throw new Error(`${template} was recorded without what it tells`);
  return param;
}
