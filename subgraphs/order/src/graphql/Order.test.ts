import type { Viewer } from '@souk/runtime';
import type { OrderView } from '../domain/order.js';
import { Order } from './Order.js';

const user = (userId: string, scopes: readonly string[] = []): Viewer => ({
  kind: 'user',
  userId,
  sessionId: 'ses_1',
  roles: [],
  scopes,
});
const order = {
  customerId: 'usr_owner',
  status: 'CONFIRMED',
  fulfillmentStatus: 'UNFULFILLED',
  openEdit: null,
} as OrderView;
const actionsFor = (viewer: Viewer) =>
  (Order.allowedActions as unknown as (...args: unknown[]) => string[])(
    order,
    {},
    { viewer, app: { returnWindowMs: 30 * 86_400_000 } },
  );

test('each viewer is offered the steps that he may take: who may only read is offered none', () => {
  expect(actionsFor(user('usr_owner'))).toEqual(['CANCEL', 'CANCEL_LINES']);
  expect(actionsFor(user('usr_staff', ['orders:read', 'orders:write']))).toEqual(
    expect.arrayContaining(['EDIT', 'FULFILL']),
  );
  expect(actionsFor(user('usr_reader', ['orders:read']))).toEqual([]);
});
