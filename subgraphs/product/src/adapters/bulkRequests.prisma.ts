import type { BulkAnswer, BulkRequests } from '../app/ports.js';
import type { PrismaClient } from '../generated/prisma/client.js';

/** Answers of bulk requests, kept in Postgres. */
export function prismaBulkRequests(prisma: PrismaClient): BulkRequests {
  return {
    async find(key) {
      const row = await prisma.bulkRequest.findUnique({ where: { idempotencyKey: key } });
      return row ? { inputHash: row.inputHash, answer: row.answer as unknown as BulkAnswer } : undefined;
    },
    async keep(key, inputHash, answer) {
      await prisma.bulkRequest.createMany({
        data: [{ idempotencyKey: key, inputHash, answer: structuredClone(answer) as object }],
        skipDuplicates: true,
      });
    },
  };
}
