-- name: personal.key
-- The key in use, and how many values are encrypted with it; no row where none has begun.
SELECT k.check_value AS check,
       (SELECT count(d.id_number) + count(d.phone) FROM party_personal d WHERE d.key_id = k.key_id) AS values
FROM   personal_key k
WHERE  k.retired_at IS NULL;

-- name: personal.hold_key
-- The key in use, which nobody can retire before this transaction ends; a rotation that was first is waited for.
SELECT check_value FROM personal_key WHERE retired_at IS NULL FOR SHARE;

-- name: personal.take_key
-- The key in use, behind all who write with it.
SELECT check_value FROM personal_key WHERE retired_at IS NULL FOR UPDATE;

-- name: personal.begin_key
-- Puts a key in use; whoever was first stays.
INSERT INTO personal_key (check_value) VALUES (@check) ON CONFLICT DO NOTHING;

-- name: personal.retire_key
-- Retires the key in use.
UPDATE personal_key SET retired_at = clock_timestamp() WHERE retired_at IS NULL;

-- name: personal.of
-- What is kept of parties beside their names, as it was encrypted, and with which key.
SELECT p.code, k.check_value AS check, d.id_number, d.id_number_hash, d.phone, d.phone_hash
FROM   party_personal d
JOIN   party p USING (party_id)
JOIN   personal_key k USING (key_id)
WHERE  p.code = ANY(@codes::text[])
ORDER  BY p.code;

-- name: personal.page
-- What is encrypted, party by party, those behind a code.
SELECT p.code, k.check_value AS check, d.id_number, d.id_number_hash, d.phone, d.phone_hash
FROM   party_personal d
JOIN   party p USING (party_id)
JOIN   personal_key k USING (key_id)
WHERE  p.code > @after::text
ORDER  BY p.code
LIMIT  @limit;

-- name: personal.keep
-- Keeps what was encrypted of a party with the key in use, in the place of what stood there.
INSERT INTO party_personal (party_id, key_id, id_number, id_number_hash, phone, phone_hash, updated_by)
SELECT p.party_id, k.key_id, @id_number, @id_number_hash, @phone, @phone_hash, @by
FROM   party p, personal_key k
WHERE  p.code = @code AND k.retired_at IS NULL
ON CONFLICT (party_id) DO UPDATE
SET    key_id = excluded.key_id, id_number = excluded.id_number, id_number_hash = excluded.id_number_hash,
       phone = excluded.phone, phone_hash = excluded.phone_hash, updated_by = excluded.updated_by, updated_at = clock_timestamp();

-- name: personal.reseal
-- Puts what was encrypted anew into the place of what it was encrypted from; nothing else of the rows changes.
UPDATE party_personal d
SET    key_id = k.key_id, id_number = v.id_number, id_number_hash = v.id_number_hash, phone = v.phone, phone_hash = v.phone_hash
FROM   unnest(@codes::text[], @id_numbers::bytea[], @id_number_hashes::bytea[], @phones::bytea[], @phone_hashes::bytea[])
           AS v(code, id_number, id_number_hash, phone, phone_hash)
JOIN   party p USING (code), personal_key k
WHERE  d.party_id = p.party_id AND k.retired_at IS NULL;

-- name: personal.find
-- The parties with a telephone or an identity number, by its keyed hash.
SELECT p.code
FROM   party_personal d
JOIN   party p USING (party_id)
WHERE  d.phone_hash = @phone::bytea OR d.id_number_hash = @id_number::bytea
ORDER  BY p.code;
