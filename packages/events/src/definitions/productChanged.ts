import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { idOf } from '../fields.js';

/** A catalogue document changed; the projection reads the document itself, so two changes may be applied as one. */
export const productChanged = defineEvent({
  type: 'product.changed',
  version: 1,
  producer: 'product',
  consumers: ['product'],
  data: z.object({ productId: idOf('prd') }),
});
