/** The body of Stripe's error answers. */
export interface StripeErrorBody {
  readonly type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error';
  readonly message: string;
  readonly code?: string;
  readonly param?: string;
  readonly decline_code?: string;
  readonly charge?: string;
  readonly doc_url?: string;
  readonly payment_intent?: object;
  readonly payment_method?: object;
}

/** A request that Stripe refuses. Nothing has changed when it is thrown. */
export class StripeFailure extends Error {
  override readonly name = 'StripeFailure';
  constructor(
    readonly status: number,
    readonly body: StripeErrorBody,
  ) {
    super(body.message);
  }
}

const docUrl = (code: string): string => `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`;

/** 400 `invalid_request_error`; `status` for the few that are 403 or 404. */
export function invalidRequest(
  message: string,
  more: { code?: string; param?: string; status?: number; payment_intent?: object } = {},
): StripeFailure {
  const { status = 400, code, param, payment_intent } = more;
  return new StripeFailure(status, {
    ...(code === undefined ? {} : { code, doc_url: docUrl(code) }),
    message,
    ...(param === undefined ? {} : { param }),
    ...(payment_intent === undefined ? {} : { payment_intent }),
    type: 'invalid_request_error',
  });
}

/** `No such payment_intent: 'pi_…'`: 404 for the object of the URL, 400 for an object named in a parameter. */
export function noSuch(what: string, id: string, param: string, status: 400 | 404 = 404): StripeFailure {
  return invalidRequest(`No such ${what}: '${id}'`, { code: 'resource_missing', param, status });
}

/** The body of a 402: the bank said no. */
export function cardError(error: {
  code: string;
  declineCode: string | null;
  message: string;
  charge: string | null;
  paymentMethod: object;
  paymentIntent: object;
}): StripeErrorBody {
  return {
    ...(error.charge === null ? {} : { charge: error.charge }),
    code: error.code,
    ...(error.declineCode === null ? {} : { decline_code: error.declineCode }),
    doc_url: docUrl(error.code),
    message: error.message,
    payment_intent: error.paymentIntent,
    payment_method: error.paymentMethod,
    type: 'card_error',
  };
}

/** What Stripe says when something broke on its side. */
export const internalError: StripeErrorBody = {
  type: 'api_error',
  message: 'An unknown error occurred. (Fault armed at the stand-in.)',
};
