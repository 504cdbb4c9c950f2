-- name: account.by_session
-- Who a session belongs to, while it lasts: it ends when idle, at its latest end, with its account. One that the clock has not reached has ended:
-- the clock was turned back, and its end would be too late. Columns are named after store.Bearer.
SELECT a.account_id AS id, a.name AS account, a.role, coalesce(p.code, '') AS post,
       ARRAY(SELECT s.code FROM command_post_parcel r JOIN subject s ON s.subject_id = r.parcel
             WHERE r.post_id = a.post_id AND upper_inf(r.known) AND r.valid @> (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date ORDER BY s.code) AS parcels,
       a.sees_names AS granted, b.session_id AS number, NULL::text[] AS scopes, '' AS why,
       b.seen_at NOT BETWEEN clock_timestamp() - interval '1 min' AND clock_timestamp() + interval '1 min' AS stale
FROM   session b
JOIN   account a USING (account_id)
LEFT   JOIN command_post p USING (post_id)
WHERE  b.secret = @secret AND b.ended_at IS NULL AND b.ends_at > clock_timestamp()
AND    b.seen_at BETWEEN clock_timestamp() - @idle::interval AND clock_timestamp() + @ahead::interval AND b.created_at < clock_timestamp() + @ahead::interval
AND    a.disabled_at IS NULL AND a.role IS NOT NULL;

-- name: account.by_token
-- Who a token belongs to, while it lasts. Whom an issuer brings must have come through it within a month: nobody else tells that they have left.
-- Columns are named after store.Bearer.
SELECT a.account_id AS id, a.name AS account, a.role, coalesce(p.code, '') AS post,
       ARRAY(SELECT s.code FROM command_post_parcel r JOIN subject s ON s.subject_id = r.parcel
             WHERE r.post_id = a.post_id AND upper_inf(r.known) AND r.valid @> (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date ORDER BY s.code) AS parcels,
       a.sees_names AS granted, b.token_id AS number, b.scopes, coalesce(b.reason, '') AS why, coalesce(b.used_at < clock_timestamp() - interval '1 min', true) AS stale
FROM   token b
JOIN   account a USING (account_id)
LEFT   JOIN command_post p USING (post_id)
WHERE  b.secret = @secret AND b.ended_at IS NULL AND b.ends_at > clock_timestamp() AND a.disabled_at IS NULL AND a.role IS NOT NULL
AND    (a.issuer IS NULL OR a.signed_in_at > clock_timestamp() - interval '30 days');

-- name: account.saw_session
-- A session was used, to the minute.
UPDATE session SET seen_at = clock_timestamp() WHERE session_id = @number;

-- name: account.used_token
-- A token was used, to the minute.
UPDATE token SET used_at = clock_timestamp() WHERE token_id = @number;

-- name: account.list
-- The accounts of people, by name; one of them where it is named. Columns are named after land.Account.
SELECT a.account_id AS id, a.name, a.person, coalesce(a.role, '') AS role, coalesce(p.code, '') AS post, a.sees_names AS granted,
       a.disabled_at IS NOT NULL AS disabled, a.issuer IS NOT NULL AS elsewhere, a.created_at AS since, a.created_by AS by,
       a.password_at AS password, a.signed_in_at AS signed_in
FROM   account a
LEFT   JOIN command_post p USING (post_id)
WHERE  a.account_id > 0 AND (@name::text IS NULL OR lower(a.name) = lower(@name)) AND (@id::int IS NULL OR a.account_id = @id)
ORDER  BY lower(a.name);

-- name: account.lock
-- Holds an account, so that whoever signs in to it or changes it waits for one another.
SELECT account_id FROM account WHERE lower(name) = lower(@name) AND account_id > 0 FOR UPDATE;

-- name: account.add
-- Adds an account.
INSERT INTO account (name, person, role, post_id, sees_names, created_by)
VALUES (@name, @person, nullif(@role, ''), (SELECT post_id FROM command_post WHERE code = nullif(@post, '')), @granted, @by)
RETURNING account_id;

-- name: account.alter
-- Writes what those who keep accounts may change.
UPDATE account SET person = @person, role = nullif(@role, ''), post_id = (SELECT post_id FROM command_post WHERE code = nullif(@post, '')), sees_names = @granted,
       disabled_at = CASE WHEN @disabled THEN coalesce(disabled_at, clock_timestamp()) END
WHERE  account_id = @id;

-- name: account.post
-- Whether there is a command post of this code.
SELECT EXISTS (SELECT FROM command_post WHERE code = @code);

-- name: account.password
-- The password of an account, to be compared with. The name is compared without regard to case.
SELECT account_id AS id, name, coalesce(role, '') AS role, password_hash AS hash, disabled_at IS NOT NULL AS disabled FROM account WHERE lower(name) = lower(@name) AND account_id > 0;

-- name: account.set_password
-- Sets a password, or takes it away.
UPDATE account SET password_hash = @hash::text, password_at = CASE WHEN @hash::text IS NOT NULL THEN clock_timestamp() END WHERE account_id = @id;

-- name: account.rehash
-- Keeps the same password at another cost, unless it was changed meanwhile.
UPDATE account SET password_hash = @hash WHERE account_id = @id AND password_hash = @old;

-- name: account.cost
-- A hash at the cost at which most passwords are kept.
SELECT coalesce((SELECT min(password_hash) FROM account WHERE password_hash IS NOT NULL GROUP BY substring(password_hash FROM '^\$[^$]*\$[^$]*\$[^$]*\$') ORDER BY count(*) DESC, 1 LIMIT 1), '');

-- name: account.begin_session
-- Begins a session.
WITH seen AS (UPDATE account SET signed_in_at = clock_timestamp() WHERE account_id = @account)
INSERT INTO session (account_id, secret, ends_at, address, agent) VALUES (@account, @secret, clock_timestamp() + @lasts::interval, @address, @agent)
RETURNING session_id;

-- name: account.crowd
-- Ends the oldest sessions of an account beyond so many; those that idled away count for nothing.
UPDATE session SET ended_at = clock_timestamp()
WHERE  session_id IN (SELECT session_id FROM session WHERE account_id = @account AND ended_at IS NULL AND ends_at > statement_timestamp() AND seen_at > statement_timestamp() - @idle::interval
                      ORDER BY session_id DESC OFFSET @most);

-- name: account.fresh_session
-- Whether a session of an account began a short while ago.
SELECT EXISTS (SELECT FROM session WHERE session_id = @session AND account_id = @account AND ended_at IS NULL AND created_at > clock_timestamp() - @within::interval);

-- name: account.sessions
-- The sessions of an account that last, the latest seen first. Columns are named after land.Session.
SELECT session_id AS id, created_at AS since, seen_at AS seen, ends_at AS ends, address, agent
FROM   session
WHERE  account_id = @account AND ended_at IS NULL AND ends_at > clock_timestamp()
AND    seen_at BETWEEN clock_timestamp() - @idle::interval AND clock_timestamp() + @ahead::interval AND created_at < clock_timestamp() + @ahead::interval
ORDER  BY seen_at DESC, session_id DESC;

-- name: account.end_sessions
-- Ends sessions: one of an account, or all but one.
UPDATE session SET ended_at = clock_timestamp()
WHERE  account_id = @account AND ended_at IS NULL AND (@session::int IS NULL OR session_id = @session) AND session_id IS DISTINCT FROM @but::int;

-- name: account.end_shown
-- Ends the session of a secret, whoever it belongs to.
UPDATE session SET ended_at = clock_timestamp() WHERE secret = @secret AND ended_at IS NULL;

-- name: account.tokens
-- The tokens of an account that were not revoked, the newest first; one that expired is shown for a month. Columns are named after land.Token.
SELECT token_id AS id, name, scopes, coalesce(reason, '') AS why, created_at AS since, least(ends_at, '9999-12-31') AS ends, nullif(used_at, 'infinity') AS used
FROM   token
WHERE  account_id = @account AND ended_at IS NULL AND ends_at > clock_timestamp() - interval '30 days'
ORDER  BY token_id DESC;

-- name: account.add_token
-- Makes a token.
INSERT INTO token (account_id, name, secret, scopes, reason, ends_at) VALUES (@account, @name, @secret, @scopes, nullif(@why, ''), clock_timestamp() + @lasts::interval)
RETURNING token_id AS id, name, scopes, coalesce(reason, '') AS why, created_at AS since, ends_at AS ends, used_at AS used;

-- name: account.end_tokens
-- Revokes tokens: one of an account, or all.
UPDATE token SET ended_at = clock_timestamp() WHERE account_id = @account AND ended_at IS NULL AND (@token::int IS NULL OR token_id = @token);

-- name: account.token_of
-- Whose a token is.
SELECT a.name FROM token t JOIN account a USING (account_id) WHERE t.token_id = @token AND t.ended_at IS NULL;

-- name: account.add_link
-- Makes a one-time link.
INSERT INTO one_time_link (account_id, purpose, secret, ends_at) VALUES (@account, @purpose, @secret, clock_timestamp() + @lasts::interval) RETURNING ends_at;

-- name: account.end_links
-- Ends the links of an account that were not used: a newer one takes their place, or nobody is to use them.
UPDATE one_time_link SET used_at = clock_timestamp() WHERE account_id = @account AND used_at IS NULL;

-- name: account.link
-- What a one-time link is good for.
SELECT link_id AS id, purpose, account_id AS account, ends_at AS ends, used_at IS NOT NULL AS used, ends_at <= clock_timestamp() AS expired FROM one_time_link WHERE secret = @secret;

-- name: account.use_link
-- Uses a link: of several who use it at once one does.
UPDATE one_time_link SET used_at = clock_timestamp() WHERE link_id = @link AND used_at IS NULL AND ends_at > clock_timestamp();

-- name: account.attempts_gate
-- Lets one sign-in after the other be counted.
SELECT pg_advisory_xact_lock(0, 5);

-- name: account.attempts
-- Until when no more sign-ins are tried: five failures close a name from an address for half an hour; twenty of a name, or fifty of an address,
-- are all that half an hour holds. What the clock has not reached (it was turned back) does not count.
WITH clock AS (SELECT clock_timestamp() AS now),
     pair  AS (SELECT f.at, f.pending FROM sign_in_failure f, clock WHERE f.name = @name AND f.address = @address AND f.at <= now ORDER BY f.at DESC LIMIT @of_pair),
     name  AS (SELECT f.at FROM sign_in_failure f, clock WHERE f.name = @name AND f.at <= now ORDER BY f.at DESC OFFSET @of_name - 1 LIMIT 1),
     place AS (SELECT f.at FROM sign_in_failure f, clock WHERE f.address = @address AND f.at <= now ORDER BY f.at DESC OFFSET @of_address - 1 LIMIT 1),
     until AS (SELECT greatest(
         (SELECT CASE WHEN count(*) = @of_pair AND max(at) - min(at) < @span::interval THEN max(at) + @span::interval END FROM pair),
         (SELECT at + @span::interval FROM name), (SELECT at + @span::interval FROM place)) AS at)
SELECT greatest(coalesce(ceil(extract(epoch FROM until.at - clock.now)), 0), 0)::int AS seconds,
       EXISTS (SELECT FROM pair WHERE pending AND at > clock.now - interval '10 s') AS pending
FROM   until, clock;

-- name: account.attempt
-- Counts a sign-in as failed before its password is looked at, and forgets some failures that bound nothing any more.
WITH old AS (
    DELETE FROM sign_in_failure WHERE failure_id IN (
        SELECT failure_id FROM sign_in_failure WHERE at < clock_timestamp() - 3 * @span::interval ORDER BY at LIMIT 100 FOR UPDATE SKIP LOCKED))
INSERT INTO sign_in_failure (name, address) VALUES (@name, @address) RETURNING failure_id;

-- name: account.attempt_failed
-- The password was wrong.
UPDATE sign_in_failure SET pending = false WHERE failure_id = @failure;

-- name: account.attempt_succeeded
-- The password was right: what was mistyped before is forgiven.
DELETE FROM sign_in_failure WHERE failure_id = @failure OR name = @name AND address = @address AND NOT pending;

-- name: account.forgive
-- Forgets the failures of a name from everywhere.
DELETE FROM sign_in_failure WHERE name = @name;

-- name: account.unclaimed
-- Whether nobody has come in yet: there are no people but those whom the first start added, and none of them has used a link.
SELECT NOT EXISTS (SELECT FROM account WHERE account_id > 0 AND (created_by <> 'zhengbei' OR password_at IS NOT NULL OR signed_in_at IS NOT NULL));
