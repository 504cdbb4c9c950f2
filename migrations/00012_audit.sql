-- The audit trail: rows that nobody can change, sealed one after the other into a chain.

-- +goose Up

-- Which chain this is: its number begins the first hash and names the anchor file outside the database.
CREATE TABLE audit_chain (
    sole   boolean  NOT NULL DEFAULT true,
    chain  uuid     NOT NULL DEFAULT gen_random_uuid(),
    CONSTRAINT audit_chain_pk   PRIMARY KEY (sole),
    CONSTRAINT audit_chain_one  CHECK (sole)
);
INSERT INTO audit_chain DEFAULT VALUES;

-- Who did what, when, from where, and what came of it. Written with the change itself; a refusal in a transaction of its own, before it is answered.
CREATE TABLE audit (
    audit_id    bigint       GENERATED ALWAYS AS IDENTITY,
    at          timestamptz  NOT NULL DEFAULT clock_timestamp(),
    account_id  int,                     -- null: nobody was signed in
    account     text         NOT NULL,   -- the name as given; of a failed sign-in the name that was tried
    role        text,
    address     text         NOT NULL,
    request     text         NOT NULL,   -- the number of the request, as in the log and the answer
    via         text         NOT NULL,   -- the route or the command
    outcome     text         NOT NULL,
    code        text,                    -- of the fault, where it was refused
    objects     text[]       NOT NULL DEFAULT '{}',
    detail      json         NOT NULL DEFAULT '{}', -- before and after; json keeps the text as it was written, and the text is sealed
    CONSTRAINT audit_pk       PRIMARY KEY (audit_id),
    CONSTRAINT audit_outcome  CHECK (outcome IN ('done', 'refused')),
    CONSTRAINT audit_code     CHECK ((outcome = 'refused') = (code IS NOT NULL)),
    CONSTRAINT audit_objects  CHECK (objects = '{}' OR array_ndims(objects) = 1 AND array_position(objects, NULL) IS NULL)
);
CREATE INDEX audit_by_at      ON audit (at, audit_id);
CREATE INDEX audit_by_account ON audit (account, audit_id);
CREATE INDEX audit_by_object  ON audit USING gin (objects);

-- What waits to be sealed: identities commit out of order, so that a place in them says nothing.
CREATE TABLE audit_unsealed (
    audit_id  bigint NOT NULL,
    CONSTRAINT audit_unsealed_pk PRIMARY KEY (audit_id)
);

-- The chain: hash = SHA-256(hash before || canonical record), from the chain's number on.
CREATE TABLE audit_seal (
    seq       bigint  NOT NULL,
    audit_id  bigint  NOT NULL,
    hash      bytea   NOT NULL,
    CONSTRAINT audit_seal_pk     PRIMARY KEY (seq),
    CONSTRAINT audit_seal_once   UNIQUE (audit_id),
    CONSTRAINT audit_seal_audit  FOREIGN KEY (audit_id) REFERENCES audit (audit_id),
    CONSTRAINT audit_seal_form   CHECK (seq >= 1 AND length(hash) = 32)
);

-- +goose StatementBegin
CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the audit trail only grows', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation', CONSTRAINT = 'audit_stays';
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION audit_waits() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO audit_unsealed (audit_id) VALUES (NEW.audit_id);
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER audit_waits       AFTER INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_waits();
CREATE TRIGGER audit_stays       BEFORE UPDATE OR DELETE OR TRUNCATE ON audit       FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();
CREATE TRIGGER audit_seal_stays  BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal  FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();
CREATE TRIGGER audit_chain_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chain FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();

-- A record as it is sealed: each field with its length before it, '-' where there is none, so that no two records read alike.
-- +goose StatementBegin
CREATE FUNCTION audit_canonical(a audit) RETURNS bytea LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT convert_to(string_agg(coalesce(octet_length(f)::text || ':' || f, '-'), '' ORDER BY n), 'UTF8')
    FROM   unnest(ARRAY[
               a.audit_id::text, to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), a.account_id::text, a.account, a.role, a.address,
               a.request, a.via, a.outcome, a.code,
               (SELECT string_agg(octet_length(o)::text || ':' || o, '' ORDER BY k) FROM unnest(a.objects) WITH ORDINALITY u(o, k)), a.detail::text
           ]) WITH ORDINALITY t(f, n)
$$;
-- +goose StatementEnd

-- Seals what waits, at most so many, in the order of their numbers, and answers the new links. Only one may seal at a time: the caller holds the lock (0, 7).
-- Each record is looked up by its number: a join would read the whole trail for the few that wait. A record in line that is gone stays in line, as evidence.
-- +goose StatementBegin
CREATE FUNCTION audit_seal_some(most int) RETURNS TABLE (seq bigint, hash bytea) LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    last   bigint;
    before bytea;
    one    record;
    sealed bigint[] := '{}';
BEGIN
    IF NOT EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.pid = pg_backend_pid() AND l.granted AND l.mode = 'ExclusiveLock'
                   AND l.classid = 0 AND l.objid = 7 AND l.objsubid = 2
                   AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())) THEN
        RAISE EXCEPTION 'only who has the right to seal seals' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT s.seq, s.hash INTO last, before FROM audit_seal s ORDER BY s.seq DESC LIMIT 1;
    IF last IS NULL THEN
        last := 0;
        SELECT sha256(convert_to(c.chain::text, 'UTF8')) INTO before FROM audit_chain c;
    END IF;
    FOR one IN
        SELECT w.audit_id, c.canonical
        FROM  (SELECT u.audit_id FROM audit_unsealed u WHERE (SELECT true FROM audit a WHERE a.audit_id = u.audit_id) ORDER BY u.audit_id LIMIT most) w
        CROSS  JOIN LATERAL (SELECT audit_canonical(a) AS canonical FROM audit a WHERE a.audit_id = w.audit_id OFFSET 0) c
        ORDER  BY w.audit_id
    LOOP
        last := last + 1;
        before := sha256(before || one.canonical);
        INSERT INTO audit_seal (seq, audit_id, hash) VALUES (last, one.audit_id, before);
        sealed := sealed || one.audit_id;
        seq := last;
        hash := before;
        RETURN NEXT;
    END LOOP;
    DELETE FROM audit_unsealed u WHERE u.audit_id = ANY (sealed);
END
$$;
-- +goose StatementEnd

-- Only the auditor reads the trail, and the console.
ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
CREATE POLICY audit_reads  ON audit FOR SELECT USING ((SELECT acting_role()) IN ('auditor', 'console'));
CREATE POLICY audit_writes ON audit FOR INSERT WITH CHECK (true);
ALTER TABLE audit_seal ENABLE ROW LEVEL SECURITY;
CREATE POLICY audit_seal_reads ON audit_seal FOR SELECT USING ((SELECT acting_role()) IN ('auditor', 'console'));

GRANT SELECT, INSERT ON audit TO zhengbei_service;
GRANT SELECT ON audit_seal, audit_chain, audit_unsealed TO zhengbei_service;
REVOKE EXECUTE ON FUNCTION audit_seal_some(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_seal_some(int) TO zhengbei_service;
