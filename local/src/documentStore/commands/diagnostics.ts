import { MAX_DOCUMENT_BYTES } from '../store.js';
import type { Doc } from '../values.js';
import { MAX_MESSAGE_BYTES } from '../wire.js';
import type { Command } from './command.js';

/** MongoDB 7.0: what the answers are modelled on. */
const WIRE_VERSION = 21;
const VERSION = '7.0.0';

/**
 * A standalone server: the driver then sends no retryable writes and no transactions, which a standalone MongoDB
 * refuses as well. Sessions are announced, since a standalone has them.
 */
const hello: Command = {
  fields: 'any',
  run: ({ connectionId }) => ({
    helloOk: true,
    ismaster: true,
    isWritablePrimary: true,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    connectionId,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION,
    readOnly: false,
    ok: 1,
  }),
};

const acknowledge: Command = { fields: 'any', run: (): Doc => ({ ok: 1 }) };

const buildInfo: Command = {
  fields: [],
  run: () => ({
    version: VERSION,
    versionArray: VERSION.split('.').map(Number).concat(0),
    modules: ['souk-document-store'],
    bits: 64,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    ok: 1,
  }),
};

export const diagnostics: Readonly<Record<string, Command>> = {
  hello,
  isMaster: hello,
  ismaster: hello,
  ping: acknowledge,
  endSessions: acknowledge,
  buildInfo,
  buildinfo: buildInfo,
};
