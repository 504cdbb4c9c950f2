-- Under row level security the days of a row are asked after its policy, and by no index, and the planner takes one row for found: the things of a page are chosen
-- from subject and the states, which are derived where the row stands, and rows are read for the page alone. What looks through all rows of a table stands behind OFFSET 0,
-- where the policy is weighed without the days and asked of a hash, and is never joined: it would be walked once for each row of the other; IS TRUE makes a hash of an IN.

-- name: register.holdings
-- Holdings of a day, a page by code, with how many there are in all. Columns are named after land.Holding.
WITH hit AS MATERIALIZED (
    SELECT s.subject_id, s.code, h.stage, h.signed, h.compulsory, h.parcel, h.area_m2, h.floor_m2
    FROM   holding_state h
    JOIN   subject s ON s.subject_id = h.subject_id
    WHERE  h.known @> @known::timestamptz AND h.valid @> @at::date
    AND    (@mine::text[] IS NULL OR s.parcel IN (SELECT subject_id FROM subject WHERE code = ANY(@mine)))
    AND    (@code::text IS NULL OR s.code = @code)
    AND    (@parcel::text IS NULL OR h.parcel = (SELECT subject_id FROM subject WHERE code = @parcel))
    AND    (@plot::text IS NULL OR h.subject_id IN (SELECT l.holding FROM holding_land l WHERE l.plot = (SELECT subject_id FROM subject WHERE code = @plot) AND l.known @> @known::timestamptz AND l.valid @> @at::date)) IS TRUE
    AND    (@command_post::text IS NULL OR h.parcel IN (SELECT r.parcel FROM command_post_parcel r JOIN command_post c USING (post_id) WHERE c.code = @command_post AND r.known @> @known::timestamptz AND r.valid @> @at::date))
    AND    (@stage::text IS NULL OR h.stage = @stage) AND (@signed::bool IS NULL OR h.signed = @signed)
    AND    (@class::text IS NULL OR h.subject_id IN (SELECT v.holding FROM (SELECT * FROM holding_version OFFSET 0) v WHERE v.class = @class AND v.known @> @known::timestamptz AND v.valid @> @at::date)) IS TRUE
    AND    (@q::text IS NULL OR s.code ILIKE @q
            OR @names::bool AND h.subject_id IN (SELECT v.holding FROM (SELECT * FROM holding_version OFFSET 0) v WHERE v.name ILIKE @q AND v.known @> @known::timestamptz AND v.valid @> @at::date)
            OR @names::bool AND h.subject_id IN (SELECT hp.holding FROM (SELECT * FROM holding_party OFFSET 0) hp WHERE hp.known @> @known::timestamptz AND hp.valid @> @at::date
               AND (hp.party_id IN (SELECT pv.party_id FROM (SELECT * FROM party_version OFFSET 0) pv WHERE pv.name ILIKE @q AND pv.known @> @known::timestamptz AND pv.valid @> @at::date)) IS TRUE)))
SELECT (SELECT count(*) FROM hit) AS matched, p.code, c.code AS parcel,
       (SELECT cp.code FROM command_post_parcel r JOIN command_post cp USING (post_id) WHERE r.parcel = p.parcel AND r.known @> @known::timestamptz AND r.valid @> @at::date) AS command_post,
       v.name, v.class,
       coalesce((SELECT jsonb_agg(jsonb_build_object('Party', y.code, 'PartyName', pv.name, 'PartyKind', pv.kind, 'Numerator', hp.numerator, 'Denominator', hp.denominator) ORDER BY y.code)
                 FROM holding_party hp JOIN party y USING (party_id) JOIN party_version pv USING (party_id)
                 WHERE hp.holding = p.subject_id AND hp.known @> @known::timestamptz AND hp.valid @> @at::date AND pv.known @> @known::timestamptz AND pv.valid @> @at::date), '[]') AS parties,
       coalesce((SELECT jsonb_agg(jsonb_build_object('Plot', t.code, 'AreaM2', l.area_m2) ORDER BY t.code)
                 FROM holding_land l JOIN subject t ON t.subject_id = l.plot
                 WHERE l.holding = p.subject_id AND l.known @> @known::timestamptz AND l.valid @> @at::date), '[]') AS land,
       ARRAY(SELECT b.code FROM building_version bv JOIN subject b ON b.subject_id = bv.building
             WHERE bv.holding = p.subject_id AND bv.known @> @known::timestamptz AND bv.valid @> @at::date ORDER BY b.code) AS buildings,
       p.area_m2::text AS land_m2, p.floor_m2::text AS floor_area_m2, p.stage, p.signed, p.compulsory,
       nullif(stage_since('holding', p.subject_id, @at::date, @known::timestamptz), '-infinity') AS since, v.version, coalesce(d.demo, false) AS demo
