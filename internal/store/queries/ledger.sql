-- name: ledger.subjects
-- Names new things that facts may speak of; those that are there already are left as they are.
-- A thing belongs to a parcel, or where a building's holding does.
INSERT INTO subject (kind, code, parcel)
SELECT @kind, c.code, min(p.parcel)
FROM   ROWS FROM (jsonb_to_recordset(@rows::jsonb) AS (code text, place text)) WITH ORDINALITY AS c(code, place, n)
LEFT   JOIN subject p ON p.code = c.place
GROUP  BY c.code
ORDER  BY min(c.n)
ON CONFLICT (code) DO NOTHING;

-- name: ledger.posts
-- Command posts with their versions and the parcels that they run.
WITH r AS (SELECT * FROM jsonb_to_recordset(@rows::jsonb) AS r("Number" int, "Code" text, "Name" text, "NameEn" text, "Parcels" text[], "From" date, "To" date, "Known" timestamptz, "Until" timestamptz)),
born AS (
    INSERT INTO command_post (code) SELECT DISTINCT "Code" FROM r ORDER BY 1
    ON CONFLICT (code) DO NOTHING
    RETURNING post_id, code),
every AS (SELECT post_id, code FROM born UNION SELECT o.post_id, o.code FROM command_post o JOIN r ON r."Code" = o.code),
named AS (
    INSERT INTO command_post_version (post_id, version, name, name_en, valid, known, recorded_by, reason)
    SELECT b.post_id, r."Number", r."Name", r."NameEn", daterange(r."From", r."To"), tstzrange(r."Known", r."Until"), @by, @reason
    FROM   r JOIN every b ON b.code = r."Code")
INSERT INTO command_post_parcel (post_id, parcel, valid, known, recorded_by, reason)
SELECT b.post_id, s.subject_id, daterange(r."From", r."To"), tstzrange(r."Known", r."Until"), @by, @reason
FROM   r JOIN every b ON b.code = r."Code" CROSS JOIN unnest(r."Parcels") p(code) JOIN subject s ON s.code = p.code;

-- name: ledger.people
-- Parties by their codes, each of the post that enters it; those that are there already are left as they are.
-- Their versions come in a statement of their own, which sees them: what may be written of a party depends on whose it is.
INSERT INTO party (code)
SELECT DISTINCT r."Code"
FROM   jsonb_to_recordset(@rows::jsonb) AS r("Code" text)
ORDER  BY 1
ON CONFLICT (code) DO NOTHING;

-- name: ledger.parties
-- Versions of parties.
INSERT INTO party_version (party_id, version, name, kind, valid, known, recorded_by, reason)
SELECT p.party_id, r."Number", r."Name", r."Kind", daterange(r."From", r."To"), tstzrange(r."Known", r."Until"), @by, @reason
FROM   jsonb_to_recordset(@rows::jsonb) AS r("Number" int, "Code" text, "Name" text, "Kind" text, "From" date, "To" date, "Known" timestamptz, "Until" timestamptz)
LEFT   JOIN party p ON p.code = r."Code";

-- name: ledger.holdings
-- Versions of holdings.
INSERT INTO holding_version (holding, version, parcel, name, class, valid, known, recorded_by, reason)
SELECT s.subject_id, r."Number", p.subject_id, r."Name", r."Class", daterange(r."From", r."To"), tstzrange(r."Known", r."Until"), @by, @reason
FROM   jsonb_to_recordset(@rows::jsonb) AS r("Number" int, "Code" text, "Parcel" text, "Name" text, "Class" text, "From" date, "To" date, "Known" timestamptz, "Until" timestamptz)
JOIN   subject s ON s.code = r."Code" AND s.kind = 'holding'
LEFT   JOIN subject p ON p.code = r."Parcel" AND p.kind = 'parcel';

-- name: ledger.land
-- The land of holdings, plot by plot.
INSERT INTO holding_land (holding, plot, area_m2, valid, known, recorded_by, reason)
SELECT h.subject_id, p.subject_id, r."AreaM2", daterange(r."From", r."To"), tstzrange(r."Known", r."Until"), @by, @reason
FROM   jsonb_to_recordset(@rows::jsonb) AS r("Holding" text, "Plot" text, "AreaM2" numeric, "From" date, "To" date, "Known" timestamptz, "Until" timestamptz)
LEFT   JOIN subject h ON h.code = r."Holding" AND h.kind = 'holding'
LEFT   JOIN subject p ON p.code = r."Plot" AND p.kind = 'plot';

-- name: ledger.shares
-- The shares of parties in holdings.
INSERT INTO holding_party (holding, party_id, numerator, denominator, valid, known, recorded_by, reason)
SELECT h.subject_id, p.party_id, r."Numerator", r."Denominator", daterange(r."From", r."To"), tstzrange(r."Known", r."Until"), @by, @reason
FROM   jsonb_to_recordset(@rows::jsonb) AS r("Holding" text, "Party" text, "Numerator" int, "Denominator" int, "From" date, "To" date, "Known" timestamptz, "Until" timestamptz)
LEFT   JOIN subject h ON h.code = r."Holding" AND h.kind = 'holding'
LEFT   JOIN party p ON p.code = r."Party";

