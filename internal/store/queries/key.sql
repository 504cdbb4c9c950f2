-- name: key.claim
-- Claims a key; no row where it is taken. Whoever claims it at the same time waits here for the first to end.
INSERT INTO idempotency_key (account, key, request) VALUES (@account, @key, @request)
ON CONFLICT (account, key) DO NOTHING
RETURNING true AS claimed;

-- name: key.answered
-- What was answered under a key.
SELECT request, status, headers, body FROM idempotency_key WHERE account = @account AND key = @key;

-- name: key.keep
-- Keeps the answer, and forgets some that are older than a week.
WITH old AS (
    DELETE FROM idempotency_key WHERE (account, key) IN (
        SELECT account, key FROM idempotency_key WHERE created_at < clock_timestamp() - interval '7 days' ORDER BY created_at LIMIT 100 FOR UPDATE SKIP LOCKED))
UPDATE idempotency_key SET status = @status, headers = @headers::jsonb, body = @body WHERE account = @account AND key = @key;
