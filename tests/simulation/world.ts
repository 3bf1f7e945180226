import { type Random, randomOf } from './random.js';

/** How hostile a schedule is. */
export interface Hostility {
  /** Calls of which the request or the answer is lost. */
  readonly loss: number;
  /** Calls that take seconds instead of milliseconds: long enough to be overtaken. */
  readonly slow: number;
  /** Calls during which the calling process is killed, before or after they act. */
  readonly crash: number;
  /** Messages that come twice. */
  readonly duplicate: number;
}

/** A process: what it does in memory ends when it is killed; what it has asked for may still happen. */
export interface Process {
  readonly name: string;
  /** Counts its lives. */
  life: number;
  up: boolean;
  /** Called at each start. */
  start: () => void;
}

/** One life of a process: what was begun in it may still wait for answers, but asks for nothing any more once it has ended. */
export interface Life {
  readonly process: Process;
  readonly number: number;
}

export interface CallOptions<T> {
  readonly label: string;
  readonly timeoutMs: number;
  /** What happens at the other side, at one moment. */
  readonly act: () => T;
  /** What the caller gets when there was no answer. */
  readonly outage: () => Error;
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * The world of one schedule: virtual time, one seeded source of chance, and a queue of what is to happen. Everything that crosses a
 * process boundary goes through `call`, which decides when it acts, whether its answer comes, and who is killed in the middle of it.
 */
export class World {
  now = Date.UTC(2030, 0, 1);
  readonly random: Random;
  readonly processes: Process[] = [];
  /** While false, nothing is lost, late or killed any more. */
  hostile = true;
  readonly trace: string[] = [];
  readonly faults = { crashes: 0, lost: 0, late: 0, duplicated: 0 };
  private readonly queue: Event[] = [];
  private count = 0;

  constructor(
    readonly seed: number,
    readonly hostility: Hostility,
    private readonly tracing: boolean,
  ) {
    this.random = randomOf(seed);
  }

  log(text: string): void {
    if (this.tracing) this.trace.push(`${((this.now - Date.UTC(2030, 0, 1)) / 1_000).toFixed(3).padStart(9)}  ${text}`);
  }

  addProcess(name: string, start: (process: Process) => void): Process {
    const process: Process = { name, life: 0, up: false, start: () => start(process) };
    this.processes.push(process);
    return process;
  }

  boot(process: Process): void {
    process.up = true;
    process.life += 1;
    process.start();
  }

  /** Ends what the process does in memory, now; it comes back after a while. */
  kill(process: Process, why: string): void {
    if (!process.up) return;
    this.faults.crashes += 1;
    this.log(`KILL ${process.name} (${why})`);
    process.up = false;
    process.life += 1;
    const downMs = this.random.chance(0.2) ? this.random.below(20_000) : this.random.below(1_500);
    this.at(100 + downMs, () => {
      this.log(`boot ${process.name}`);
      this.boot(process);
    });
  }

  /** Does something after a while. */
  at(delayMs: number, run: () => void): void {
    this.count += 1;
    push(this.queue, { at: this.now + delayMs, order: this.count, run });
  }

  lifeOf(process: Process): Life {
    return { process, number: process.life };
  }

  isOver({ process, number }: Life): boolean {
    return process.life !== number;
  }

  /** As `at`, unless the process is killed before. */
  atIn(life: Life, delayMs: number, run: () => void): void {
    this.at(delayMs, () => {
      if (!this.isOver(life)) run();
    });
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(ms, resolve));
  }

  /** How long a message is under way. */
  latencyMs(): number {
    const { random } = this;
    if (this.hostile && random.chance(this.hostility.slow)) {
      this.faults.late += 1;
      return 500 + random.below(random.chance(0.3) ? 25_000 : 5_000);
    }
    return 1 + random.below(12);
  }

  /** Calls something outside of the process. */
  call<T>(life: Life, options: CallOptions<T>): Promise<T> {
    if (this.isOver(life)) return new Promise(() => undefined);
    const { label, timeoutMs, act, outage } = options;
    const { random, hostility } = this;
    const { process: from } = life;
    const requestMs = this.latencyMs();
    const lost = this.hostile && random.chance(hostility.loss);
    const requestLost = lost && random.chance(0.5);
    const killedAt = this.hostile && random.chance(hostility.crash) ? random.pick(['before', 'after']) : undefined;
    if (lost) this.faults.lost += 1;
    return new Promise<T>((resolve, reject) => {
      let settled = false;
      const settle = (how: () => void): void => {
        if (settled || this.isOver(life)) return;
        settled = true;
        how();
      };
      const answerMs = random.chance(0.6) ? 0 : this.latencyMs();
      if (lost || requestMs + answerMs >= timeoutMs) {
        this.at(timeoutMs, () =>
          settle(() => {
            this.log(`${from.name}: ${label} gets no answer`);
            reject(outage());
          }),
        );
      }
      if (requestLost) return;
      this.at(requestMs, () => {
        if (killedAt === 'before' && !this.isOver(life)) this.kill(from, `before ${label}`);
        let answer: () => void;
        try {
          const value = act();
          this.log(`${from.name}: ${label}${show(value)}${this.isOver(life) ? ' (its caller is dead)' : ''}`);
          answer = () => resolve(value);
        } catch (error) {
          this.log(`${from.name}: ${label} throws ${String(error)}`);
          answer = () => reject(error);
        }
        if (killedAt === 'after' && !this.isOver(life)) this.kill(from, `after ${label}`);
        if (lost) return;
        if (answerMs === 0) settle(answer);
        else this.at(answerMs, () => settle(answer));
      });
    });
  }

  /** Runs until `quiet` says so (asked about every 20 virtual seconds), or until `horizonMs`. Answers whether it became quiet. */
  async run(horizonMs: number, quiet: () => boolean): Promise<boolean> {
    const end = this.now + horizonMs;
    let nextLook = this.now;
    for (let event = pop(this.queue); event !== undefined; event = pop(this.queue)) {
      if (event.at > end) return false;
      this.now = Math.max(this.now, event.at);
      event.run();
      await drained();
      if (this.now >= nextLook) {
        if (quiet()) return true;
        nextLook = this.now + 20_000;
      }
    }
    return quiet();
  }
}

/** All that follows from what has just been resolved, up to the next call of each: promises, and `setImmediate` of the code under test. */
const drained = async (): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
};

function show(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'object') return ` → ${String(value)}`;
  const text = JSON.stringify(value, (_, inner) => (inner instanceof Set ? [...inner] : inner)) ?? '';
  return ` → ${text.length > 160 ? `${text.slice(0, 160)}…` : text}`;
}

const before = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

function push(heap: Event[], event: Event): void {
  let at = heap.length;
  heap.push(event);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!before(event, heap[parent] as Event)) break;
    heap[at] = heap[parent] as Event;
    at = parent;
  }
  heap[at] = event;
}

function pop(heap: Event[]): Event | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1] as Event, heap[child] as Event)) child += 1;
    if (!before(heap[child] as Event, last)) break;
    heap[at] = heap[child] as Event;
    at = child;
  }
  heap[at] = last;
  return top;
}
