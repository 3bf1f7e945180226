/** A request that Twilio refuses. Nothing was sent. */
export class TwilioFailure extends Error {
  override readonly name = 'TwilioFailure';
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** Twilio's 20404. */
export function notFound(path: string): TwilioFailure {
  return new TwilioFailure(404, 20404, `The requested resource ${path.split('?')[0] ?? ''} was not found`);
}
