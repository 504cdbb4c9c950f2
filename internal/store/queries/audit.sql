-- name: audit.write
-- One record of the audit trail.
INSERT INTO audit (account_id, account, role, address, request, via, outcome, code, objects, detail)
VALUES (@account_id, @account, @role, @address, @request, @via, @outcome, @code, @objects, @detail);

-- name: audit.page
-- Records of the trail, the newest first; only those of the page are looked up among the seals. Columns are named after land.Record.
SELECT a.audit_id AS id, a.at, a.account_id, a.account, a.role, a.address, a.request, a.via, a.outcome, a.code, a.objects, a.detail, s.seq AS seal, s.hash
FROM   audit a
LEFT   JOIN LATERAL (SELECT l.seq, l.hash FROM audit_seal l WHERE l.audit_id = a.audit_id OFFSET 0) s ON true
WHERE  (@before::bigint = 0 OR a.audit_id < @before)
AND    (@account::text IS NULL OR a.account = @account)
AND    (@object::text IS NULL OR a.objects @> ARRAY[@object::text])
AND    (@via::text IS NULL OR strpos(a.via, @via) > 0)
AND    (@outcome::text IS NULL OR a.outcome = @outcome)
AND    (@code::text IS NULL OR a.code = @code)
AND    (@from::date IS NULL OR a.at >= @from::date::timestamp AT TIME ZONE 'Asia/Shanghai')
AND    (@to::date IS NULL OR a.at < (@to::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')
ORDER  BY a.audit_id DESC
LIMIT  @limit;

-- name: audit.count
-- How many records a filter finds, counted up to a bound.
SELECT count(*) FROM (
SELECT FROM audit a
WHERE  (@account::text IS NULL OR a.account = @account)
AND    (@object::text IS NULL OR a.objects @> ARRAY[@object::text])
AND    (@via::text IS NULL OR strpos(a.via, @via) > 0)
AND    (@outcome::text IS NULL OR a.outcome = @outcome)
AND    (@code::text IS NULL OR a.code = @code)
AND    (@from::date IS NULL OR a.at >= @from::date::timestamp AT TIME ZONE 'Asia/Shanghai')
AND    (@to::date IS NULL OR a.at < (@to::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')
LIMIT  @most) m;

-- name: audit.each
-- All records that a filter finds, the oldest first. Columns are named after land.Record.
SELECT a.audit_id AS id, a.at, a.account_id, a.account, a.role, a.address, a.request, a.via, a.outcome, a.code, a.objects, a.detail, s.seq AS seal, s.hash
FROM   audit a
LEFT   JOIN audit_seal s USING (audit_id)
WHERE  (@account::text IS NULL OR a.account = @account)
AND    (@object::text IS NULL OR a.objects @> ARRAY[@object::text])
AND    (@via::text IS NULL OR strpos(a.via, @via) > 0)
AND    (@outcome::text IS NULL OR a.outcome = @outcome)
AND    (@code::text IS NULL OR a.code = @code)
AND    (@from::date IS NULL OR a.at >= @from::date::timestamp AT TIME ZONE 'Asia/Shanghai')
AND    (@to::date IS NULL OR a.at < (@to::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')
ORDER  BY a.audit_id;

-- name: audit.chain
-- Which chain this is, and of which database; a chain that somebody removed has no number.
SELECT current_database() AS database, coalesce((SELECT chain::text FROM audit_chain), '') AS id;

-- name: audit.sealed
-- Every link of the chain with the record that it seals, in order.
SELECT s.seq, s.hash, s.audit_id AS record_id, a.audit_id AS id, a.at, a.account_id, a.account, a.role, a.address, a.request, a.via, a.outcome, a.code, a.objects, a.detail::text AS detail
FROM   audit_seal s
LEFT   JOIN audit a USING (audit_id)
ORDER  BY s.seq;

-- name: audit.unsealed
-- Records that no link seals, and those in line that are gone.
SELECT u.id, u.at, u.waits FROM (
       SELECT a.audit_id AS id, a.at, w.audit_id IS NOT NULL AS waits
       FROM   audit a
       LEFT   JOIN audit_unsealed w USING (audit_id)
       WHERE  NOT EXISTS (SELECT FROM audit_seal s WHERE s.audit_id = a.audit_id)
       UNION  ALL
       SELECT w.audit_id, NULL, true FROM audit_unsealed w WHERE NOT EXISTS (SELECT FROM audit a WHERE a.audit_id = w.audit_id)) u
ORDER  BY u.id;

-- name: audit.waits
-- Whether a record waits to be sealed.
SELECT EXISTS (SELECT FROM audit_unsealed);

-- name: audit.take
-- The right to seal, which one connection has at a time; it ends with the connection.
SELECT pg_try_advisory_lock(0, 7);

-- name: audit.release
-- Gives the right to seal back at once: the end of a connection is noticed a moment later.
SELECT pg_advisory_unlock(0, 7);

-- name: audit.console
-- Links are shown to the console and the auditor alone.
SET zb.account = '0';

-- name: audit.seal
-- Seals what waits, and answers the new links.
SELECT seq, hash FROM audit_seal_some(@most::int);

-- name: audit.after
-- The links behind a place in the chain.
SELECT seq, hash FROM audit_seal WHERE seq > @seq ORDER BY seq LIMIT @limit;

-- name: audit.last
-- The last link of the chain.
SELECT seq, hash FROM audit_seal ORDER BY seq DESC LIMIT 1;
