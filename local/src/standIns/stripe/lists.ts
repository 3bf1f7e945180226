import { find, type StripeAnswer, type StripeCall, show } from './call.js';
import { invalidRequest, noSuch } from './failure.js';
import { allowOnly, integer, object, strings, text } from './params.js';
import type { EventRecord, StripeObjectKind, StripeObjects } from './records.js';
import { render } from './render.js';
import { renderEvent } from './renderEvent.js';
import { testMethod } from './testMethods.js';

/** What every listed record has. */
interface Listed {
  readonly id: string;
  readonly created: number;
}

/** GET /v1/<things>: newest first, with cursors and filters. `filters` maps a parameter to the value it is held against. */
export const list =
  <K extends StripeObjectKind>(
    kind: K,
    filters: Readonly<Record<string, (record: StripeObjects[K]) => string | null>> = {},
  ) =>
  (call: StripeCall): StripeAnswer => {
    const { page, hasMore } = paginate(call, call.store.list(kind), filters);
    return listAnswer(
      call,
      page.map((record) => render({ kind, record } as Parameters<typeof render>[0])),
      hasMore,
    );
  };

/** GET /v1/customers/:id/payment_methods */
export function listMethodsOfCustomer(call: StripeCall): StripeAnswer {
  find(call, 'customer', call.id, 'customer');
  return listMethods({ ...call, params: { ...call.params, customer: call.id } });
}

/** GET /v1/payment_methods */
export const listMethods = list('payment_method', {
  customer: (method) => method.customer,
  type: (method) => testMethod(method.testMethod).type,
});

/** GET /v1/events */
export function listEvents(call: StripeCall): StripeAnswer {
  const types = strings(call.params, 'types');
  const { types: _, ...params } = call.params;
  const events = call.store.list('event').filter((event) => types === undefined || types.includes(event.type));
  const { page, hasMore } = paginate({ ...call, params }, events, {
    type: (event: EventRecord) => event.type,
  });
  return listAnswer(
    call,
    page.map((event) => renderEvent(event, call.store.get('delivered', event.id) === undefined)),
    hasMore,
  );
}

function listAnswer(call: StripeCall, data: Record<string, unknown>[], hasMore: boolean): StripeAnswer {
  return show({ object: 'list', data, has_more: hasMore, url: call.path });
}

function paginate<R extends Listed>(
  call: StripeCall,
  records: R[],
  filters: Readonly<Record<string, (record: R) => string | null>>,
): { page: R[]; hasMore: boolean } {
  const { params } = call;
  allowOnly(params, ['limit', 'starting_after', 'ending_before', 'created', ...Object.keys(filters)]);
  const limit = integer(params, 'limit') ?? 10;
  if (limit < 1 || limit > 100) {
    throw invalidRequest(
      limit < 1 ? 'This value must be greater than or equal to 1.' : 'This value must be less than or equal to 100.',
      { code: 'parameter_invalid_integer', param: 'limit' },
    );
  }
  const within = createdWithin(call);
  const matching = records.filter(
    (record) =>
      within(record.created) &&
      Object.entries(filters).every(([name, value]) => {
        const wanted = text(params, name);
        return wanted === undefined || wanted === null || value(record) === wanted;
      }),
  );
  const after = text(params, 'starting_after');
  const before = text(params, 'ending_before');
  if (typeof after === 'string' && typeof before === 'string') {
    throw invalidRequest('You may only specify one of these parameters: ending_before, starting_after.');
  }
  if (typeof before === 'string') {
    const end = positionOf(matching, before, 'ending_before');
    return { page: matching.slice(Math.max(0, end - limit), end), hasMore: end > limit };
  }
  const start = typeof after === 'string' ? positionOf(matching, after, 'starting_after') + 1 : 0;
  return { page: matching.slice(start, start + limit), hasMore: matching.length > start + limit };
}

function positionOf(records: readonly Listed[], id: string, param: string): number {
  const position = records.findIndex((record) => record.id === id);
  if (position < 0) throw noSuch('object', id, param, 400);
  return position;
}

/** `created=<time>` or `created[gte]=…&created[lt]=…`, Unix seconds. */
function createdWithin(call: StripeCall): (created: number) => boolean {
  if (typeof call.params.created === 'string') {
    const exactly = integer(call.params, 'created');
    return (created) => created === exactly;
  }
  const range = object(call.params, 'created');
  if (range === undefined) return () => true;
  const [gt, gte, lt, lte] = ['gt', 'gte', 'lt', 'lte'].map((name) => integer(range, name));
  return (created) =>
    (gt === undefined || created > gt) &&
    (gte === undefined || created >= gte) &&
    (lt === undefined || created < lt) &&
    (lte === undefined || created <= lte);
}
