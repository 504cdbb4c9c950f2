-- name: rows.lock
-- Locks the thing, or the kind of thing, of this name, for which there is no row to lock: alone, or beside others.
SELECT CASE WHEN @shared::bool THEN pg_advisory_xact_lock_shared(2, hashtext(@name)) ELSE pg_advisory_xact_lock(2, hashtext(@name)) END;

-- name: rows.next
-- The next free code of a kind.
SELECT next_code(@letter, @digits);

-- name: rows.changed
-- Who made the newest version of a thing, when and why.
SELECT v.recorded_by AS by, v.at, v.reason
FROM  (SELECT version, recorded_by, lower(known) AS at, reason FROM holding_version WHERE holding = (SELECT subject_id FROM subject WHERE code = @code)
       UNION ALL SELECT version, recorded_by, lower(known), reason FROM building_version WHERE building = (SELECT subject_id FROM subject WHERE code = @code)
       UNION ALL SELECT version, recorded_by, lower(known), reason FROM contract_version WHERE contract = (SELECT subject_id FROM subject WHERE code = @code)
       UNION ALL SELECT version, recorded_by, lower(known), reason FROM party_version WHERE party_id = (SELECT party_id FROM party WHERE code = @code)
       UNION ALL SELECT version, recorded_by, lower(known), reason FROM command_post_version WHERE post_id = (SELECT post_id FROM command_post WHERE code = @code)
       UNION ALL SELECT version, recorded_by, lower(known), reason FROM round_version WHERE round_id = (SELECT round_id FROM round WHERE code = @code)) v
ORDER  BY v.version DESC, v.at
LIMIT  1;

-- name: rows.taken
-- Whether a code is in use, or ever was.
SELECT EXISTS (SELECT FROM subject WHERE code = @code) OR EXISTS (SELECT FROM party WHERE code = @code) OR EXISTS (SELECT FROM command_post WHERE code = @code);

-- name: rows.touched
-- The things with these codes that one may see, and those that rest on them as known now.
SELECT s.code
FROM   rests_on(ARRAY(SELECT s.subject_id FROM subject s WHERE s.code = ANY(@codes::text[])
       AND (@mine::text[] IS NULL OR s.kind IN ('plot', 'parcel') OR s.parcel IN (SELECT subject_id FROM subject WHERE code = ANY(@mine))))) r
JOIN   subject s ON s.subject_id = r
ORDER  BY s.subject_id;

-- name: rows.parcels
-- On which days parcels are there, as known now.
SELECT s.code, lower(v.valid) AS since, upper(v.valid) AS until
FROM   parcel_version v
JOIN   subject s ON s.subject_id = v.fid
WHERE  s.code = ANY(@codes::text[]) AND upper_inf(v.known)
ORDER  BY s.code, v.valid;

-- name: rows.parties
-- Parties by their days, as known now.
SELECT y.code, v.name, v.kind, lower(v.valid) AS since, upper(v.valid) AS until
FROM   party_version v
JOIN   party y USING (party_id)
WHERE  y.code = ANY(@codes::text[]) AND upper_inf(v.known)
AND    (@mine::text[] IS NULL OR y.post_id = (SELECT post_id FROM command_post WHERE code = @post::text) OR EXISTS (
           SELECT FROM holding_party hp JOIN subject s ON s.subject_id = hp.holding
           WHERE hp.party_id = y.party_id AND s.parcel IN (SELECT subject_id FROM subject WHERE code = ANY(@mine))))
ORDER  BY y.code, v.valid;

-- name: rows.posts
-- Which posts run parcels, by their days, as known now.
SELECT c.code, s.code AS parcel, lower(r.valid) AS since, upper(r.valid) AS until
FROM   command_post_parcel r
JOIN   command_post c USING (post_id)
JOIN   subject s ON s.subject_id = r.parcel
WHERE  s.code = ANY(@codes::text[]) AND upper_inf(r.known)
ORDER  BY s.code, r.valid;

