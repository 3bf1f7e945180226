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
  ntf: 'notification',
  whk: 'webhookEvent',
  usr: 'user',
  prm: 'promotion',
};

/** What the console has seen in answers, by kind: the first thing of each kind in the latest answer that had one. */
export interface Memory {
  recall(kind: string): Thing | undefined;
  /** Takes in an answer's data. */
  remember(data: unknown): void;
}

export function createMemory(): Memory {
  const things = new Map<string, Thing>();

  function collect(value: unknown, found: Map<string, Thing>): void {
    if (Array.isArray(value)) {
      for (const item of value) collect(item, found);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    const thing = value as Thing;
    const kind = typeof thing.id === 'string' ? KINDS[thing.id.slice(0, 3)] : undefined;
    if (kind && !found.has(kind)) found.set(kind, thing);
    for (const inner of Object.values(thing)) collect(inner, found);
  }

  return {
    recall: (kind) => things.get(kind),
    remember(data) {
      const found = new Map<string, Thing>();
      collect(data, found);
      for (const [kind, thing] of found) {
        const known = things.get(kind);
        things.set(kind, known?.id === thing.id ? { ...known, ...thing } : thing);
      }
    },
  };
}
