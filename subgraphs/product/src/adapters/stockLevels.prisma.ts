import type { Database } from '@souk/postgres';
import type { StockLevel } from '../app/ports.js';
import { PrismaClient } from '../generated/prisma/client.js';

/**
 * Stock of variants as staff see it. The client's query engine takes some 80 MB once it is used, so it is used where only
 * staff come by: a process that serves shoppers never loads it.
 */
export function prismaStockLevels(database: Database): (variantIds: readonly string[]) => Promise<StockLevel[]> {
  let client: PrismaClient | undefined;
  return async (variantIds) => {
    if (variantIds.length === 0) return [];
    client ??= new PrismaClient({ adapter: database.prismaAdapter() });
    const rows = await client.inventory.findMany({
      where: { variantId: { in: [...variantIds] } },
      select: { variantId: true, onHand: true, reserved: true, safetyStock: true },
    });
    return rows.map((row) => ({ ...row, available: Math.max(row.onHand - row.reserved - row.safetyStock, 0) }));
  };
}
