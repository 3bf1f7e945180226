import type { Invariant } from '../invariant.js';
import { mergeByKey } from '../merge.js';
import { readMailbox } from '../providers/mailbox.js';

interface Sent {
  /** The delivery's id. */
  readonly key: string;
  readonly event_id: string;
  readonly template: string;
  readonly attempts: number;
  readonly sent_at: Date;
}

/**
 * A customer who is told twice calls; one who is not told does too. A worker that dies between the mail provider's answer and its own note
 * sends once more (SendGrid has no idempotency keys): such a mail carries the number of its attempt, and is noted, not a violation.
 */
export const oneMailPerEvent: Invariant = {
  name: 'one-mail-per-event',
  why: 'for each mail that counts as sent, the mail provider has taken exactly one',
  async *check(snapshot, seen) {
    const mailbox = await readMailbox(snapshot);
    if (mailbox === undefined) return;
    const sent = snapshot.stream<Sent>(
      'notification',
      `SELECT id AS key, event_id, template, attempts, sent_at FROM delivery WHERE channel = 'EMAIL' AND state = 'SENT'
       ORDER BY id COLLATE "C"`,
    );
    let extras = 0;
    for await (const { key, deliveries, mails } of mergeByKey({ deliveries: sent, mails: mailbox.mails })) {
      const [delivery] = deliveries;
      if (delivery === undefined) continue;
      if (mailbox.since !== undefined && delivery.sent_at < mailbox.since) continue;
      seen(1);
      const attempts = new Set(mails.map(({ attempt }) => attempt));
      if (mails.length === 1) continue;
      const traced = mails.length > 1 && attempts.size === mails.length && delivery.attempts >= mails.length;
      if (traced) extras += mails.length - 1;
      else
        yield { key, detail: `${delivery.template} of ${delivery.event_id} is in the mailbox ${mails.length} times` };
    }
    if (extras > 0) snapshot.note(`${extras} mails were sent once more after a worker died before it could note them`);
  },
};
