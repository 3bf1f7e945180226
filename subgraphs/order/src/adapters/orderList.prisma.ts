import type { OrderFilter, OrderList } from '../app/ports.js';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';

/** The staff's list: any combination of filters, through Prisma. It answers ids; the orders are read by `OrderStore.byIds`. */
export function createOrderList(prisma: PrismaClient): OrderList {
  return {
    async page({ filter, first, after, totalCount }) {
      const where = whereOf(filter);
      const [rows, total] = await Promise.all([
        prisma.order.findMany({
          where: after === null ? where : { AND: [where, afterOf(after)] },
          orderBy: [{ placedAt: 'desc' }, { id: 'desc' }],
          take: first + 1,
          select: { id: true },
        }),
        totalCount ? prisma.order.count({ where }) : undefined,
      ]);
      return {
        ids: rows.slice(0, first).map((row) => row.id),
        hasNextPage: rows.length > first,
        totalCount: total,
      };
    },
  };
}

function whereOf(filter: OrderFilter): Prisma.OrderWhereInput {
  const search = filter.search?.trim();
  return {
    ...(filter.status === undefined ? {} : { status: filter.status }),
    ...(filter.customerId === undefined ? {} : { customerId: filter.customerId }),
    ...(search
      ? { OR: [{ number: { startsWith: search.toUpperCase() } }, { email: search }, { email: search.toLowerCase() }] }
      : {}),
    ...(filter.placedAfter || filter.placedBefore
      ? {
          placedAt: {
            ...(filter.placedAfter ? { gte: filter.placedAfter } : {}),
            ...(filter.placedBefore ? { lt: filter.placedBefore } : {}),
          },
        }
      : {}),
  };
}

function afterOf(after: { placedAt: string; id: string }): Prisma.OrderWhereInput {
  const placedAt = new Date(after.placedAt);
  return { OR: [{ placedAt: { lt: placedAt } }, { placedAt, id: { lt: after.id } }] };
}
