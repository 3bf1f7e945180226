import { type StripeAnswer, type StripeCall, show } from './call.js';
import { noSuch } from './failure.js';
import { allowOnly } from './params.js';
import { renderEvent } from './renderEvent.js';

/** GET /v1/events/:id */
export function retrieveEvent(call: StripeCall): StripeAnswer {
  allowOnly(call.params, []);
  const event = call.store.get('event', call.id);
  if (event === undefined) throw noSuch('event', call.id, 'id');
  return show(renderEvent(event, call.store.get('delivered', event.id) === undefined));
}
