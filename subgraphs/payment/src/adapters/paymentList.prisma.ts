import type { PaymentList } from '../app/ports.js';
import type { DisputeState } from '../domain/decideDispute.js';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';

/** The staff's list: any combination of filters, through Prisma. It answers ids; the payments are read by `PaymentStore.byIds`. */
export function createPaymentList(prisma: PrismaClient): PaymentList {
  return {
    async page({ filter, first, after, totalCount }) {
      const where: Prisma.PaymentWhereInput = {
        ...(filter.state === undefined ? {} : { state: filter.state }),
        ...(filter.orderId === undefined ? {} : { orderId: filter.orderId }),
        ...(filter.createdAfter === undefined ? {} : { createdAt: { gte: filter.createdAfter } }),
      };
      const [rows, total] = await Promise.all([
        prisma.payment.findMany({
          where: after === null ? where : { AND: [where, afterOf(after)] },
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
          take: first + 1,
          select: { id: true },
        }),
        totalCount ? prisma.payment.count({ where }) : undefined,
      ]);
      return { ids: rows.slice(0, first).map((row) => row.id), hasNextPage: rows.length > first, totalCount: total };
    },
    async disputes({ open, first, after }) {
      const rows = await prisma.dispute.findMany({
        where: open ? { state: { in: ['INQUIRY', 'OPEN'] } } : {},
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: first,
        ...(after === null ? {} : { cursor: { id: after }, skip: 1 }),
      });
      return rows.map(({ providerReference: reference, amountCents, state, ...row }) => ({
        ...row,
        reference,
        amountCents: Number(amountCents),
        state: state as DisputeState,
      }));
    },
  };
}

function afterOf(after: { createdAt: string; id: string }): Prisma.PaymentWhereInput {
  const createdAt = new Date(after.createdAt);
  return { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: after.id } }] };
}
