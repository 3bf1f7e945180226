import type { Logger } from '@souk/runtime';
import type { FastifyInstance } from 'fastify';
import { addSignedFileRoute } from './signedFileRoute.js';
import type { Upstream } from './upstream.js';

/** `GET /documents/<id>.pdf|html?expires=…&signature=…`: invoices, receipts and credit notes from the payment service. */
export const addDocumentRoute = (app: FastifyInstance, payment: Upstream, logger: Logger): void =>
  addSignedFileRoute(app, {
    folder: 'documents',
    files: /^rcp_[0-9a-z]{26}\.(pdf|html)$/,
    noun: 'document',
    owner: payment,
    logger,
  });
