import type { Snapshot } from '../snapshot.js';

/** One mail that the provider has taken. */
export interface Mail {
  /** The delivery that it belongs to. */
  readonly key: string;
  readonly attempt: string;
}

const AT_MOST = 10_000;
/** A delivery is noted as sent so long after its mail arrived at most. */
const NOTED_WITHIN_MS = 60_000;

/**
 * The mails in the stand-in's mailbox, by delivery; undefined (and noted) when there is none to look into. `since`: the mails of deliveries
 * from before may be forgotten there.
 */
export async function readMailbox(
  snapshot: Snapshot,
): Promise<{ mails: AsyncIterable<Mail>; since: Date | undefined } | undefined> {
  const { standIns } = snapshot.stores;
  if (standIns === undefined) {
    snapshot.note('there is no stand-in for the mail provider: mails were not counted at the provider');
    return undefined;
  }
  const response = await fetch(new URL(`/control/mail?limit=${AT_MOST}`, standIns), {
    signal: AbortSignal.timeout(20_000),
  });
  if (!response.ok) throw new Error(`the stand-in's mailbox answered ${response.status}`);
  const { total, mayHaveForgotten, mails } = (await response.json()) as {
    total: number;
    mayHaveForgotten: boolean;
    mails: { at: number | string; customArgs: Record<string, string> }[];
  };
  const sorted = mails
    .map(({ customArgs }) => ({ key: customArgs.deliveryId ?? '', attempt: customArgs.attempt ?? '' }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const oldest = mails.at(-1)?.at;
  if (oldest === undefined || !(mayHaveForgotten || total > AT_MOST)) return { mails: walk(sorted), since: undefined };
  const since = new Date(new Date(oldest).getTime() + NOTED_WITHIN_MS);
  snapshot.note(`the stand-in's mailbox is full: mails before ${since.toISOString()} were not counted`);
  return { mails: walk(sorted), since };
}

async function* walk<T>(rows: readonly T[]): AsyncIterable<T> {
  yield* rows;
}
