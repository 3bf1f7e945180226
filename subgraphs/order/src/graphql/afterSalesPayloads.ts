import type { WholeResult } from '../app/changeWhole.js';
import type { ReturnResult } from '../app/requestReturn.js';
import type { ParcelResult } from '../app/shipParcel.js';
import { userErrorsOf } from './userErrors.js';

/** Results of use cases as the payloads of their mutations: the order as it is now, and the parcel or return that it was about. */
export function fulfillmentPayload(id: string | null, result: WholeResult) {
  if (!result.ok) return { fulfillment: null, order: null, userErrors: userErrorsOf(result.errors) };
  const { order } = result;
  const parcel = order.fulfillments.find((one) => one.id === id);
  return { fulfillment: parcel === undefined ? null : { ...parcel, order }, order, userErrors: [] };
}

export const shippedPayload = ({ fulfillmentId, result }: ParcelResult) => fulfillmentPayload(fulfillmentId, result);

export function returnPayload(id: string | null, result: WholeResult) {
  if (!result.ok) return { return: null, order: null, userErrors: userErrorsOf(result.errors) };
  const { order } = result;
  const back = order.returns.find((one) => one.id === id);
  return { return: back === undefined ? null : { ...back, order }, order, userErrors: [] };
}

export const requestedPayload = ({ returnId, result }: ReturnResult) => returnPayload(returnId, result);
