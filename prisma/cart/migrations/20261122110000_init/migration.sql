-- Carts, promotions, shipping and tax rules.

CREATE TYPE "cart_status" AS ENUM ('ACTIVE', 'COMPLETED', 'MERGED', 'EXPIRED');

CREATE TYPE "promotion_kind" AS ENUM ('PERCENT_OFF_ORDER', 'AMOUNT_OFF_ORDER', 'FREE_SHIPPING');

CREATE TABLE "cart" (
    "id" TEXT NOT NULL,
    "token_hash" BYTEA,
    "customer_id" TEXT,
    "status" "cart_status" NOT NULL DEFAULT 'ACTIVE',
    "version" INTEGER NOT NULL DEFAULT 1,
    "currency_code" TEXT NOT NULL,
    "country_code" TEXT,
    "email" TEXT,
    "shipping_address" JSONB,
    "billing_address" JSONB,
    "shipping_method_id" TEXT,
    "discount_codes" TEXT[] NOT NULL,
    "note" TEXT,
    "lines" JSONB NOT NULL,
    "merged_into_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "cart_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "cart_checkout" (
    "order_id" TEXT NOT NULL,
    "cart_id" TEXT,
    "answer" JSONB,
    "repriced" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "released_at" TIMESTAMPTZ(3),

    CONSTRAINT "cart_checkout_pkey" PRIMARY KEY ("order_id")
);

CREATE TABLE "promotion" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "code" TEXT,
    "kind" "promotion_kind" NOT NULL,
    "value" INTEGER NOT NULL DEFAULT 0,
    "currency_code" TEXT,
    "amount_cent_amount" BIGINT,
    "min_subtotal_cent_amount" BIGINT,
    "starts_at" TIMESTAMPTZ(3),
    "ends_at" TIMESTAMPTZ(3),
    "usage_limit" INTEGER,
    "per_customer_limit" INTEGER,
    "times_used" INTEGER NOT NULL DEFAULT 0,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "promotion_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "promotion_use" (
    "order_id" TEXT NOT NULL,
    "promotion_id" TEXT NOT NULL,
    "customer_key" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "released_at" TIMESTAMPTZ(3),

    CONSTRAINT "promotion_use_pkey" PRIMARY KEY ("order_id","promotion_id")
);

CREATE TABLE "shipping_method" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "estimated_days" INTEGER,
    "position" INTEGER NOT NULL DEFAULT 0,
    "is_active" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "shipping_method_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "shipping_rate" (
    "id" SERIAL NOT NULL,
    "method_id" TEXT NOT NULL,
    "country_codes" TEXT[] NOT NULL,
    "currency_code" TEXT NOT NULL,
    "min_weight_grams" INTEGER NOT NULL DEFAULT 0,
    "max_weight_grams" INTEGER,
    "base_cent_amount" BIGINT NOT NULL,
    "per_kg_cent_amount" BIGINT NOT NULL DEFAULT 0,
    "free_from_cent_amount" BIGINT,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "shipping_rate_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "tax_rate" (
    "country_code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "basis_points" INTEGER NOT NULL,
    "included" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "tax_rate_pkey" PRIMARY KEY ("country_code")
);

CREATE UNIQUE INDEX "cart_token_hash_key" ON "cart"("token_hash");

CREATE UNIQUE INDEX "promotion_code_key" ON "promotion"("code");

ALTER TABLE "promotion_use" ADD CONSTRAINT "promotion_use_promotion_id_fkey" FOREIGN KEY ("promotion_id") REFERENCES "promotion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "shipping_rate" ADD CONSTRAINT "shipping_rate_method_id_fkey" FOREIGN KEY ("method_id") REFERENCES "shipping_method"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "cart"
    ADD CONSTRAINT "cart_version_positive" CHECK ("version" > 0),
    ADD CONSTRAINT "cart_lines_is_list" CHECK (jsonb_typeof("lines") = 'array' AND jsonb_array_length("lines") <= 250),
    ADD CONSTRAINT "cart_owned_by_user_or_guest" CHECK ("customer_id" IS NOT NULL OR "token_hash" IS NOT NULL),
    -- Room in the page for the next version, so that a change touches no index.
    SET (fillfactor = 70);
-- A user's active cart.
CREATE INDEX "cart_active_customer_idx" ON "cart" ("customer_id") WHERE "status" = 'ACTIVE' AND "customer_id" IS NOT NULL;
-- What the sweep looks through. On the creation, not on the expiry: a change of an indexed column costs every cart change.
CREATE INDEX "cart_active_created_idx" ON "cart" ("created_at") WHERE "status" = 'ACTIVE';

