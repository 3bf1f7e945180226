-- What a provider tells late must not overwrite what is known to be newer.
ALTER TABLE "payment_method" ADD COLUMN "as_of" TIMESTAMPTZ(3) NOT NULL DEFAULT 'epoch';