-- name: rows.holding
-- Revises a holding from a day on: what stood before that day stays, what stood from it on is closed in what is known, and begins anew with what is written.
WITH old AS (
    UPDATE holding_version v SET known = tstzrange(lower(v.known), @now::timestamptz)
    WHERE  v.holding = @id::int AND upper_inf(v.known) AND v.valid && daterange(@from::date, NULL)
    RETURNING v.*)
INSERT INTO holding_version (holding, version, parcel, name, class, valid, known, recorded_by, reason)
SELECT o.holding, o.version, o.parcel, o.name, o.class, daterange(lower(o.valid), @from::date), tstzrange(@now::timestamptz, NULL), o.recorded_by, o.reason
FROM   old o WHERE coalesce(lower(o.valid), '-infinity') < @from::date
UNION ALL
SELECT o.holding, (SELECT max(n.version) + 1 FROM holding_version n WHERE n.holding = @id::int), coalesce((SELECT subject_id FROM subject WHERE code = @parcel::text AND kind = 'parcel'), o.parcel), coalesce(@name::text, o.name), coalesce(@class::text, o.class),
       daterange(CASE WHEN row_number() OVER (ORDER BY o.valid) = 1 THEN @from::date ELSE lower(o.valid) END, upper(o.valid)), tstzrange(@now::timestamptz, NULL), @by::text, @reason::text
FROM   old o;

-- name: rows.land
-- The land of a holding from a day on is this; what stands so already is left.
WITH want AS (
    SELECT s.subject_id AS plot, w."AreaM2" AS area_m2
    FROM   jsonb_to_recordset(@rows::jsonb) AS w("Plot" text, "AreaM2" numeric(14,4)) JOIN subject s ON s.code = w."Plot" AND s.kind = 'plot'),
old AS (
    UPDATE holding_land v SET known = tstzrange(lower(v.known), @now::timestamptz)
    WHERE  v.holding = @id::int AND upper_inf(v.known) AND v.valid && daterange(@from::date, NULL)
    AND    NOT EXISTS (SELECT FROM want w WHERE w.plot = v.plot AND w.area_m2 = v.area_m2 AND v.valid @> daterange(@from::date, NULL))
    RETURNING v.*)
INSERT INTO holding_land (holding, plot, area_m2, valid, known, recorded_by, reason)
SELECT o.holding, o.plot, o.area_m2, daterange(lower(o.valid), @from::date), tstzrange(@now::timestamptz, NULL), o.recorded_by, o.reason
FROM   old o WHERE coalesce(lower(o.valid), '-infinity') < @from::date
UNION ALL
SELECT @id::int, w.plot, w.area_m2, daterange(@from::date, NULL), tstzrange(@now::timestamptz, NULL), @by::text, @reason::text
FROM   want w CROSS JOIN (SELECT count(*) FROM old) closed -- all of them, before any that takes their place
WHERE  NOT EXISTS (SELECT FROM holding_land v WHERE v.holding = @id::int AND v.plot = w.plot AND v.area_m2 = w.area_m2 AND upper_inf(v.known) AND v.valid @> daterange(@from::date, NULL));

-- name: rows.shares
-- The parties of a holding from a day on are these; what stands so already is left.
WITH want AS (
    SELECT y.party_id, w."Numerator" AS numerator, w."Denominator" AS denominator
    FROM   jsonb_to_recordset(@rows::jsonb) AS w("Party" text, "Numerator" int, "Denominator" int) JOIN party y ON y.code = w."Party"),
old AS (
    UPDATE holding_party v SET known = tstzrange(lower(v.known), @now::timestamptz)
    WHERE  v.holding = @id::int AND upper_inf(v.known) AND v.valid && daterange(@from::date, NULL)
    AND    NOT EXISTS (SELECT FROM want w WHERE (w.party_id, w.numerator, w.denominator) = (v.party_id, v.numerator, v.denominator) AND v.valid @> daterange(@from::date, NULL))
    RETURNING v.*)
