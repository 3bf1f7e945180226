import type { FastifyReply } from 'fastify';
import type { TransportFault } from './faults.js';

/** A whole HTTP answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a client gets: an answer, silence until it gives up, or a cut connection. */
export type Reaction = Answer | 'hang' | 'close';

/**
 * Acts, with the armed fault if there is one. `act` is called at most once, and not at all for faults that come before
 * acting; `broken` is the provider's own error answer for a status.
 */
export async function playFault(
  fault: TransportFault | undefined,
  act: () => Answer,
  broken: (status: number) => Answer,
): Promise<Reaction> {
  switch (fault?.kind) {
    case undefined:
      return act();
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
      return act();
    case 'error':
      if (fault.when === 'after') act();
      return broken(fault.status);
    case 'hang':
    case 'close':
      if (fault.when === 'after') act();
      return fault.kind;
  }
}

/** How long a client may wait for an answer that will not come, before the connection is cut after all. */
const LONGEST_SILENCE_MS = 120_000;

/** Sends the reaction. */
export function react(reply: FastifyReply, reaction: Reaction): FastifyReply {
  if (typeof reaction === 'object') {
    return reply.code(reaction.status).headers(reaction.headers).send(reaction.body);
  }
  reply.hijack();
  if (reaction === 'close') {
    reply.raw.socket?.destroy();
  } else {
    const timer = setTimeout(() => reply.raw.socket?.destroy(), LONGEST_SILENCE_MS);
    timer.unref();
    reply.raw.on('close', () => clearTimeout(timer));
  }
  return reply;
}

/** For the request log: 0 stands for "no answer". */
export const statusOf = (reaction: Reaction): number => (typeof reaction === 'object' ? reaction.status : 0);

/** For the request log. */
export function describeFault(fault: TransportFault | undefined): string | null {
  if (fault === undefined) return null;
  if (fault.kind === 'slow') return `slow ${fault.delayMs} ms`;
  return fault.kind === 'error' ? `error ${fault.status} ${fault.when} acting` : `${fault.kind} ${fault.when} acting`;
}
