/** The body of PayPal's error answers (https://developer.paypal.com/api/rest/responses/). */
export interface PaypalErrorBody {
  readonly name: string;
  readonly message: string;
  readonly details?: readonly { readonly issue: string; readonly description: string; readonly field?: string }[];
  readonly links?: readonly object[];
}

/** A request that PayPal refuses. Nothing has changed when it is thrown. */
export class PaypalFailure extends Error {
  override readonly name = 'PaypalFailure';
  constructor(
    readonly status: number,
    readonly body: PaypalErrorBody,
  ) {
    super(`${body.name}: ${body.details?.[0]?.issue ?? body.message}`);
  }
}

/** 422 `UNPROCESSABLE_ENTITY`: understood, but not possible as things are; `issue` says why. */
export function unprocessable(issue: string, description: string, links: readonly object[] = []): PaypalFailure {
  return new PaypalFailure(422, {
    name: 'UNPROCESSABLE_ENTITY',
    message: 'The requested action could not be performed, semantically incorrect, or failed business validation.',
    details: [{ issue, description }],
    links: [
      {
        href: `https://developer.paypal.com/docs/api/orders/v2/#error-${issue}`,
        rel: 'information_link',
        method: 'GET',
      },
      ...links,
    ],
  });
}

/** 400 `INVALID_REQUEST`: a field is missing or has no value that PayPal knows. */
export function invalidRequest(field: string, issue: string, description: string): PaypalFailure {
  return new PaypalFailure(400, {
    name: 'INVALID_REQUEST',
    message: 'Request is not well-formed, syntactically incorrect, or violates schema.',
    details: [{ field, issue, description }],
  });
}

/** 404 `RESOURCE_NOT_FOUND`. */
export const notFound = (): PaypalFailure =>
  new PaypalFailure(404, {
    name: 'RESOURCE_NOT_FOUND',
    message: 'The specified resource does not exist.',
    details: [
      {
        issue: 'INVALID_RESOURCE_ID',
        description: 'Specified resource ID does not exist. Please check the resource ID and try again.',
      },
    ],
  });

/** 401: no token, or one that PayPal does not know or that is over. */
export const unauthorized = (): PaypalFailure =>
  new PaypalFailure(401, {
    name: 'AUTHENTICATION_FAILURE',
    message: 'Authentication failed due to invalid authentication credentials or a missing Authorization header.',
  });

/** What PayPal says when something broke on its side. */
export const internalError: PaypalErrorBody = {
  name: 'INTERNAL_SERVER_ERROR',
  message: 'An internal server error has occurred. (Fault armed at the stand-in.)',
};
