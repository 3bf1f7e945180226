import { ClientError, MAX_PAGE_SIZE, type Viewer } from '@souk/runtime';
import type { Dispute } from '../domain/decideDispute.js';
import type { PaymentView } from '../domain/payment.js';
import type { PaymentList, PaymentStore } from './ports.js';
import { viewerMaySee } from './viewerMaySee.js';

/** The payments of these ids that the viewer may see; one statement. */
export const findPayments =
  (deps: { payments: Pick<PaymentStore, 'byIds'> }) =>
  async (viewer: Viewer, ids: readonly string[], history: boolean): Promise<(PaymentView | undefined)[]> => {
    const payments = await deps.payments.byIds(ids, history);
    return payments.map((payment) => (payment !== undefined && viewerMaySee(viewer, payment) ? payment : undefined));
  };

/** The payments of each order; null for an order whose payments the viewer may not see. One statement. */
export const findOrderPayments =
  (deps: { payments: Pick<PaymentStore, 'byOrderIds'> }) =>
  async (viewer: Viewer, orderIds: readonly string[], history: boolean): Promise<(PaymentView[] | null)[]> => {
    const payments = await deps.payments.byOrderIds(orderIds, history);
    return orderIds.map((orderId) => {
      const own = payments.filter((payment) => payment.orderId === orderId);
      return own.every((payment) => viewerMaySee(viewer, payment)) ? own : null;
    });
  };

/** The disputes of each payment, for staff. One statement. */
export const findDisputes =
  (deps: { payments: Pick<PaymentStore, 'disputesOf'> }) =>
  async (paymentIds: readonly string[]): Promise<Dispute[][]> => {
    const disputes = await deps.payments.disputesOf(paymentIds);
    return paymentIds.map((paymentId) => disputes.filter((dispute) => dispute.paymentId === paymentId));
  };

export interface PaymentPage {
  readonly payments: readonly PaymentView[];
  readonly hasNextPage: boolean;
  /** Undefined unless it was asked for. */
  readonly totalCount: number | undefined;
}

/** A page of all payments for the staff, newest first. */
export const listPayments =
  (deps: { list: PaymentList; payments: Pick<PaymentStore, 'byIds'> }) =>
  async (request: Parameters<PaymentList['page']>[0] & { history: boolean }): Promise<PaymentPage> => {
    const page = await deps.list.page({ ...request, first: pageSize(request.first) });
    const payments = page.ids.length === 0 ? [] : await deps.payments.byIds(page.ids, request.history);
    return {
      payments: payments.filter((payment) => payment !== undefined),
      hasNextPage: page.hasNextPage,
      totalCount: page.totalCount,
    };
  };

/** `first` within 1 to MAX_PAGE_SIZE; throws BAD_USER_INPUT below. */
export function pageSize(first: number): number {
  if (first < 1) throw new ClientError('BAD_USER_INPUT', '`first` must be at least 1.');
  return Math.min(first, MAX_PAGE_SIZE);
}
