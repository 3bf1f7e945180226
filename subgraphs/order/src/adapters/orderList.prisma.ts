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
  const { status, fulfillmentStatus, customerId, currencyCode, placedAfter, placedBefore } = filter;
  return {
    ...(status === undefined ? {} : { status }),
    ...(fulfillmentStatus === undefined ? {} : { fulfillmentStatus }),
    ...(customerId === undefined ? {} : { customerId }),
    ...(currencyCode === undefined ? {} : { currencyCode }),
    ...searched(filter.search?.trim()),
    ...(placedAfter || placedBefore ? { placedAt: between(placedAfter, placedBefore) } : {}),
    ...totalOf(filter),
  };
}

/** An e-mail address is looked for as one; anything else may begin a number or be a SKU. */
function searched(search: string | undefined): Prisma.OrderWhereInput {
  if (!search) return {};
  if (search.includes('@')) return { OR: [{ email: search }, { email: search.toLowerCase() }] };
  return { OR: [{ number: { startsWith: search.toUpperCase() } }, { lines: { some: { sku: search } } }] };
}

const between = (from: Date | undefined, to: Date | undefined) => ({
  ...(from ? { gte: from } : {}),
  ...(to ? { lt: to } : {}),
});

function totalOf({ totalFromCents, totalToCents }: OrderFilter): Prisma.OrderWhereInput {
  if (totalFromCents === undefined && totalToCents === undefined) return {};
  return {
    totalCents: {
      ...(totalFromCents === undefined ? {} : { gte: totalFromCents }),
      ...(totalToCents === undefined ? {} : { lte: totalToCents }),
    },
  };
}

function afterOf(after: { placedAt: string; id: string }): Prisma.OrderWhereInput {
  const placedAt = new Date(after.placedAt);
  // The bound that an index can begin at; without it each page would be read from the first order on.
  return { placedAt: { lte: placedAt }, OR: [{ placedAt: { lt: placedAt } }, { id: { lt: after.id } }] };
}