INSERT INTO holding_party (holding, party_id, numerator, denominator, valid, known, recorded_by, reason)
SELECT o.holding, o.party_id, o.numerator, o.denominator, daterange(lower(o.valid), @from::date), tstzrange(@now::timestamptz, NULL), o.recorded_by, o.reason
FROM   old o WHERE coalesce(lower(o.valid), '-infinity') < @from::date
UNION ALL
SELECT @id::int, w.party_id, w.numerator, w.denominator, daterange(@from::date, NULL), tstzrange(@now::timestamptz, NULL), @by::text, @reason::text
FROM   want w CROSS JOIN (SELECT count(*) FROM old) closed
WHERE  NOT EXISTS (SELECT FROM holding_party v WHERE v.holding = @id::int AND (v.party_id, v.numerator, v.denominator) = (w.party_id, w.numerator, w.denominator) AND upper_inf(v.known) AND v.valid @> daterange(@from::date, NULL));

-- name: rows.building
-- Revises a building from a day on, as rows.holding does.
WITH old AS (
    UPDATE building_version v SET known = tstzrange(lower(v.known), @now::timestamptz)
    WHERE  v.building = @id::int AND upper_inf(v.known) AND v.valid && daterange(@from::date, NULL)
    RETURNING v.*)
INSERT INTO building_version (building, version, holding, plot, floor_area_m2, storeys, use, valid, known, recorded_by, reason)
SELECT o.building, o.version, o.holding, o.plot, o.floor_area_m2, o.storeys, o.use, daterange(lower(o.valid), @from::date), tstzrange(@now::timestamptz, NULL), o.recorded_by, o.reason
FROM   old o WHERE coalesce(lower(o.valid), '-infinity') < @from::date
UNION ALL
SELECT o.building, (SELECT max(n.version) + 1 FROM building_version n WHERE n.building = @id::int), coalesce((SELECT subject_id FROM subject WHERE code = @holding::text AND kind = 'holding'), o.holding),
       coalesce((SELECT subject_id FROM subject WHERE code = @plot::text AND kind = 'plot'), o.plot), coalesce(@floor_area_m2::text::numeric, o.floor_area_m2), coalesce(@storeys::int, o.storeys), coalesce(@use::text, o.use),
       daterange(CASE WHEN row_number() OVER (ORDER BY o.valid) = 1 THEN @from::date ELSE lower(o.valid) END, upper(o.valid)), tstzrange(@now::timestamptz, NULL), @by::text, @reason::text
FROM   old o;

-- name: rows.tenants
-- The tenants of a building from a day on are these; who is there already stays.
WITH old AS (
    UPDATE tenant v SET known = tstzrange(lower(v.known), @now::timestamptz)
    WHERE  v.building = @id::int AND upper_inf(v.known) AND v.valid && daterange(@from::date, NULL)
    AND    NOT (v.name = ANY(@tenants::text[]) AND v.valid @> daterange(@from::date, NULL))
    RETURNING v.*)
INSERT INTO tenant (building, name, valid, known, recorded_by, reason)
SELECT o.building, o.name, daterange(lower(o.valid), @from::date), tstzrange(@now::timestamptz, NULL), o.recorded_by, o.reason
FROM   old o WHERE coalesce(lower(o.valid), '-infinity') < @from::date
UNION ALL
SELECT @id::int, w.name, daterange(@from::date, NULL), tstzrange(@now::timestamptz, NULL), @by::text, @reason::text
FROM   unnest(@tenants::text[]) w(name)
WHERE  NOT EXISTS (SELECT FROM tenant v WHERE v.building = @id::int AND v.name = w.name AND upper_inf(v.known) AND v.valid @> daterange(@from::date, NULL));

-- name: rows.contract
-- Revises a contract from a day on, as rows.holding does.
WITH old AS (
    UPDATE contract_version v SET known = tstzrange(lower(v.known), @now::timestamptz)
    WHERE  v.contract = @id::int AND upper_inf(v.known) AND v.valid && daterange(@from::date, NULL)
    RETURNING v.*)
