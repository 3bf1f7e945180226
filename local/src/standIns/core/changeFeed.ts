/** Tells the page that something changed, a few times a second at most. */
export interface ChangeFeed {
  /** Something changed. Cheap, may be called on every request. */
  touch(): void;
  /** Returns how to unsubscribe. */
  subscribe(listener: () => void): () => void;
  close(): void;
}

const QUIET_MS = 250;

export function createChangeFeed(): ChangeFeed {
  const listeners = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  return {
    touch() {
      if (timer !== undefined || listeners.size === 0) return;
      timer = setTimeout(() => {
        timer = undefined;
        for (const listener of listeners) listener();
      }, QUIET_MS);
      timer.unref();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      if (timer !== undefined) clearTimeout(timer);
      listeners.clear();
    },
  };
}
