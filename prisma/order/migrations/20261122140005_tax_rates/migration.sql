-- Rates of the taxes, and shipping's shares of tax and discount, as the cart has quoted them: an invoice says them for good.
ALTER TABLE "orders" ADD COLUMN     "shipping_discount_cents" BIGINT,
ADD COLUMN     "shipping_tax_basis_points" INTEGER,
ADD COLUMN     "shipping_tax_cents" BIGINT;
ALTER TABLE "order_line" ADD COLUMN     "tax_basis_points" INTEGER;