FROM  (SELECT * FROM hit WHERE code > @after ORDER BY code LIMIT @limit) p
CROSS  JOIN LATERAL (SELECT v.name, v.class, v.version FROM holding_version v WHERE v.holding = p.subject_id AND v.known @> @known::timestamptz AND v.valid @> @at::date OFFSET 0) v
LEFT   JOIN feature f ON f.fid = p.parcel
LEFT   JOIN round d ON d.round_id = f.round_id
LEFT   JOIN subject c ON c.subject_id = p.parcel
ORDER  BY p.code;

-- name: register.buildings
-- Buildings of a day, a page by code. Columns are named after land.Building.
WITH hit AS MATERIALIZED (
    SELECT s.subject_id, s.code, b.stage, b.plot
    FROM   building_state b
    JOIN   subject s ON s.subject_id = b.subject_id
    WHERE  b.known @> @known::timestamptz AND b.valid @> @at::date
    AND    (@mine::text[] IS NULL OR s.parcel IN (SELECT subject_id FROM subject WHERE code = ANY(@mine)))
    AND    (@code::text IS NULL OR s.code = @code)
    AND    (@parcel::text IS NULL OR b.plot IN (SELECT p.subject_id FROM plot_state p WHERE p.parcel = (SELECT subject_id FROM subject WHERE code = @parcel) AND p.known @> @known::timestamptz AND p.valid @> @at::date)) IS TRUE
    AND    (@plot::text IS NULL OR b.plot = (SELECT subject_id FROM subject WHERE code = @plot))
    AND    (@holding::text IS NULL OR b.subject_id IN (SELECT v.building FROM building_version v WHERE v.holding = (SELECT subject_id FROM subject WHERE code = @holding) AND v.known @> @known::timestamptz AND v.valid @> @at::date)) IS TRUE
    AND    (@stage::text IS NULL OR b.stage = @stage))
SELECT (SELECT count(*) FROM hit) AS matched, p.code, h.code AS holding, t.code AS plot, coalesce(c.code, '') AS parcel,
       v.floor_area_m2::text AS floor_area_m2, v.storeys, v.use, p.stage,
       ARRAY(SELECT r.name FROM tenant r WHERE r.building = p.subject_id AND r.known @> @known::timestamptz AND r.valid @> @at::date ORDER BY r.name) AS tenants,
       nullif(stage_since('building', p.subject_id, @at::date, @known::timestamptz), '-infinity') AS since, v.version, coalesce(d.demo, false) AS demo
FROM  (SELECT * FROM hit WHERE code > @after ORDER BY code LIMIT @limit) p
CROSS  JOIN LATERAL (SELECT v.holding, v.floor_area_m2, v.storeys, v.use, v.version FROM building_version v WHERE v.building = p.subject_id AND v.known @> @known::timestamptz AND v.valid @> @at::date OFFSET 0) v
JOIN   subject h ON h.subject_id = v.holding
JOIN   subject t ON t.subject_id = p.plot
LEFT   JOIN plot_state o ON o.subject_id = p.plot AND o.known @> @known::timestamptz AND o.valid @> @at::date
LEFT   JOIN subject c ON c.subject_id = o.parcel
LEFT   JOIN feature f ON f.fid = p.plot
LEFT   JOIN round d ON d.round_id = f.round_id
ORDER  BY p.code;

-- name: register.contracts
-- Contracts of a day, a page by code. Columns are named after land.Contract.
WITH hit AS MATERIALIZED (
    SELECT s.subject_id, s.code, c.parcel, c.stage
    FROM   contract_state c
    JOIN   subject s ON s.subject_id = c.subject_id
    WHERE  c.known @> @known::timestamptz AND c.valid @> @at::date
    AND    (@mine::text[] IS NULL OR s.parcel IN (SELECT subject_id FROM subject WHERE code = ANY(@mine)))
    AND    (@code::text IS NULL OR s.code = @code)
    AND    (@parcel::text IS NULL OR c.parcel = (SELECT subject_id FROM subject WHERE code = @parcel))
    AND    (@kind::text IS NULL OR c.subject_id IN (SELECT k.contract FROM contract k WHERE k.kind = @kind)) IS TRUE AND (@status::text IS NULL OR c.stage = @status)
    AND    (@holding::text IS NULL OR c.subject_id IN (SELECT h.contract FROM contract_holding h WHERE h.holding = (SELECT subject_id FROM subject WHERE code = @holding) AND h.known @> @known::timestamptz AND h.valid @> @at::date)) IS TRUE
    AND    (@plot::text IS NULL OR c.subject_id IN (SELECT h.contract FROM contract_holding h JOIN holding_land l USING (holding)
               WHERE l.plot = (SELECT subject_id FROM subject WHERE code = @plot) AND h.known @> @known::timestamptz AND h.valid @> @at::date AND l.known @> @known::timestamptz AND l.valid @> @at::date)) IS TRUE
    AND    (@q::text IS NULL OR s.code ILIKE @q OR c.subject_id IN (
               SELECT ch.contract FROM (SELECT * FROM contract_holding OFFSET 0) ch JOIN subject hs ON hs.subject_id = ch.holding
               WHERE  ch.known @> @known::timestamptz AND ch.valid @> @at::date
               AND   (hs.code ILIKE @q
                      OR @names::bool AND ch.holding IN (SELECT v.holding FROM (SELECT * FROM holding_version OFFSET 0) v WHERE v.name ILIKE @q AND v.known @> @known::timestamptz AND v.valid @> @at::date)
                      OR @names::bool AND ch.holding IN (SELECT hp.holding FROM (SELECT * FROM holding_party OFFSET 0) hp WHERE hp.known @> @known::timestamptz AND hp.valid @> @at::date
                         AND (hp.party_id IN (SELECT pv.party_id FROM (SELECT * FROM party_version OFFSET 0) pv WHERE pv.name ILIKE @q AND pv.known @> @known::timestamptz AND pv.valid @> @at::date)) IS TRUE)))))
