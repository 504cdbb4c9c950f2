-- name: elsewhere.begin
-- A sign-in by an issuer begins; what was begun and never came back is forgotten.
WITH forgotten AS (DELETE FROM sign_in_elsewhere WHERE secret IN (
    SELECT secret FROM sign_in_elsewhere WHERE ends_at < statement_timestamp() ORDER BY ends_at LIMIT 100)) -- by index: the clock of the statement stands still
INSERT INTO sign_in_elsewhere (secret, back_to) VALUES (@secret, @back_to);

-- name: elsewhere.end
-- A sign-in that was begun comes back, once.
DELETE FROM sign_in_elsewhere WHERE secret = @secret RETURNING back_to, ends_at BETWEEN clock_timestamp() AND clock_timestamp() + interval '10 min' AS lasts;

-- name: elsewhere.gate
-- Lets one person after the other be brought by an issuer, so that no two are given one name.
SELECT pg_advisory_xact_lock(0, 6);

-- name: elsewhere.name
-- The account of a person whom an issuer shows.
SELECT name FROM account WHERE issuer = @issuer AND subject = @subject;

-- name: elsewhere.bring
-- The account belongs to this person at this issuer.
UPDATE account SET issuer = @issuer, subject = @subject WHERE account_id = @id;
