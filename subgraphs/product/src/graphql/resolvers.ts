import type { Resolvers } from '../generated/graphql.js';
import { Category } from './Category.js';
import { Inventory } from './Inventory.js';
import { categoryCreate } from './Mutation/categoryCreate.js';
import { categoryDelete } from './Mutation/categoryDelete.js';
import { categoryUpdate } from './Mutation/categoryUpdate.js';
import { inventoryAdjust } from './Mutation/inventoryAdjust.js';
import { inventorySet } from './Mutation/inventorySet.js';
import { productBulkUpsert } from './Mutation/productBulkUpsert.js';
import { productCreate } from './Mutation/productCreate.js';
import { productDelete } from './Mutation/productDelete.js';
import { productStatusSet } from './Mutation/productStatusSet.js';
import { productUpdate } from './Mutation/productUpdate.js';
import { productVariantsUpsert } from './Mutation/productVariantsUpsert.js';
import { stockCommit } from './Mutation/stockCommit.js';
import { stockExtend } from './Mutation/stockExtend.js';
import { stockHold } from './Mutation/stockHold.js';
import { stockRelease } from './Mutation/stockRelease.js';
import { stockReserve } from './Mutation/stockReserve.js';
import { Product } from './Product.js';
import { ProductVariant } from './ProductVariant.js';
import { categories } from './Query/categories.js';
import { category } from './Query/category.js';
import { product } from './Query/product.js';
import { products } from './Query/products.js';
import { productVariant } from './Query/productVariant.js';
import { search } from './Query/search.js';
import { searchSuggest } from './Query/searchSuggest.js';
import { variantsForCart } from './Query/variantsForCart.js';
import { VariantForCart } from './VariantForCart.js';

/** Everything that this subgraph answers, by type and field. */
export const resolvers: Resolvers = {
  Query: {
    categories,
    category,
    product,
    productVariant,
    products,
    search,
    searchSuggest,
    variantsForCart,
  },
  Mutation: {
    categoryCreate,
    categoryDelete,
    categoryUpdate,
    inventoryAdjust,
    inventorySet,
    productBulkUpsert,
    productCreate,
    productDelete,
    productStatusSet,
    productUpdate,
    productVariantsUpsert,
    stockCommit,
    stockHold,
    stockExtend,
    stockRelease,
    stockReserve,
  },
  Category,
  Inventory,
  Product,
  ProductVariant,
  VariantForCart,
  UserError: { __resolveType: (error) => error.__typename },
};