SELECT (SELECT count(*) FROM hit) AS matched, p.code, k.kind, c.code AS parcel,
       ARRAY(SELECT s.code FROM contract_holding h JOIN subject s ON s.subject_id = h.holding WHERE h.contract = p.subject_id AND h.known @> @known::timestamptz AND h.valid @> @at::date ORDER BY s.code) AS holdings,
       v.amount::text AS amount, p.stage AS status,
       nullif(stage_since('contract', p.subject_id, @at::date, @known::timestamptz), '-infinity') AS since, v.version, coalesce(d.demo, false) AS demo
FROM  (SELECT * FROM hit WHERE code > @after ORDER BY code LIMIT @limit) p
CROSS  JOIN LATERAL (SELECT v.amount, v.version FROM contract_version v WHERE v.contract = p.subject_id AND v.known @> @known::timestamptz AND v.valid @> @at::date OFFSET 0) v
JOIN   contract k ON k.contract = p.subject_id
JOIN   subject c ON c.subject_id = p.parcel
LEFT   JOIN feature f ON f.fid = p.parcel
LEFT   JOIN round d ON d.round_id = f.round_id
ORDER  BY p.code;

-- name: register.parties
-- Parties of a day, a page by code. Columns are named after land.Party.
WITH hit AS MATERIALIZED (
    SELECT y.party_id, y.code
    FROM   party y
    WHERE  (y.party_id IN (SELECT v.party_id FROM (SELECT * FROM party_version OFFSET 0) v WHERE v.known @> @known::timestamptz AND v.valid @> @at::date)) IS TRUE
    AND    (@mine::text[] IS NULL OR y.post_id = (SELECT post_id FROM command_post WHERE code = @post::text)
            OR y.party_id IN (SELECT hp.party_id FROM (SELECT * FROM holding_party OFFSET 0) hp
               WHERE (hp.holding IN (SELECT s.subject_id FROM subject s WHERE s.kind = 'holding' AND s.parcel IN (SELECT subject_id FROM subject WHERE code = ANY(@mine)))) IS TRUE))
    AND    (@code::text IS NULL OR y.code = @code) AND (@q::text IS NULL OR y.code ILIKE @q
            OR @names::bool AND y.party_id IN (SELECT v.party_id FROM (SELECT * FROM party_version OFFSET 0) v WHERE v.name ILIKE @q AND v.known @> @known::timestamptz AND v.valid @> @at::date))
    AND    (@parcel::text IS NULL OR y.party_id IN (
               SELECT hp.party_id FROM (SELECT * FROM holding_party OFFSET 0) hp WHERE hp.known @> @known::timestamptz AND hp.valid @> @at::date
               AND (hp.holding IN (SELECT h.subject_id FROM holding_state h WHERE h.parcel = (SELECT subject_id FROM subject WHERE code = @parcel) AND h.known @> @known::timestamptz AND h.valid @> @at::date)) IS TRUE)) IS TRUE)
SELECT (SELECT count(*) FROM hit) AS matched, p.code, v.name, v.kind,
       coalesce((SELECT jsonb_agg(jsonb_build_object('Holding', s.code, 'Numerator', hp.numerator, 'Denominator', hp.denominator) ORDER BY s.code)
                 FROM holding_party hp JOIN subject s ON s.subject_id = hp.holding
                 WHERE hp.party_id = p.party_id::bigint AND hp.known @> @known::timestamptz AND hp.valid @> @at::date
                 AND (@mine::text[] IS NULL OR s.parcel IN (SELECT subject_id FROM subject WHERE code = ANY(@mine)))), '[]') AS holdings,
       v.version, EXISTS (SELECT FROM round WHERE demo) AS demo
