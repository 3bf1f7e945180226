export interface EventuallyOptions {
  /** How long to go on; 5 s unless told. */
  readonly timeoutMs?: number;
  /** Pause between two tries; 20 ms unless told. */
  readonly everyMs?: number;
}

/**
 * Calls `probe` until it neither throws nor answers false, and answers its value. Put the expectations into the probe: when time is up, the error of the last try is thrown as it is, so that the test's report says what was still wrong.
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<Exclude<T, false>> {
  const timeoutMs = options.timeoutMs ?? 5_000;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    try {
      const value = await probe();
      if (value !== false) return value as Exclude<T, false>;
      failure = new Error(`the probe still answered false after ${timeoutMs} ms`);
    } catch (error) {
      failure = error;
    }
    if (Date.now() >= deadline) throw failure;
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 20));
  }
}
