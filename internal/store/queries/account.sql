-- name: account.by_session
-- Who a session belongs to, while it lasts: it ends when idle, at its latest end, with its account. Columns are named after store.Bearer.
SELECT a.account_id AS id, a.name AS account, a.role, coalesce(p.code, '') AS post,
       ARRAY(SELECT s.code FROM command_post_parcel r JOIN subject s ON s.subject_id = r.parcel
             WHERE r.post_id = a.post_id AND upper_inf(r.known) AND r.valid @> (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date ORDER BY s.code) AS parcels,
       a.sees_names AS granted, b.session_id AS number, NULL::text[] AS scopes, '' AS why, b.seen_at < clock_timestamp() - interval '1 min' AS stale
FROM   session b
JOIN   account a USING (account_id)
LEFT   JOIN command_post p USING (post_id)
WHERE  b.secret = @secret AND b.ended_at IS NULL AND b.ends_at > clock_timestamp() AND b.seen_at > clock_timestamp() - @idle::interval
AND    a.disabled_at IS NULL AND a.role IS NOT NULL;

-- name: account.by_token
-- Who a token belongs to, while it lasts. Columns are named after store.Bearer.
SELECT a.account_id AS id, a.name AS account, a.role, coalesce(p.code, '') AS post,
       ARRAY(SELECT s.code FROM command_post_parcel r JOIN subject s ON s.subject_id = r.parcel
             WHERE r.post_id = a.post_id AND upper_inf(r.known) AND r.valid @> (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date ORDER BY s.code) AS parcels,
       a.sees_names AS granted, b.token_id AS number, b.scopes, coalesce(b.reason, '') AS why, coalesce(b.used_at < clock_timestamp() - interval '1 min', true) AS stale
FROM   token b
JOIN   account a USING (account_id)
LEFT   JOIN command_post p USING (post_id)
WHERE  b.secret = @secret AND b.ended_at IS NULL AND b.ends_at > clock_timestamp() AND a.disabled_at IS NULL AND a.role IS NOT NULL;

-- name: account.saw_session
-- A session was used, to the minute.
UPDATE session SET seen_at = clock_timestamp() WHERE session_id = @number;

-- name: account.used_token
-- A token was used, to the minute.
UPDATE token SET used_at = clock_timestamp() WHERE token_id = @number;