FROM  (SELECT * FROM hit WHERE code > @after ORDER BY code LIMIT @limit) p
CROSS  JOIN LATERAL (SELECT v.name, v.kind, v.version FROM party_version v WHERE v.party_id = p.party_id AND v.known @> @known::timestamptz AND v.valid @> @at::date OFFSET 0) v
ORDER  BY p.code;

-- name: register.posts
-- Command posts of a day, a page by code. Columns are named after land.CommandPost.
WITH hit AS MATERIALIZED (
    SELECT c.post_id, c.code, v.name, v.name_en, v.version
    FROM   command_post c
    JOIN   command_post_version v USING (post_id)
    WHERE  v.known @> @known::timestamptz AND v.valid @> @at::date AND (@code::text IS NULL OR c.code = @code))
SELECT (SELECT count(*) FROM hit) AS matched, p.code, p.name, p.name_en,
       ARRAY(SELECT s.code FROM command_post_parcel r JOIN subject s ON s.subject_id = r.parcel WHERE r.post_id = p.post_id AND r.known @> @known::timestamptz AND r.valid @> @at::date ORDER BY s.code) AS parcels,
       p.version, EXISTS (SELECT FROM round WHERE demo) AS demo
FROM  (SELECT * FROM hit WHERE code > @after ORDER BY code LIMIT @limit) p
ORDER  BY p.code;

-- name: register.facts
-- Facts that happened up to a day, as recorded at an instant, a page from the latest day on. Columns are named after land.Fact.
WITH within AS MATERIALIZED (
    SELECT s.subject_id FROM subject_state s
    WHERE  @parcel::text IS NOT NULL AND s.kind <> 'building' AND s.parcel = (SELECT subject_id FROM subject WHERE code = @parcel) AND s.known @> @known::timestamptz AND s.valid @> @at::date
    UNION
    SELECT b.subject_id FROM building_state b JOIN plot_state p ON p.subject_id = b.plot AND p.known @> @known::timestamptz AND p.valid @> @at::date
    WHERE  @parcel::text IS NOT NULL AND p.parcel = (SELECT subject_id FROM subject WHERE code = @parcel) AND b.known @> @known::timestamptz AND b.valid @> @at::date),
own AS MATERIALIZED (
    SELECT s.subject_id FROM subject s WHERE s.parcel IN (SELECT subject_id FROM subject WHERE code = ANY(@mine::text[]))),
hit AS NOT MATERIALIZED ( -- counted by one walk, and its page found by another, along the days
    SELECT f.fact_id, f.occurred_on
    FROM   fact f
    WHERE  (@mine::text[] IS NULL OR f.subject_id IN (SELECT subject_id FROM own)) IS TRUE
    AND    f.occurred_on <= @at::date AND f.recorded_at <= @known::timestamptz
    AND    (@subject::text IS NULL OR f.subject_id = (SELECT subject_id FROM subject WHERE code = @subject AND kind = @subject_kind))
    AND    (@parcel::text IS NULL OR f.subject_id IN (SELECT subject_id FROM within)) IS TRUE
    AND    (@kind::text IS NULL OR f.kind = @kind) AND (@from::date IS NULL OR f.occurred_on >= @from) AND (@to::date IS NULL OR f.occurred_on <= @to)
    AND    (@voided::bool IS NULL OR @voided = EXISTS (SELECT FROM fact v WHERE v.voids = f.fact_id AND v.recorded_at <= @known::timestamptz)))
SELECT (SELECT count(*) FROM hit) AS matched, f.fact_id AS id, s.kind AS subject_kind, s.code AS subject_code, f.kind, f.occurred_on, f.recorded_at, f.recorded_by, f.value, f.note, f.reason, f.voids,
       (SELECT v.fact_id FROM fact v WHERE v.voids = f.fact_id AND v.recorded_at <= @known::timestamptz) AS voided_by,
       coalesce((SELECT jsonb_agg(jsonb_build_object('name', e.name, 'document_no', e.document_no) ORDER BY e.ordinal) FROM fact_evidence e WHERE e.fact_id = f.fact_id), '[]') AS evidence,
       EXISTS (SELECT FROM round WHERE demo) AS demo
FROM  (SELECT * FROM hit WHERE (occurred_on, fact_id) < (@after_day::date, @after_id::bigint) ORDER BY occurred_on DESC, fact_id DESC LIMIT @limit) p
JOIN   fact f USING (fact_id)
JOIN   subject s ON s.subject_id = f.subject_id
ORDER  BY f.occurred_on DESC, f.fact_id DESC;
