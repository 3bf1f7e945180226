/** One entry of SendGrid's error body `{"errors": […]}`. */
export interface MailError {
  readonly message: string;
  readonly field: string | null;
  readonly help: string | null;
}

/** A mail that SendGrid refuses. Nothing was accepted. */
export class MailFailure extends Error {
  override readonly name = 'MailFailure';
  constructor(
    readonly status: number,
    readonly errors: readonly MailError[],
  ) {
    super(errors.map((error) => error.message).join(' '));
  }
}

const HELP = 'http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#';

/** An entry; `anchor` is the section of SendGrid's page of errors. */
export const mailError = (message: string, field: string | null, anchor?: string): MailError => ({
  message,
  field,
  help: anchor === undefined ? null : HELP + anchor,
});
