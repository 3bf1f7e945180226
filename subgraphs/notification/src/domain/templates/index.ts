import type { Channel, Mail, OrderForMail, Shop, TemplateName, TemplateParams } from '../notification.js';
import { orderCancelled } from './orderCancelled.js';
import { orderConfirmed, orderConfirmedSms } from './orderConfirmed.js';
import { orderEdited } from './orderEdited.js';
import { orderEditProposed } from './orderEditProposed.js';
import { orderExpired } from './orderExpired.js';
import { orderPlaced } from './orderPlaced.js';
import { paymentRefunded } from './paymentRefunded.js';

export { accountRegistered } from './accountRegistered.js';

export type OrderTemplate = Exclude<TemplateName, 'account.registered'>;

/** The channels that each template is written for. */
export const channelsOf: Readonly<Record<TemplateName, readonly Channel[]>> = {
  'account.registered': ['EMAIL'],
  'order.placed': ['EMAIL'],
  'order.confirmed': ['EMAIL', 'SMS'],
  'order.expired': ['EMAIL'],
  'order.cancelled': ['EMAIL'],
  'order.edited': ['EMAIL'],
  'order.edit_proposed': ['EMAIL'],
  'payment.refunded': ['EMAIL'],
};

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
    case 'payment.refunded':
      return paymentRefunded(shop, order, required(template, params.refund));
  }
}

/** The text message that a template makes of an order, or undefined when it has none. */
export const orderSms = (template: OrderTemplate, shop: Shop, order: OrderForMail): string | undefined =>
  template === 'order.confirmed' ? orderConfirmedSms(shop, order) : undefined;

function required<Param>(template: OrderTemplate, param: Param | undefined): Param {
  if (param === undefined) throw new Error(`${template} was recorded without what it tells`);
  return param;
}
