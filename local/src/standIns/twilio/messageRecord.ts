/** An accepted text message. */
export interface MessageRecord {
  /** Twilio's sid, `SM…`. */
  readonly id: string;
  readonly at: string;
  readonly to: string;
  readonly from: string | null;
  readonly messagingServiceSid: string | null;
  readonly body: string;
  readonly mediaUrls: readonly string[];
  /** The idempotency token of the request, if the caller sent one. */
  readonly idempotencyToken: string | null;
}