ALTER TABLE "cart_checkout"
    ADD CONSTRAINT "cart_checkout_answered_or_released" CHECK (("cart_id" IS NOT NULL AND "answer" IS NOT NULL) OR "released_at" IS NOT NULL);

ALTER TABLE "promotion"
    ADD CONSTRAINT "promotion_value" CHECK (CASE "kind" WHEN 'PERCENT_OFF_ORDER' THEN "value" BETWEEN 1 AND 100 ELSE "value" = 0 END),
    ADD CONSTRAINT "promotion_amount" CHECK (("kind" = 'AMOUNT_OFF_ORDER') = ("amount_cent_amount" IS NOT NULL)),
    ADD CONSTRAINT "promotion_amounts_positive" CHECK ("amount_cent_amount" > 0 AND "min_subtotal_cent_amount" > 0),
    ADD CONSTRAINT "promotion_currency" CHECK ("currency_code" IS NOT NULL OR ("amount_cent_amount" IS NULL AND "min_subtotal_cent_amount" IS NULL)),
    ADD CONSTRAINT "promotion_limits_positive" CHECK ("usage_limit" > 0 AND "per_customer_limit" > 0),
    ADD CONSTRAINT "promotion_used_within_limit" CHECK ("times_used" >= 0),
    ADD CONSTRAINT "promotion_window" CHECK ("starts_at" < "ends_at"),
    ADD CONSTRAINT "promotion_code_upper" CHECK ("code" = upper("code"));
-- Promotions that apply without a code.
CREATE INDEX "promotion_automatic_idx" ON "promotion" ("id") WHERE "code" IS NULL;
-- How often one customer used a promotion.
CREATE INDEX "promotion_use_customer_idx" ON "promotion_use" ("promotion_id", "customer_key") WHERE "released_at" IS NULL;

ALTER TABLE "shipping_rate"
    ADD CONSTRAINT "shipping_rate_amounts" CHECK ("base_cent_amount" >= 0 AND "per_kg_cent_amount" >= 0 AND "free_from_cent_amount" > 0),
    ADD CONSTRAINT "shipping_rate_weights" CHECK ("min_weight_grams" >= 0 AND "max_weight_grams" >= "min_weight_grams");
CREATE INDEX "shipping_rate_method_idx" ON "shipping_rate" ("method_id");
ALTER TABLE "tax_rate" ADD CONSTRAINT "tax_rate_basis_points" CHECK ("basis_points" BETWEEN 0 AND 10000);

-- Completes a cart for an order, in one round trip and all or nothing. Outcomes: CLAIMED · EXISTS (this order was answered or
-- released before: read the record) · CHANGED (status or version is not the expected one) · LIMIT (detail: id of a promotion
-- whose last use went to somebody else in the meantime, or that ended).
-- Locks in this order, here and in cart_checkout_release: cart, promotions by id, checkout record.
CREATE FUNCTION "cart_checkout_claim"(
    p_order_id TEXT, p_cart_id TEXT, p_version INTEGER, p_lines JSONB, p_repriced BOOLEAN, p_answer JSONB,
    p_promotion_ids TEXT[], p_customer_key BYTEA, p_now TIMESTAMPTZ
) RETURNS TABLE ("outcome" TEXT, "detail" TEXT) LANGUAGE plpgsql AS $$
DECLARE
    v_blocked TEXT;
BEGIN
    PERFORM 1 FROM cart c WHERE c.id = p_cart_id AND c.status = 'ACTIVE' AND c.version = p_version AND c.expires_at > p_now FOR UPDATE;
    IF NOT FOUND THEN
        IF EXISTS (SELECT 1 FROM cart_checkout k WHERE k.order_id = p_order_id) THEN
            RETURN QUERY SELECT 'EXISTS', NULL::text;
        ELSE
            RETURN QUERY SELECT 'CHANGED', NULL::text;
        END IF;
        RETURN;
    END IF;
    IF cardinality(p_promotion_ids) > 0 THEN
        PERFORM 1 FROM promotion p WHERE p.id = ANY (p_promotion_ids) ORDER BY p.id FOR UPDATE;
        SELECT wanted.id INTO v_blocked
          FROM unnest(p_promotion_ids) WITH ORDINALITY AS wanted (id, place)
          LEFT JOIN promotion p ON p.id = wanted.id
         WHERE p.id IS NULL OR NOT p.is_active OR p.ends_at <= p_now OR p.times_used >= p.usage_limit
            OR (p.per_customer_limit IS NOT NULL AND p.per_customer_limit <= (
                SELECT count(*) FROM promotion_use u
                 WHERE u.promotion_id = p.id AND u.customer_key = p_customer_key AND u.released_at IS NULL))
         ORDER BY wanted.place LIMIT 1;
        IF FOUND THEN
            RETURN QUERY SELECT 'LIMIT', v_blocked;
            RETURN;
        END IF;
    END IF;
    INSERT INTO cart_checkout (order_id, cart_id, answer, repriced, created_at)
    VALUES (p_order_id, p_cart_id, p_answer, p_repriced, p_now) ON CONFLICT (order_id) DO NOTHING;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'EXISTS', NULL::text;
        RETURN;
    END IF;
    IF cardinality(p_promotion_ids) > 0 THEN
        UPDATE promotion p SET times_used = p.times_used + 1 WHERE p.id = ANY (p_promotion_ids);
        INSERT INTO promotion_use (order_id, promotion_id, customer_key, created_at)
        SELECT p_order_id, id, p_customer_key, p_now FROM unnest(p_promotion_ids) AS id;
    END IF;
    UPDATE cart c SET status = 'COMPLETED', lines = CASE WHEN p_repriced THEN p_lines ELSE c.lines END, updated_at = p_now
     WHERE c.id = p_cart_id;
    RETURN QUERY SELECT 'CLAIMED', NULL::text;
