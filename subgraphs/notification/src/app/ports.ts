import type { Outcome, SendResult } from '../domain/attempt.js';
import type {
  AccountForMail,
  Channel,
  Mail,
  OrderForMail,
  TemplateName,
  TemplateParams,
} from '../domain/notification.js';
import type { AccountLink } from '../domain/templates/index.js';

/** A delivery that this process may attempt now. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly eventId: string;
  readonly template: TemplateName;
  readonly channel: Channel;
  readonly orderId: string | null;
  readonly userId: string | null;
  readonly params: TemplateParams;
  /** Which attempt this is, from 1; also the claim's fence. */
  readonly attempt: number;
  /** True when an earlier attempt ended without telling how, so that this one may be a second sending. */
  readonly mayBeDuplicate: boolean;
  readonly traceparent: string;
  readonly correlationId: string;
}

export interface NewDeliveries {
  readonly event: { readonly id: string; readonly traceparent: string; readonly correlationId: string };
  readonly template: TemplateName;
  readonly orderId: string | null;
  readonly userId: string | null;
  readonly params: TemplateParams;
  readonly deliveries: readonly { readonly id: string; readonly channel: Channel }[];
}

/** A notification as staff see it. */
export interface NotificationView {
  readonly id: string;
  readonly orderId: string | null;
  readonly template: string;
  readonly channel: Channel;
  readonly state: 'QUEUED' | 'SENT' | 'FAILED' | 'SUPPRESSED';
  readonly recipient: string | null;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
}

export interface DeliveryStore {
  /** Writes the inbox rows and the deliveries of events, claimed for their first attempt, in one statement; none for an event that was applied before. */
  record(deliveries: readonly NewDeliveries[], leaseMs: number): Promise<readonly ClaimedDelivery[]>;
  /** Claims deliveries that are due, in one statement; what is not finished within the lease becomes due again. */
  claimDue(limit: number, leaseMs: number): Promise<ClaimedDelivery[]>;
  /** Makes the claims that still hold last so long from now, in one statement. */
  renew(deliveries: readonly ClaimedDelivery[], leaseMs: number): Promise<void>;
  /** Writes outcomes in one statement; an outcome whose claim was lost meanwhile is dropped. */
  finish(outcomes: readonly { delivery: ClaimedDelivery; outcome: Outcome }[]): Promise<void>;
  /** Queues a delivery anew, and wakes the worker. */
  requeue(id: string): Promise<'queued' | 'not-found' | 'still-queued'>;
  /** The notifications of orders, oldest first, in one statement. */
  ofOrders(orderIds: readonly string[]): Promise<NotificationView[]>;
}

/**
 * Asks the order service, with the parcel or the return that the message is about; undefined for an order that does not exist.
 * Rejects when the service cannot be reached.
 */
export type OrderReader = (
  orderId: string,
  about: Pick<TemplateParams, 'fulfillmentId' | 'returnId'>,
) => Promise<OrderForMail | undefined>;
/** Asks the user service, which makes a new token for the link that is named; links about a change of the address need its id. */
export type AccountReader = (
  userId: string,
  link: AccountLink | null,
  emailChangeId: string | undefined,
) => Promise<AccountForMail | undefined>;

/** What providers get to find a message again. */
export interface MessageTags {
  readonly deliveryId: string;
  readonly eventId: string;
  readonly attempt: number;
  readonly template: string;
}
/** Sends a mail. Never rejects for what the provider does. */
export type EmailSender = (to: string, mail: Mail, tags: MessageTags) => Promise<SendResult>;
/** Sends a text message. Never rejects for what the provider does. */
export type SmsSender = (to: string, text: string, tags: MessageTags) => Promise<SendResult>;