INSERT INTO contract_version (contract, version, amount, valid, known, recorded_by, reason)
SELECT o.contract, o.version, o.amount, daterange(lower(o.valid), @from::date), tstzrange(@now::timestamptz, NULL), o.recorded_by, o.reason
FROM   old o WHERE coalesce(lower(o.valid), '-infinity') < @from::date
UNION ALL
SELECT o.contract, (SELECT max(n.version) + 1 FROM contract_version n WHERE n.contract = @id::int), CASE WHEN @amount_set::bool THEN @amount::text::numeric ELSE o.amount END,
       daterange(CASE WHEN row_number() OVER (ORDER BY o.valid) = 1 THEN @from::date ELSE lower(o.valid) END, upper(o.valid)), tstzrange(@now::timestamptz, NULL), @by::text, @reason::text
FROM   old o;

-- name: rows.covers
-- The holdings that a contract covers from a day on are these; what stands so already is left.
WITH want AS (SELECT s.subject_id AS holding FROM subject s WHERE s.code = ANY(@holdings::text[]) AND s.kind = 'holding'),
old AS (
    UPDATE contract_holding v SET known = tstzrange(lower(v.known), @now::timestamptz)
    WHERE  v.contract = @id::int AND upper_inf(v.known) AND v.valid && daterange(@from::date, NULL)
    AND    NOT EXISTS (SELECT FROM want w WHERE w.holding = v.holding AND v.valid @> daterange(@from::date, NULL))
    RETURNING v.*)
INSERT INTO contract_holding (contract, holding, valid, known, recorded_by, reason)
SELECT o.contract, o.holding, daterange(lower(o.valid), @from::date), tstzrange(@now::timestamptz, NULL), o.recorded_by, o.reason
FROM   old o WHERE coalesce(lower(o.valid), '-infinity') < @from::date
UNION ALL
SELECT @id::int, w.holding, daterange(@from::date, NULL), tstzrange(@now::timestamptz, NULL), @by::text, @reason::text
FROM   want w CROSS JOIN (SELECT count(*) FROM old) closed
WHERE  NOT EXISTS (SELECT FROM contract_holding v WHERE v.contract = @id::int AND v.holding = w.holding AND upper_inf(v.known) AND v.valid @> daterange(@from::date, NULL));

-- name: rows.party
-- Revises a party from a day on, as rows.holding does.
WITH old AS (
    UPDATE party_version v SET known = tstzrange(lower(v.known), @now::timestamptz)
    WHERE  v.party_id = (SELECT party_id FROM party WHERE code = @code::text) AND upper_inf(v.known) AND v.valid && daterange(@from::date, NULL)
    RETURNING v.*)
INSERT INTO party_version (party_id, version, name, kind, valid, known, recorded_by, reason)
SELECT o.party_id, o.version, o.name, o.kind, daterange(lower(o.valid), @from::date), tstzrange(@now::timestamptz, NULL), o.recorded_by, o.reason
FROM   old o WHERE coalesce(lower(o.valid), '-infinity') < @from::date
UNION ALL
SELECT o.party_id, (SELECT max(n.version) + 1 FROM party_version n WHERE n.party_id = o.party_id), coalesce(@name::text, o.name), coalesce(@kind::text, o.kind),
       daterange(CASE WHEN row_number() OVER (ORDER BY o.valid) = 1 THEN @from::date ELSE lower(o.valid) END, upper(o.valid)), tstzrange(@now::timestamptz, NULL), @by::text, @reason::text
FROM   old o;

-- name: rows.post
-- Revises a command post from a day on, as rows.holding does.
WITH old AS (
    UPDATE command_post_version v SET known = tstzrange(lower(v.known), @now::timestamptz)
    WHERE  v.post_id = (SELECT post_id FROM command_post WHERE code = @code::text) AND upper_inf(v.known) AND v.valid && daterange(@from::date, NULL)
    RETURNING v.*)
