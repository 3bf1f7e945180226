import type { Logger } from '@souk/runtime';
import type { FastifyInstance } from 'fastify';
import { addSignedFileRoute } from './signedFileRoute.js';
import type { Upstream } from './upstream.js';

/** `GET /account-exports/<id>.json?expires=…&signature=…`: what the shop knows about somebody, from the user service. */
export const addAccountExportRoute = (app: FastifyInstance, user: Upstream, logger: Logger): void =>
  addSignedFileRoute(app, {
    folder: 'account-exports',
    files: /^exp_[0-9a-z]{26}\.json$/,
    noun: 'export',
    owner: user,
    logger,
  });
