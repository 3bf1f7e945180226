/** A request to the control API that makes no sense; the message says what would. */
export class ControlFailure extends Error {
  override readonly name = 'ControlFailure';
  constructor(
    readonly status: 400 | 404,
    message: string,
  ) {
    super(message);
  }
}
