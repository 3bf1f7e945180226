/**
 * Something about this machine keeps the shop from starting, and the person in front of it can change it. The message
 * says what happened and what to do; it is printed as it is, without a stack trace.
 */
export class StartupError extends Error {
  override readonly name = 'StartupError';
  constructor(
    readonly code:
      | 'PORT_BUSY'
      | 'DISK_FULL'
      | 'TOOL_MISSING'
      | 'ALREADY_RUNNING'
      | 'WRONG_VERSION'
      | 'NOT_PERMITTED'
      | 'DAMAGED_DATA'
      | 'PROCESS_FAILED',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
