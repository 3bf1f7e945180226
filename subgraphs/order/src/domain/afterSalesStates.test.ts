import { pendingOrder } from '../testing/samples.js';
import { carrierCode, trackingUrl } from './carriers.js';
import { SHIPMENT_TRANSITIONS, shipmentMay } from './fulfillmentStates.js';
import { fulfillmentStatusOf, withLines } from './fulfillmentStatus.js';
import { type OrderLine, orderLine } from './order.js';
import { RETURN_TRANSITIONS, returnMay } from './returnStates.js';

const SHIPMENTS = ['SHIPPED', 'IN_TRANSIT', 'DELIVERED', 'RETURNED_TO_SENDER', 'CANCELLED'] as const;
const RETURNS = ['REQUESTED', 'APPROVED', 'DECLINED', 'RECEIVED', 'CLOSED', 'CANCELLED'] as const;

test.each([
  ['MOVE', 'carrier', ['SHIPPED']],
  ['MOVE', 'staff', []],
  ['DELIVER', 'carrier', ['SHIPPED', 'IN_TRANSIT']],
  ['DELIVER', 'staff', ['SHIPPED', 'IN_TRANSIT']],
  ['SEND_BACK', 'carrier', ['SHIPPED', 'IN_TRANSIT']],
  ['TRACK', 'staff', ['SHIPPED', 'IN_TRANSIT']],
  ['TRACK', 'carrier', []],
  ['CANCEL', 'staff', ['SHIPPED', 'RETURNED_TO_SENDER']],
  ['CANCEL', 'carrier', []],
] as const)('of a parcel, %s by the %s is legal from %j only', (transition, by, from) => {
  expect(SHIPMENTS.filter((status) => shipmentMay(transition, status, by))).toEqual(from);
});

test.each([
  ['APPROVE', 'staff', ['REQUESTED']],
  ['APPROVE', 'customer', []],
  ['DECLINE', 'staff', ['REQUESTED']],
  ['CANCEL', 'customer', ['REQUESTED', 'APPROVED']],
  ['CANCEL', 'staff', ['REQUESTED', 'APPROVED']],
  ['RECEIVE', 'staff', ['APPROVED']],
  ['RECEIVE', 'customer', []],
  ['CLOSE', 'system', ['RECEIVED']],
  ['CLOSE', 'staff', ['RECEIVED']],
  ['CLOSE', 'customer', []],
] as const)('of a return, %s by the %s is legal from %j only', (transition, by, from) => {
  expect(RETURNS.filter((status) => returnMay(transition, status, by))).toEqual(from);
});

test('no step leads to where it starts from, so that done twice it is done once', () => {
  for (const { from, to } of [...Object.values(SHIPMENT_TRANSITIONS), ...Object.values(RETURN_TRANSITIONS)]) {
    if (to !== null) expect(from).not.toContain(to);
  }
});

const line = (quantity: number, fulfilled: number, delivered: number, returned: number): OrderLine => ({
  ...orderLine({
    id: 'oln_1',
    variantId: 'var_1',
    productName: 'Lamp',
    variantName: null,
    sku: 'LAMP',
    imageUrl: null,
    quantity,
    unitPriceCents: 1,
    discountCents: 0,
    taxCents: 0,
    taxBasisPoints: null,
    totalCents: quantity,
  }),
  quantityFulfilled: fulfilled,
  quantityDelivered: delivered,
  quantityReturned: returned,
});

test.each([
  ['UNFULFILLED', [line(2, 0, 0, 0)]],
  ['UNFULFILLED', [line(0, 0, 0, 0)]],
  ['PARTIALLY_FULFILLED', [line(2, 1, 1, 0)]],
  ['PARTIALLY_FULFILLED', [line(2, 2, 2, 0), line(1, 0, 0, 0)]],
  ['FULFILLED', [line(2, 2, 1, 0)]],
  ['DELIVERED', [line(2, 2, 2, 1), line(0, 0, 0, 0)]],
  ['RETURNED', [line(2, 2, 2, 2)]],
  ['RETURNED', [line(2, 2, 0, 2)]],
] as const)('the counters of the lines amount to %s', (status, lines) => {
  expect(fulfillmentStatusOf(lines)).toBe(status);
});

test('an order is delivered since its last parcel, keeps that when it comes back, and loses it when something is added', () => {
  const [first, later] = [new Date('2026-11-22T10:00:00Z'), new Date('2026-11-23T10:00:00Z')];
  const delivered = withLines(pendingOrder(), [line(1, 1, 1, 0)], first);
  expect(delivered.deliveredAt).toEqual(first);
  expect(withLines(delivered, [line(1, 1, 1, 0)], later).deliveredAt).toEqual(first);
  expect(withLines(delivered, [line(1, 1, 1, 1)], later)).toMatchObject({
    fulfillmentStatus: 'RETURNED',
    deliveredAt: first,
  });
  expect(withLines(delivered, [line(1, 1, 1, 1), line(1, 0, 0, 0)], later).deliveredAt).toBeNull();
});

test('a carrier is known however its name is typed, and its links carry the number encoded', () => {
  expect(['DHL', 'dhl paket', ' Royal Mail ', 'RoyalMail', 'Fed-Ex', 'Kurier Müller & Söhne'].map(carrierCode)).toEqual(
    ['dhl', 'dhl', 'royal-mail', 'royal-mail', 'fedex', 'kurier-muller-sohne'],
  );
  expect(trackingUrl('UPS', '1Z 9&x="')).toBe('https://www.ups.com/track?tracknum=1Z%209%26x%3D%22');
  expect(trackingUrl('Kurier Müller', '1')).toBeNull();
  expect(trackingUrl('UPS', null)).toBeNull();
  expect(trackingUrl(null, '1')).toBeNull();
});
