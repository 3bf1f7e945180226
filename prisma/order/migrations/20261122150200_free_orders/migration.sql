-- An order that costs nothing is confirmed when it is placed: there is no payment to wait for.
ALTER TABLE "orders" DROP CONSTRAINT "orders_confirmed_is_paid";
ALTER TABLE "orders" ADD CONSTRAINT "orders_confirmed_is_paid" CHECK (
    "status" NOT IN ('CONFIRMED', 'COMPLETED')
    OR ("confirmed_at" IS NOT NULL AND ("payment_id" IS NOT NULL OR "total_cents" = 0)));
