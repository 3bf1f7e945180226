import { ClientError } from '@souk/runtime';
import type { MutationResolvers } from '../../generated/graphql.js';

export const accountExportPartDeliver: NonNullable<MutationResolvers['accountExportPartDeliver']> = (
  _parent,
  { exportId, content },
  { app, viewer },
) => {
  if (viewer.kind !== 'service') throw new ClientError('FORBIDDEN', 'Only services deliver parts.');
  return app.deliverDataExportPart(exportId, viewer.service, Buffer.from(content, 'base64'));
};