-- name: ledger.buildings
-- Versions of buildings.
INSERT INTO building_version (building, version, holding, plot, floor_area_m2, storeys, use, valid, known, recorded_by, reason)
SELECT b.subject_id, r."Number", h.subject_id, p.subject_id, r."FloorAreaM2", r."Storeys", r."Use", daterange(r."From", r."To"), tstzrange(r."Known", r."Until"), @by, @reason
FROM   jsonb_to_recordset(@rows::jsonb) AS r("Number" int, "Code" text, "Holding" text, "Plot" text, "FloorAreaM2" numeric, "Storeys" int, "Use" text, "From" date, "To" date, "Known" timestamptz, "Until" timestamptz)
JOIN   subject b ON b.code = r."Code" AND b.kind = 'building'
LEFT   JOIN subject h ON h.code = r."Holding" AND h.kind = 'holding'
LEFT   JOIN subject p ON p.code = r."Plot" AND p.kind = 'plot';

-- name: ledger.tenants
-- Tenants of buildings.
INSERT INTO tenant (building, name, valid, known, recorded_by, reason)
SELECT b.subject_id, r."Name", daterange(r."From", r."To"), tstzrange(r."Known", r."Until"), @by, @reason
FROM   jsonb_to_recordset(@rows::jsonb) AS r("Building" text, "Name" text, "From" date, "To" date, "Known" timestamptz, "Until" timestamptz)
LEFT   JOIN subject b ON b.code = r."Building" AND b.kind = 'building';

-- name: ledger.contracts
-- Contracts with their versions.
WITH r AS (SELECT * FROM jsonb_to_recordset(@rows::jsonb) AS r("Number" int, "Code" text, "Parcel" text, "Kind" text, "Amount" numeric, "From" date, "To" date, "Known" timestamptz, "Until" timestamptz)),
born AS (
    INSERT INTO contract (contract, kind, parcel)
    SELECT DISTINCT ON (s.subject_id) s.subject_id, r."Kind", p.subject_id
    FROM   r JOIN subject s ON s.code = r."Code" AND s.kind = 'contract' LEFT JOIN subject p ON p.code = r."Parcel" AND p.kind = 'parcel'
    ORDER  BY s.subject_id, r."Number"
    ON CONFLICT (contract) DO NOTHING)
INSERT INTO contract_version (contract, version, amount, valid, known, recorded_by, reason)
SELECT s.subject_id, r."Number", r."Amount", daterange(r."From", r."To"), tstzrange(r."Known", r."Until"), @by, @reason
FROM   r JOIN subject s ON s.code = r."Code" AND s.kind = 'contract';

-- name: ledger.covers
-- Which contract covers which holding.
INSERT INTO contract_holding (contract, holding, valid, known, recorded_by, reason)
SELECT c.subject_id, h.subject_id, daterange(r."From", r."To"), tstzrange(r."Known", r."Until"), @by, @reason
FROM   jsonb_to_recordset(@rows::jsonb) AS r("Contract" text, "Holding" text, "From" date, "To" date, "Known" timestamptz, "Until" timestamptz)
LEFT   JOIN subject c ON c.code = r."Contract" AND c.kind = 'contract'
LEFT   JOIN subject h ON h.code = r."Holding" AND h.kind = 'holding';

-- name: ledger.facts
-- Facts in the order handed in; their numbers come back in the same order.
INSERT INTO fact (subject_id, kind, occurred_on, recorded_at, recorded_by, value, note, reason, voids)
SELECT s.subject_id, r."Kind", r."OccurredOn", r."RecordedAt", r."RecordedBy", coalesce(r."Value", '{}'), r."Note", r."Reason", r."Voids"
FROM   jsonb_to_recordset(@rows::jsonb) AS r("Place" int, "Subject" jsonb, "Kind" text, "OccurredOn" date, "RecordedAt" timestamptz, "RecordedBy" text, "Value" jsonb, "Note" text, "Reason" text, "Voids" bigint)
LEFT   JOIN subject s ON s.code = r."Subject" ->> 'Code' AND s.kind = r."Subject" ->> 'Kind'
ORDER  BY r."Place"
RETURNING fact_id;

-- name: ledger.evidence
-- What facts rest on.
INSERT INTO fact_evidence (fact_id, ordinal, name, document_no)
SELECT r."Fact", r."Ordinal", r."name", r."document_no"
FROM   jsonb_to_recordset(@rows::jsonb) AS r("Fact" bigint, "Ordinal" int, "name" text, "document_no" text);

-- name: ledger.derive
-- Derives now what waits for the end of the transaction.
SET CONSTRAINTS ALL IMMEDIATE;

-- name: ledger.analyze
-- Counts what was loaded, for the planner.
SELECT ledger_analyze();

-- name: ledger.lock
-- Locks things and all whose state rests on them, in ascending order; answers them.
SELECT ledger_lock_seen(@ids::int[]);

-- name: ledger.concerned
-- The things that rest on these, themselves included.
SELECT coalesce(array_agg(r), '{}') FROM rests_on(@ids::int[]) r;

-- name: ledger.ids
-- The numbers of things, by code; one that there is not, or that one may not see, is left out.
SELECT s.subject_id, s.kind, s.code
FROM   subject s
WHERE  s.code = ANY(@codes) AND (@mine::text[] IS NULL OR s.kind IN ('plot', 'parcel') OR s.parcel IN (SELECT subject_id FROM subject WHERE code = ANY(@mine)))
ORDER  BY s.subject_id;

-- name: ledger.begins
-- The first instant of which anything is known; null in an empty database.
SELECT min(lower(v.known)) FROM round_version v;

-- name: ledger.faults
-- Where the projection differs from what facts and register say, as known at an instant.
SELECT f.kind, f.code, f.stored, f.derived FROM projection_faults(@known::timestamptz) f ORDER BY f.kind, f.code, f.stored LIMIT 20;
