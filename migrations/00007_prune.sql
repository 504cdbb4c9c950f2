-- The stream of changes is kept for days and not for ever.
-- +goose Up

-- What transactions before this one brought is gone: a reader whose place lies before it reads everything anew.
CREATE TABLE outbox_begin (
    sole    boolean  NOT NULL DEFAULT true,
    before  xid8     NOT NULL,
    CONSTRAINT outbox_begin_pk   PRIMARY KEY (sole),
    CONSTRAINT outbox_begin_one  CHECK (sole)
);
INSERT INTO outbox_begin (before) VALUES ('0');
GRANT SELECT ON outbox_begin TO zhengbei_service;

-- Forgets changes that are older than seven days, and lie before every transaction that is open; answers how many. Of two servers one does it.
-- +goose StatementBegin
CREATE FUNCTION outbox_prune() RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    bound xid8;
    last xid8;
    gone bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(0, 4) THEN
        RETURN 0;
    END IF;
    SELECT least(min(o.xact) FILTER (WHERE o.at >= clock_timestamp() - interval '7 days'), pg_snapshot_xmin(pg_current_snapshot())) INTO bound FROM outbox o;
    WITH forgotten AS (DELETE FROM outbox o WHERE o.xact < bound RETURNING o.xact)
    SELECT count(*), max(f.xact) INTO gone, last FROM forgotten f;
    IF gone > 0 THEN
        UPDATE outbox_begin b SET before = greatest(b.before, (last::text::numeric + 1)::text::xid8);
    END IF;
    RETURN gone;
END
$$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION outbox_prune() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION outbox_prune() TO zhengbei_service;