END;
$$;

-- Gives back an order's promotion uses; answers how many it gave back, 0 when repeated.
CREATE FUNCTION "promotion_uses_release"(p_order_id TEXT, p_now TIMESTAMPTZ) RETURNS INTEGER LANGUAGE plpgsql AS $$
DECLARE
    v_released INTEGER;
BEGIN
    PERFORM 1 FROM promotion p JOIN promotion_use u ON u.promotion_id = p.id
      WHERE u.order_id = p_order_id AND u.released_at IS NULL ORDER BY p.id FOR UPDATE OF p;
    WITH freed AS (
        UPDATE promotion_use u SET released_at = p_now WHERE u.order_id = p_order_id AND u.released_at IS NULL RETURNING u.promotion_id
    )
    UPDATE promotion p SET times_used = p.times_used - 1 FROM freed WHERE p.id = freed.promotion_id;
    GET DIAGNOSTICS v_released = ROW_COUNT;
    RETURN v_released;
END;
$$;

-- Undoes cart_checkout_claim: the cart is ACTIVE again (in a new version if its prices had changed) and the promotions are free.
-- An order that was never answered is recorded as released, so that a claim still on its way is refused. False when repeated.
CREATE FUNCTION "cart_checkout_release"(p_order_id TEXT, p_now TIMESTAMPTZ, p_expires_at TIMESTAMPTZ) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
DECLARE
    v_cart_id TEXT;
    v_repriced BOOLEAN;
BEGIN
    INSERT INTO cart_checkout (order_id, created_at, released_at) VALUES (p_order_id, p_now, p_now) ON CONFLICT (order_id) DO NOTHING;
    IF FOUND THEN
        RETURN FALSE;
    END IF;
    SELECT k.cart_id INTO v_cart_id FROM cart_checkout k WHERE k.order_id = p_order_id AND k.released_at IS NULL;
    IF NOT FOUND THEN
        RETURN FALSE;
    END IF;
    PERFORM 1 FROM cart c WHERE c.id = v_cart_id FOR UPDATE;
    PERFORM promotion_uses_release(p_order_id, p_now);
    UPDATE cart_checkout k SET released_at = p_now WHERE k.order_id = p_order_id AND k.released_at IS NULL
    RETURNING k.repriced INTO v_repriced;
    IF NOT FOUND THEN
        RETURN FALSE;
    END IF;
    UPDATE cart c SET status = 'ACTIVE', version = c.version + CASE WHEN v_repriced THEN 1 ELSE 0 END,
                      updated_at = p_now, expires_at = p_expires_at
     WHERE c.id = v_cart_id AND c.status = 'COMPLETED';
    RETURN TRUE;
END;
$$;

-- Defaults that a merchant changes in these tables. Prices include VAT (standard rates of 2026).
INSERT INTO "tax_rate" ("country_code", "name", "basis_points") VALUES
    ('AT', 'VAT', 2000), ('BE', 'VAT', 2100), ('BG', 'VAT', 2000), ('HR', 'VAT', 2500), ('CY', 'VAT', 1900), ('CZ', 'VAT', 2100),
    ('DK', 'VAT', 2500), ('EE', 'VAT', 2400), ('FI', 'VAT', 2550), ('FR', 'VAT', 2000), ('DE', 'VAT', 1900), ('GR', 'VAT', 2400),
    ('HU', 'VAT', 2700), ('IE', 'VAT', 2300), ('IT', 'VAT', 2200), ('LV', 'VAT', 2100), ('LT', 'VAT', 2100), ('LU', 'VAT', 1700),
    ('MT', 'VAT', 1800), ('NL', 'VAT', 2100), ('PL', 'VAT', 2300), ('PT', 'VAT', 2300), ('RO', 'VAT', 2100), ('SK', 'VAT', 2300),
    ('SI', 'VAT', 2200), ('ES', 'VAT', 2100), ('SE', 'VAT', 2500), ('GB', 'VAT', 2000), ('CH', 'VAT', 810), ('NO', 'VAT', 2500);

