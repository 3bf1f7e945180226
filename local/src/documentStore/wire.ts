import { deserialize, serialize } from 'bson';
import type { Batch } from './cursors.js';
import type { Doc } from './values.js';

const HEADER_BYTES = 16;
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
export const MAX_MESSAGE_BYTES = 48_000_000;

/** One request of a driver. `body` is the command document; sections hold lists sent beside it. */
export interface Request {
  readonly requestId: number;
  readonly body: Uint8Array;
  readonly sections: ReadonlyMap<string, readonly Uint8Array[]>;
  /** False for an unacknowledged write: it gets no answer. */
  readonly wantsReply: boolean;
  /** The handshake of an old driver comes as OP_QUERY and is answered as OP_REPLY. */
  readonly isLegacy: boolean;
}

/** A message that breaks the protocol: the connection is closed, as there is no way to answer. */
export class ProtocolError extends Error {}

/** Cuts a byte stream into messages. The function answered takes what arrived and hands on complete messages. */
export function createFrameReader(onFrame: (frame: Buffer) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let available = 0;
  return (chunk) => {
    parts.push(chunk);
    available += chunk.length;
    while (available >= 4) {
      if ((parts[0] as Buffer).length < 4) parts = [Buffer.concat(parts)];
      const head = parts[0] as Buffer;
      const size = head.readInt32LE(0);
      if (size < HEADER_BYTES || size > MAX_MESSAGE_BYTES) throw new ProtocolError(`message of ${size} bytes`);
      if (available < size) return;
      const joined = head.length >= size ? head : Buffer.concat(parts);
      const rest = head.length >= size ? parts.slice(1) : [];
      available -= size;
      parts = joined.length > size ? [joined.subarray(size), ...rest] : rest;
      onFrame(joined.subarray(0, size));
    }
  };
}

export function parseRequest(frame: Buffer): Request {
  const requestId = frame.readInt32LE(4);
  const opCode = frame.readInt32LE(12);
  if (opCode === OP_QUERY) return parseQuery(frame, requestId);
  if (opCode !== OP_MSG) throw new ProtocolError(`opcode ${opCode}`);
  const flags = frame.readUInt32LE(HEADER_BYTES);
  const end = frame.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  const sections = new Map<string, readonly Uint8Array[]>();
  let body: Uint8Array | undefined;
  for (let offset = HEADER_BYTES + 4; offset < end; ) {
    const kind = frame[offset++];
    const sectionEnd = offset + frame.readInt32LE(offset);
    if (sectionEnd > end || sectionEnd < offset + 5) throw new ProtocolError('section exceeds its message');
    if (kind === 0) body = frame.subarray(offset, sectionEnd);
    else if (kind === 1) {
      const nameEnd = frame.indexOf(0, offset + 4);
      sections.set(
        frame.toString('utf8', offset + 4, nameEnd),
        splitDocuments(frame.subarray(nameEnd + 1, sectionEnd)),
      );
    } else throw new ProtocolError(`section kind ${kind}`);
    offset = sectionEnd;
  }
  if (!body) throw new ProtocolError('message without a body');
  return { requestId, body, sections, wantsReply: (flags & MORE_TO_COME) === 0, isLegacy: false };
}

function parseQuery(frame: Buffer, requestId: number): Request {
  const nameEnd = frame.indexOf(0, HEADER_BYTES + 4);
  const offset = nameEnd + 9;
  const command = deserialize(frame.subarray(offset, offset + frame.readInt32LE(offset)));
  const db = frame.toString('utf8', HEADER_BYTES + 4, nameEnd).replace(/\.\$cmd$/, '');
  return { requestId, body: serialize({ ...command, $db: db }), sections: new Map(), wantsReply: true, isLegacy: true };
}

function splitDocuments(bytes: Buffer): Uint8Array[] {
  const documents: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const end = offset + bytes.readInt32LE(offset);
    if (end > bytes.length || end < offset + 5) throw new ProtocolError('document exceeds its section');
    documents.push(bytes.subarray(offset, end));
    offset = end;
  }
  return documents;
}

let lastReplyId = 0;

/** The answer to a request: a document, or a batch of a cursor, whose stored bytes are copied as they are. */
export function encodeReply(request: Request, reply: Doc | Batch): Buffer {
  const prefixBytes = request.isLegacy ? HEADER_BYTES + 20 : HEADER_BYTES + 5;
  const message = isBatch(reply) ? encodeBatch(reply, prefixBytes) : encodeDocument(reply, prefixBytes);
  lastReplyId = (lastReplyId + 1) & 0x7fffffff;
  message.fill(0, 0, prefixBytes);
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(lastReplyId, 4);
  message.writeInt32LE(request.requestId, 8);
  message.writeInt32LE(request.isLegacy ? OP_REPLY : OP_MSG, 12);
  if (request.isLegacy) message.writeInt32LE(1, HEADER_BYTES + 16);
  return message;
}

export const isBatch = (reply: Doc | Batch): reply is Batch => typeof reply.cursorId === 'bigint';

function encodeDocument(reply: Doc, prefixBytes: number): Buffer {
  const body = serialize(reply);
  const message = Buffer.allocUnsafe(prefixBytes + body.length);
  message.set(body, prefixBytes);
  return message;
}

const TYPE = { double: 1, string: 2, document: 3, array: 4, int64: 18 } as const;

/** `{cursor: {firstBatch|nextBatch: [...], id, ns}, ok: 1}`, written straight into the message. */
function encodeBatch({ ns, documents, cursorId, isFirst }: Batch, prefixBytes: number): Buffer {
  const batchName = isFirst ? 'firstBatch' : 'nextBatch';
  const nsBytes = Buffer.byteLength(ns);
  let arrayBytes = 5;
  for (const [i, document] of documents.entries()) arrayBytes += 2 + digits(i) + document.length;
  const cursorBytes = 4 + (2 + batchName.length + arrayBytes) + (1 + 3 + 8) + (1 + 3 + 4 + nsBytes + 1) + 1;
  const bodyBytes = 4 + (1 + 7 + cursorBytes) + (1 + 3 + 8) + 1;
  const message = Buffer.allocUnsafe(prefixBytes + bodyBytes);
  let at = prefixBytes;
  const int32 = (value: number): void => {
    at = message.writeInt32LE(value, at);
  };
  const field = (type: number, name: string): void => {
    message[at++] = type;
    at += message.write(name, at, 'latin1');
    message[at++] = 0;
  };
  int32(bodyBytes);
  field(TYPE.document, 'cursor');
  int32(cursorBytes);
  field(TYPE.array, batchName);
  int32(arrayBytes);
  for (const [i, document] of documents.entries()) {
    field(TYPE.document, String(i));
    message.set(document, at);
    at += document.length;
  }
  message[at++] = 0;
  field(TYPE.int64, 'id');
  at = message.writeBigInt64LE(cursorId, at);
  field(TYPE.string, 'ns');
  int32(nsBytes + 1);
  at += message.write(ns, at);
  message[at++] = 0;
  message[at++] = 0;
  field(TYPE.double, 'ok');
  at = message.writeDoubleLE(1, at);
  message[at++] = 0;
  return message;
}

const digits = (value: number): number => (value < 10 ? 1 : value < 100 ? 2 : String(value).length);
