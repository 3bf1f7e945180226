-- Holds what several stock ids of one order have reserved longer, whatever it is by now: an edit may have changed it.
-- Answers {outcome: RESERVED | COMMITTED | RELEASED}; RELEASED when some of it is not held any more, and then nothing changes.
CREATE FUNCTION "stock_extend"(p_ids text[], p_expires timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    v_active boolean;
    v_gone boolean;
    v_outcome text;
BEGIN
    PERFORM stock_lock(p_ids);
    SELECT bool_or(state = 'ACTIVE'), bool_or(state IN ('RELEASED', 'CANCELLED')) INTO v_active, v_gone
    FROM reservation WHERE order_id = ANY (p_ids);
    v_outcome := CASE WHEN v_active IS NULL OR v_gone THEN 'RELEASED' WHEN v_active THEN 'RESERVED' ELSE 'COMMITTED' END;
    IF v_outcome = 'RESERVED' THEN
        -- reserved_at too: a release that was decided before this call must not take the stock away from it.
        UPDATE reservation SET expires_at = greatest(expires_at, p_expires), reserved_at = clock_timestamp()
        WHERE order_id = ANY (p_ids) AND state = 'ACTIVE';
    END IF;
    RETURN jsonb_build_object('outcome', v_outcome, 'short', '[]'::jsonb);
END;
$$;
