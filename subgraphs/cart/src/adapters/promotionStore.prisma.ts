import { auditRecords } from '@souk/events';
import { outboxRecords } from '@souk/outbox';
import type { Database } from '@souk/postgres';
import type { PromotionStore } from '../app/promotions.js';
import type { Promotion } from '../domain/promotion.js';
import type { PromotionData } from '../domain/promotionInput.js';
import { type Prisma, PrismaClient } from '../generated/prisma/client.js';

type Row = Prisma.PromotionGetPayload<object>;

/** Promotions through Prisma: staff's lists and edits, no hot path. */
export function createPromotionStore(database: Database): PromotionStore {
  const prisma = new PrismaClient({ adapter: database.prismaAdapter() });
  /** What the audit log is told, in the transaction of the change. */
  const records = (id: string) => outboxRecords(auditRecords([id]));
  const told = (id: string) => prisma.outboxEvent.createMany({ data: records(id) });
  return {
    async read(id) {
      const row = await prisma.promotion.findUnique({ where: { id } });
      return row ? toPromotion(row) : undefined;
    },
    async list({ first, after }) {
      const rows = await prisma.promotion.findMany({
        take: first,
        orderBy: { id: 'desc' },
        ...(after === undefined ? {} : { where: { id: { lt: after } } }),
      });
      return rows.map(toPromotion);
    },
    async create(id, data) {
      try {
        const [row] = await prisma.$transaction([prisma.promotion.create({ data: { id, ...toRow(data) } }), told(id)]);
        return toPromotion(row);
      } catch (error) {
        if (errorCode(error) === UNIQUE) return undefined;
        throw error;
      }
    },
    async update(id, data) {
      try {
        const [row] = await prisma.$transaction([
          prisma.promotion.update({ where: { id }, data: toRow(data) }),
          told(id),
        ]);
        return toPromotion(row);
      } catch (error) {
        if (errorCode(error) === UNIQUE) return 'CODE_TAKEN';
        if (errorCode(error) === MISSING) return 'GONE';
        throw error;
      }
    },
    async remove(id) {
      const removed = await prisma.$transaction(async (tx) => {
        const { count } = await tx.promotion.deleteMany({ where: { id, uses: { none: {} } } });
        if (count === 1) await tx.outboxEvent.createMany({ data: records(id) });
        return count === 1;
      });
      if (removed) return null;
      try {
        const ended = prisma.promotion.update({ where: { id }, data: { isActive: false } });
        const [row] = await prisma.$transaction([ended, told(id)]);
        return toPromotion(row);
      } catch (error) {
        if (errorCode(error) === MISSING) return 'GONE';
        throw error;
      }
    },
  };
}

/** https://www.prisma.io/docs/orm/reference/error-reference */
const UNIQUE = 'P2002';
const MISSING = 'P2025';

function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function toRow(data: PromotionData) {
  const { amount, minSubtotal, ...rest } = data;
  return {
    ...rest,
    amountCentAmount: amount === null ? null : BigInt(amount),
    minSubtotalCentAmount: minSubtotal === null ? null : BigInt(minSubtotal),
  };
}

function toPromotion(row: Row): Promotion {
  return {
    id: row.id,
    name: row.name,
    code: row.code,
    kind: row.kind,
    value: row.value,
    currencyCode: row.currencyCode,
    amount: row.amountCentAmount === null ? null : Number(row.amountCentAmount),
    minSubtotal: row.minSubtotalCentAmount === null ? null : Number(row.minSubtotalCentAmount),
    startsAt: row.startsAt,
    endsAt: row.endsAt,
    usageLimit: row.usageLimit,
    perCustomerLimit: row.perCustomerLimit,
    timesUsed: row.timesUsed,
    isActive: row.isActive,
  };
}