INSERT INTO "shipping_method" ("id", "name", "estimated_days", "position") VALUES
    ('standard', 'Standard', 4, 1), ('express', 'Express', 1, 2), ('freight', 'Freight', 7, 3);
INSERT INTO "shipping_rate"
    ("method_id", "country_codes", "currency_code", "min_weight_grams", "max_weight_grams", "base_cent_amount", "per_kg_cent_amount", "free_from_cent_amount", "position")
SELECT rate.method_id, rate.country_codes, currency.code, rate.min_weight, rate.max_weight, rate.base, rate.per_kg, rate.free_from, rate.position
  FROM unnest(ARRAY['EUR', 'USD', 'GBP', 'CHF']) AS currency (code),
       (VALUES
        ('standard', ARRAY['DE', 'AT', 'NL', 'BE', 'LU'], 0, 30000, 490, 0, 5000, 1),
        ('standard', ARRAY['BG', 'HR', 'CY', 'CZ', 'DK', 'EE', 'FI', 'FR', 'GR', 'HU', 'IE', 'IT', 'LV', 'LT', 'MT', 'PL', 'PT', 'RO', 'SK', 'SI', 'ES', 'SE', 'GB', 'CH', 'NO'],
         0, 30000, 990, 0, 10000, 2),
        ('standard', ARRAY[]::text[], 0, 30000, 1990, 400, NULL, 3),
        ('express', ARRAY['DE', 'AT', 'NL', 'BE', 'LU'], 0, 20000, 1290, 100, NULL, 1),
        ('express', ARRAY['BG', 'HR', 'CY', 'CZ', 'DK', 'EE', 'FI', 'FR', 'GR', 'HU', 'IE', 'IT', 'LV', 'LT', 'MT', 'PL', 'PT', 'RO', 'SK', 'SI', 'ES', 'SE', 'GB', 'CH', 'NO'],
         0, 20000, 1990, 200, NULL, 2),
        ('express', ARRAY[]::text[], 0, 20000, 3990, 800, NULL, 3),
        ('freight', ARRAY[]::text[], 30001, NULL, 7900, 60, NULL, 1)
       ) AS rate (method_id, country_codes, min_weight, max_weight, base, per_kg, free_from, position);

-- Outbox and inbox of one service. Copy this file unchanged into the service's migration (packages/outbox/README.md has
-- the matching Prisma models). The test packages/outbox/src/tables.integration.test.ts runs it as it is.

-- One row per published event, written in the transaction of the change that it tells about.
-- `pending` names the consumers that have not acknowledged it yet; an empty `pending` settles the row.
CREATE TABLE "outbox_event" (
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "aggregate_id" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "traceparent" TEXT NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "causation_id" TEXT,
    "actor" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "pending" TEXT[] NOT NULL,
    "sends" INTEGER NOT NULL DEFAULT 0,
    "next_send_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_event_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "outbox_event_settled_iff_nothing_pending" CHECK ((cardinality("pending") = 0) = ("settled_at" IS NOT NULL))
);
-- What the relay claims, oldest due first; stays as small as the backlog.
CREATE INDEX "outbox_event_due_idx" ON "outbox_event" ("next_send_at") WHERE "settled_at" IS NULL;
-- What the purge deletes.
CREATE INDEX "outbox_event_settled_idx" ON "outbox_event" ("settled_at") WHERE "settled_at" IS NOT NULL;
-- The history of one aggregate.
CREATE INDEX "outbox_event_aggregate_idx" ON "outbox_event" ("aggregate_id", "sequence");

-- Wakes the relays when the writing transaction commits; once per statement, and Postgres folds equal notifications of one transaction.
CREATE FUNCTION "outbox_event_notify"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('souk_outbox', '');
    RETURN NULL;
END;
$$;
CREATE TRIGGER "outbox_event_notify" AFTER INSERT ON "outbox_event" FOR EACH STATEMENT EXECUTE FUNCTION "outbox_event_notify"();

-- Inbox: an event that a consumer has applied. Written in the transaction of the effect, so an event is applied exactly once.
CREATE TABLE "processed_event" (
    "event_id" TEXT NOT NULL,
    "consumer" TEXT NOT NULL,
    "processed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "processed_event_pkey" PRIMARY KEY ("event_id", "consumer")
);
-- What the purge of old inbox rows deletes.
CREATE INDEX "processed_event_processed_at_idx" ON "processed_event" ("processed_at");
