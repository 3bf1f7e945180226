-- AlterTable
ALTER TABLE "delivery" ADD COLUMN     "erased" BOOLEAN NOT NULL DEFAULT false;

-- By hand from here on: what the datamodel cannot say.

ALTER TABLE "delivery" ADD CONSTRAINT "delivery_erased" CHECK (NOT "erased" OR "recipient" IS NULL);
