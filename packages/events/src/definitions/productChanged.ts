import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { idOf } from '../fields.js';

/**
 * A catalogue document changed. It waits inside the document and is drained from there into the search projection by the product
 * service itself, which reads the document, so two changes may be applied as one; no other service subscribes yet.
 */
export const productChanged = defineEvent({
  type: 'product.changed',
  version: 1,
  producer: 'product',
  consumers: [],
  data: z.object({ productId: idOf('prd') }),
});
