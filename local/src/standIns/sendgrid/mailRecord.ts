/** An accepted mail, one per personalization (that is: one per message that SendGrid would send). */
export interface MailRecord {
  /** `<x-message-id>` or `<x-message-id>.<n>` for further personalizations. */
  readonly id: string;
  readonly messageId: string;
  readonly at: string;
  readonly from: Mailbox;
  readonly replyTo: Mailbox | null;
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  readonly bcc: readonly Mailbox[];
  readonly subject: string;
  readonly categories: readonly string[];
  readonly customArgs: Readonly<Record<string, string>>;
  /** Headers of the mail. */
  readonly headers: Readonly<Record<string, string>>;
  /** Headers of the HTTP request that look like an idempotency key or begin with `x-`. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly templateId: string | null;
  readonly attachments: readonly { readonly filename: string; readonly type: string | null; readonly bytes: number }[];
  /** Deflated, base64: mails are kept by the thousand and read one at a time. */
  readonly text: string | null;
  readonly html: string | null;
}

export interface Mailbox {
  readonly email: string;
  readonly name: string | null;
}