INSERT INTO command_post_version (post_id, version, name, name_en, valid, known, recorded_by, reason)
SELECT o.post_id, o.version, o.name, o.name_en, daterange(lower(o.valid), @from::date), tstzrange(@now::timestamptz, NULL), o.recorded_by, o.reason
FROM   old o WHERE coalesce(lower(o.valid), '-infinity') < @from::date
UNION ALL
SELECT o.post_id, (SELECT max(n.version) + 1 FROM command_post_version n WHERE n.post_id = o.post_id), coalesce(@name::text, o.name), coalesce(@name_en::text, o.name_en),
       daterange(CASE WHEN row_number() OVER (ORDER BY o.valid) = 1 THEN @from::date ELSE lower(o.valid) END, upper(o.valid)), tstzrange(@now::timestamptz, NULL), @by::text, @reason::text
FROM   old o;

-- name: rows.runs
-- The parcels that a post runs from a day on are these; what stands so already is left.
WITH post AS (SELECT post_id FROM command_post WHERE code = @code::text),
want AS (SELECT s.subject_id AS parcel FROM subject s WHERE s.code = ANY(@parcels::text[]) AND s.kind = 'parcel'),
old AS (
    UPDATE command_post_parcel v SET known = tstzrange(lower(v.known), @now::timestamptz)
    WHERE  v.post_id = (SELECT post_id FROM post) AND upper_inf(v.known) AND v.valid && daterange(@from::date, NULL)
    AND    NOT EXISTS (SELECT FROM want w WHERE w.parcel = v.parcel AND v.valid @> daterange(@from::date, NULL))
    RETURNING v.*)
INSERT INTO command_post_parcel (post_id, parcel, valid, known, recorded_by, reason)
SELECT o.post_id, o.parcel, daterange(lower(o.valid), @from::date), tstzrange(@now::timestamptz, NULL), o.recorded_by, o.reason
FROM   old o WHERE coalesce(lower(o.valid), '-infinity') < @from::date
UNION ALL
SELECT p.post_id, w.parcel, daterange(@from::date, NULL), tstzrange(@now::timestamptz, NULL), @by::text, @reason::text
FROM   post p CROSS JOIN want w CROSS JOIN (SELECT count(*) FROM old) closed
WHERE  NOT EXISTS (SELECT FROM command_post_parcel v WHERE v.post_id = p.post_id AND v.parcel = w.parcel AND upper_inf(v.known) AND v.valid @> daterange(@from::date, NULL));

-- name: rows.round
-- Revises a round from a day on, as rows.holding does.
WITH old AS (
    UPDATE round_version v SET known = tstzrange(lower(v.known), @now::timestamptz)
    WHERE  v.round_id = (SELECT round_id FROM round WHERE code = @code::text) AND upper_inf(v.known) AND v.valid && daterange(@from::date, NULL)
    RETURNING v.*)
INSERT INTO round_version (round_id, version, name, name_en, starts_on, target_ha, deadline, default_at, source, source_en, valid, known, recorded_at, recorded_by, reason, document_no)
SELECT o.round_id, o.version, o.name, o.name_en, o.starts_on, o.target_ha, o.deadline, o.default_at, o.source, o.source_en, daterange(lower(o.valid), @from::date), tstzrange(@now::timestamptz, NULL), o.recorded_at, o.recorded_by, o.reason, o.document_no
FROM   old o WHERE coalesce(lower(o.valid), '-infinity') < @from::date
UNION ALL
SELECT o.round_id, (SELECT max(n.version) + 1 FROM round_version n WHERE n.round_id = o.round_id), coalesce(@name::text, o.name), coalesce(@name_en::text, o.name_en), o.starts_on,
       CASE WHEN @target_set::bool THEN @target_ha::text::numeric ELSE o.target_ha END, CASE WHEN @deadline_set::bool THEN @deadline::date ELSE o.deadline END, o.default_at, o.source, o.source_en,
       daterange(CASE WHEN row_number() OVER (ORDER BY o.valid) = 1 THEN @from::date ELSE lower(o.valid) END, upper(o.valid)), tstzrange(@now::timestamptz, NULL), @now::timestamptz, @by::text, @reason::text, @document_no::text
FROM   old o;
