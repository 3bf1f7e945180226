/** A thing that an answer contained, with the fields that were asked for. */
export type Thing = Readonly<Record<string, unknown>>;

/** Ids say what they are of: `crt_…` is a cart's. */
const KINDS: Readonly<Record<string, string>> = {
  prd: 'product',
  var: 'variant',
  cat: 'category',
  crt: 'cart',
  cln: 'cartLine',
  ord: 'order',
  pay: 'payment',
  pmt: 'paymentMethod',
  ntf: 'notification',
  whk: 'webhookEvent',
  usr: 'user',
  prm: 'promotion',
  ful: 'fulfillment',
  rtn: 'return',
  drf: 'draftOrder',
  oed: 'orderEdit',
};

/** What the console has seen in answers, by kind: what the latest answer that had any of the kind contained. */
export interface Memory {
  /** The first one in that answer. */
  recall(kind: string): Thing | undefined;
  /** All of that answer, in its order. */
  recallAll(kind: string): readonly Thing[];
  /** Takes in an answer's data. */
  remember(data: unknown): void;
}

export function createMemory(): Memory {
  const things = new Map<string, readonly Thing[]>();
  const recallAll = (kind: string) => things.get(kind) ?? [];

  function collect(value: unknown, found: Map<string, Map<unknown, Thing>>): void {
    if (Array.isArray(value)) {
      for (const item of value) collect(item, found);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    const thing = value as Thing;
    const kind = typeof thing.id === 'string' ? KINDS[thing.id.slice(0, 3)] : undefined;
    if (kind) {
      const ofKind = found.get(kind) ?? new Map<unknown, Thing>();
      found.set(kind, ofKind.set(thing.id, { ...ofKind.get(thing.id), ...thing }));
    }
    for (const inner of Object.values(thing)) collect(inner, found);
  }

  return {
    recall: (kind) => recallAll(kind)[0],
    recallAll,
    remember(data) {
      const found = new Map<string, Map<unknown, Thing>>();
      collect(data, found);
      for (const [kind, ofKind] of found) {
        const known = new Map(recallAll(kind).map((thing) => [thing.id, thing]));
        things.set(
          kind,
          [...ofKind.values()].map((thing) => ({ ...known.get(thing.id), ...thing })),
        );
      }
    },
  };
}
