/**
 * Makes calls that come close together one: inputs are collected for `windowMs`, or until there are `max` of them, and `work` gets
 * them at once and answers one output each, in their order. Each caller waits for its own; when `work` fails, all of its callers do.
 * For work that is not urgent and costs a round trip however much is in it.
 */
export function gather<Input, Output>(o: {
  windowMs: number;
  max: number;
  work: (inputs: readonly Input[]) => Promise<readonly Output[]>;
}): (input: Input) => Promise<Output> {
  interface Waiting {
    readonly input: Input;
    readonly resolve: (output: Output) => void;
    readonly reject: (error: unknown) => void;
  }
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;

  function start(): void {
    clearTimeout(timer);
    const batch = waiting;
    waiting = [];
    o.work(batch.map(({ input }) => input)).then(
      (outputs) => {
        for (const [index, { resolve, reject }] of batch.entries()) {
          if (index < outputs.length) resolve(outputs[index] as Output);
          else reject(new RangeError(`${batch.length} inputs were answered with ${outputs.length} outputs`));
        }
      },
      (error: unknown) => {
        for (const { reject } of batch) reject(error);
      },
    );
  }

  return (input) =>
    new Promise((resolve, reject) => {
      waiting.push({ input, resolve, reject });
      if (waiting.length >= o.max) start();
      else if (waiting.length === 1) timer = setTimeout(start, o.windowMs);
    });
}
