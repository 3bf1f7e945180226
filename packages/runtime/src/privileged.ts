import { AsyncLocalStorage } from 'node:async_hooks';
import { newId } from './ids.js';
import type { ServiceName, Viewer } from './viewer.js';

/** A mutation that somebody does by the rights of a role. */
export interface PrivilegedAction {
  readonly service: ServiceName;
  /** The root field. */
  readonly action: string;
  readonly actorId: string;
  /** The id of this action's record about a subject; the same each time it is asked for, so that a change that is tried again is recorded once. */
  recordId(subjectId: string): string;
}

const storage = new AsyncLocalStorage<PrivilegedAction>();

/** The privileged action that is being done right now, for the audit log; undefined in what customers and services do. */
export function currentPrivilegedAction(): PrivilegedAction | undefined {
  return storage.getStore();
}

/** Runs a mutation of a viewer who has rights as a privileged action; anybody else's as it is. */
export function asPrivileged<T>(o: { service: ServiceName; action: string; viewer: Viewer }, work: () => T): T {
  const { service, action, viewer } = o;
  if (viewer.kind !== 'user' || viewer.scopes.length === 0) return work();
  const records = new Map<string, string>();
  return storage.run(
    {
      service,
      action,
      actorId: viewer.userId,
      recordId(subjectId) {
        const known = records.get(subjectId) ?? newId('aud');
        records.set(subjectId, known);
        return known;
      },
    },
    work,
  );
}
