import { createHash } from 'node:crypto';
import type { SubgraphServer } from '@souk/runtime';
import type { App } from '../app/index.js';
import { isSlug } from '../domain/plainText.js';
import { productImage } from './productImage.js';

const ID = /^prd_[0-9a-z]{26}$/;

/**
 * `GET /media/products/<slug or id>.svg`: a picture of each product that is or was for sale; drafts have none. Public,
 * may be cached for an hour, revalidated by ETag. Served from cached documents, so a picture costs no store a thing.
 */
export const mediaRoutes =
  (app: App) =>
  (server: SubgraphServer['app']): void => {
    server.get<{ Params: { name: string } }>('/media/products/:name', async (request, reply) => {
      const name = /^(.+)\.svg$/.exec(request.params.name)?.[1] ?? '';
      const reads = app.publicReads;
      const [product] = ID.test(name)
        ? await reads.productsByIds([name])
        : isSlug(name)
          ? await reads.productsBySlugs([name])
          : [];
      if (!product || product.status === 'DRAFT') {
        return reply.code(404).header('cache-control', 'public, max-age=60').send({ error: 'There is no such image.' });
      }
      const tree = await reads.tree();
      const [categoryId] = product.categoryIds;
      const path = categoryId ? [...tree.ancestors(categoryId), tree.byId.get(categoryId)] : [];
      const image = productImage({
        seed: product.slug,
        name: product.name,
        categories: path.flatMap((category) => category?.name ?? []),
        colours: product.variants.flatMap(({ selectedOptions }) =>
          selectedOptions.filter((option) => /^colou?r$/i.test(option.name)).map(({ value }) => value),
        ),
      });
      const etag = `"${createHash('sha256').update(image).digest('base64url').slice(0, 22)}"`;
      reply
        .header('etag', etag)
        .header('cache-control', 'public, max-age=3600, stale-while-revalidate=86400')
        .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
        .header('x-content-type-options', 'nosniff')
        .header('cross-origin-resource-policy', 'cross-origin');
      if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send();
      return reply.type('image/svg+xml; charset=utf-8').send(image);
    });
  };
