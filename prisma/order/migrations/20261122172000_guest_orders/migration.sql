-- Guests' orders of an address, for the account that has verified it.
CREATE INDEX "orders_guest_email" ON "orders" (lower("email")) WHERE "customer_id" IS NULL;
