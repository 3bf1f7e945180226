import type { Delivery, ServiceLag } from '@souk/outbox';
import type { NotificationView } from '../app/ports.js';

/** What resolvers are given as parent, by GraphQL type. */
export type NotificationModel = NotificationView;
export type JobModel = Delivery;
export type OutboxLagModel = ServiceLag;
export interface OrderModel {
  readonly id: string;
}
