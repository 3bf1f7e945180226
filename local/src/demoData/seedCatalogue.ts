import { createHash } from 'node:crypto';
import { type DemoCatalogue, type DemoProduct, generateCatalogue } from './generateCatalogue.js';
import { expectAccepted, type Send, type UserError } from './graphqlRequest.js';

const TREE = '{ categories { id slug children { id slug children { id slug } } } }';
const CREATE = `mutation ($input: CategoryInput!) { categoryCreate(input: $input) { category { id } userErrors { code message field } } }`;
const UPSERT = `mutation ($input: [ProductInput!]!, $key: String!) { productBulkUpsert(input: $input, idempotencyKey: $key) {
  acceptedCount createdCount updatedCount replayed userErrors { code message field } } }`;

export const BATCH_SIZE = 50;
/** Batches under way at the same time: enough to keep both cores busy, and no more. */
const PARALLEL = 2;

interface Node {
  readonly id: string;
  readonly slug: string;
  readonly children?: readonly Node[];
}

/**
 * Loads the catalogue as staff would: categories that are missing, then products in batches. Each batch has a key of its
 * own content, so a second run is answered from memory and neither writes anything nor undoes what staff changed since.
 */
export async function seedCatalogue(
  staff: Send,
  log: (line: string) => void,
  catalogue: DemoCatalogue = generateCatalogue(),
): Promise<{ categories: number; products: number }> {
  const { ids, created } = await seedCategories(staff, catalogue);
  log(`categories: ${catalogue.categories.length} (${created} new)`);

  const batches: (readonly DemoProduct[])[] = [];
  for (let at = 0; at < catalogue.products.length; at += BATCH_SIZE) {
    batches.push(catalogue.products.slice(at, at + BATCH_SIZE));
  }
  let products = 0;
  let accepted = 0;
  const queue = [...batches];
  const worker = async (): Promise<void> => {
    for (let batch = queue.shift(); batch; batch = queue.shift()) {
      const answer = await upsert(staff, batch, ids);
      if (!answer.replayed) products += answer.createdCount + answer.updatedCount;
      accepted += answer.acceptedCount;
      log(`products: ${accepted} of ${catalogue.products.length}`);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return { categories: created, products };
}

async function upsert(staff: Send, batch: readonly DemoProduct[], categoryIds: ReadonlyMap<string, string>) {
  const input = batch.map(({ category, ...product }) => ({ ...product, categoryIds: [categoryIds.get(category)] }));
  const key = `demo-${createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 32)}`;
  const { productBulkUpsert } = await staff<{
    productBulkUpsert: {
      acceptedCount: number;
      createdCount: number;
      updatedCount: number;
      replayed: boolean;
      userErrors: UserError[];
    };
  }>(UPSERT, { input, key });
  expectAccepted('A batch of products', productBulkUpsert.userErrors);
  return productBulkUpsert;
}

async function seedCategories(
  staff: Send,
  { categories }: DemoCatalogue,
): Promise<{ ids: ReadonlyMap<string, string>; created: number }> {
  const ids = new Map<string, string>();
  const collect = (nodes: readonly Node[]): void => {
    for (const node of nodes) {
      ids.set(node.slug, node.id);
      collect(node.children ?? []);
    }
  };
  collect((await staff<{ categories: readonly Node[] }>(TREE)).categories);
  let created = 0;
  for (const { slug, name, description, parent } of categories) {
    if (ids.has(slug)) continue;
    const { categoryCreate } = await staff<{
      categoryCreate: { category: { id: string } | null; userErrors: UserError[] };
    }>(CREATE, { input: { slug, name, description, parentId: parent === null ? null : ids.get(parent) } });
    expectAccepted(`The category ${name}`, categoryCreate.userErrors);
    if (categoryCreate.category) ids.set(slug, categoryCreate.category.id);
    created += 1;
  }
  return { ids, created };
}
