-- name: case.scope
-- The things that a judgement on facts about these looks at: their holdings, contracts, buildings and plots, and what those lean on in turn.
WITH given AS (
    SELECT s.subject_id AS id, s.kind FROM subject s WHERE s.subject_id = ANY(@ids::int[])),
h1 AS (
    SELECT id FROM given WHERE kind = 'holding'
    UNION SELECT c.holding FROM contract_holding c JOIN given g ON g.id = c.contract WHERE upper_inf(c.known)
    UNION SELECT b.holding FROM building_version b JOIN given g ON g.id = b.building WHERE upper_inf(b.known)
    UNION SELECT l.holding FROM holding_land l JOIN given g ON g.id = l.plot WHERE upper_inf(l.known)
    UNION SELECT v.holding FROM holding_version v JOIN given g ON g.id = v.parcel WHERE upper_inf(v.known)),
c1 AS (
    SELECT id FROM given WHERE kind = 'contract'
    UNION SELECT c.contract FROM contract_holding c JOIN h1 ON h1.id = c.holding WHERE upper_inf(c.known)),
p1 AS (
    SELECT id FROM given WHERE kind = 'plot'
    UNION SELECT b.plot FROM building_version b JOIN given g ON g.id = b.building WHERE upper_inf(b.known)
    UNION SELECT l.plot FROM holding_land l JOIN h1 ON h1.id = l.holding WHERE upper_inf(l.known)
    UNION SELECT v.fid FROM plot_version v JOIN given g ON g.id = v.parcel WHERE upper_inf(v.known)),
h2 AS (
    SELECT id FROM h1
    UNION SELECT c.holding FROM contract_holding c JOIN c1 ON c1.id = c.contract WHERE upper_inf(c.known)
    UNION SELECT l.holding FROM holding_land l JOIN p1 ON p1.id = l.plot WHERE upper_inf(l.known)),
scope AS (
    SELECT id FROM given
    UNION SELECT id FROM h2
    UNION SELECT id FROM c1
    UNION SELECT id FROM p1
    UNION SELECT c.contract FROM contract_holding c JOIN h2 ON h2.id = c.holding WHERE upper_inf(c.known)
    UNION SELECT l.plot FROM holding_land l JOIN h2 ON h2.id = l.holding WHERE upper_inf(l.known)
    UNION SELECT b.building FROM building_version b JOIN h2 ON h2.id = b.holding WHERE upper_inf(b.known)
    UNION SELECT b.building FROM building_version b JOIN p1 ON p1.id = b.plot WHERE upper_inf(b.known)
    UNION SELECT v.parcel FROM holding_version v JOIN h2 ON h2.id = v.holding WHERE upper_inf(v.known)
    UNION SELECT v.parcel FROM plot_version v JOIN p1 ON p1.id = v.fid WHERE upper_inf(v.known)
    UNION SELECT k.parcel FROM contract k JOIN c1 ON c1.id = k.contract)
SELECT s.subject_id, s.kind, s.code FROM scope JOIN subject s ON s.subject_id = scope.id ORDER BY s.subject_id;

-- name: case.facts
-- All facts of things, voided ones and voids included. Columns are named after land.Fact.
SELECT f.fact_id AS id, s.kind AS subject_kind, s.code AS subject_code, f.kind, f.occurred_on, f.recorded_at, f.recorded_by, f.value, f.voids
FROM   fact f
JOIN   subject s USING (subject_id)
WHERE  f.subject_id = ANY(@ids::int[])
ORDER  BY f.fact_id;

-- name: case.holdings
-- Versions of holdings, as known now.
SELECT s.code, p.code AS parcel, lower(v.valid) AS since, upper(v.valid) AS until
FROM   holding_version v
JOIN   subject s ON s.subject_id = v.holding
JOIN   subject p ON p.subject_id = v.parcel
WHERE  v.holding = ANY(@ids::int[]) AND upper_inf(v.known)
ORDER  BY v.holding, v.valid;

-- name: case.land
-- Land of holdings, as known now.
SELECT h.code AS holding, p.code AS plot, v.area_m2::text AS area_m2, lower(v.valid) AS since, upper(v.valid) AS until
FROM   holding_land v
JOIN   subject h ON h.subject_id = v.holding
JOIN   subject p ON p.subject_id = v.plot
WHERE  v.holding = ANY(@ids::int[]) AND upper_inf(v.known)
ORDER  BY v.holding, v.plot, v.valid;

-- name: case.buildings
-- Versions of buildings, as known now.
SELECT b.code, h.code AS holding, p.code AS plot, lower(v.valid) AS since, upper(v.valid) AS until
FROM   building_version v
JOIN   subject b ON b.subject_id = v.building
JOIN   subject h ON h.subject_id = v.holding
JOIN   subject p ON p.subject_id = v.plot
WHERE  v.building = ANY(@ids::int[]) AND upper_inf(v.known)
ORDER  BY v.building, v.valid;

-- name: case.tenants
-- Tenants of buildings, as known now.
SELECT b.code AS building, v.name, lower(v.valid) AS since, upper(v.valid) AS until
FROM   tenant v
JOIN   subject b ON b.subject_id = v.building
WHERE  v.building = ANY(@ids::int[]) AND upper_inf(v.known)
ORDER  BY v.tenant_id;

-- name: case.contracts
-- Versions of contracts, as known now.
SELECT s.code, p.code AS parcel, c.kind, v.amount::text AS amount, lower(v.valid) AS since, upper(v.valid) AS until
FROM   contract_version v
JOIN   contract c USING (contract)
JOIN   subject s ON s.subject_id = v.contract
JOIN   subject p ON p.subject_id = c.parcel
WHERE  v.contract = ANY(@ids::int[]) AND upper_inf(v.known)
ORDER  BY v.contract, v.valid;

-- name: case.covers
-- Which contract covers which holding, as known now.
SELECT c.code AS contract, h.code AS holding, lower(v.valid) AS since, upper(v.valid) AS until
FROM   contract_holding v
JOIN   subject c ON c.subject_id = v.contract
JOIN   subject h ON h.subject_id = v.holding
WHERE  v.contract = ANY(@ids::int[]) AND upper_inf(v.known)
ORDER  BY v.contract, v.holding, v.valid;

-- name: case.plots
-- In which parcel plots lie and how large they are, as known now.
SELECT s.code AS plot, p.code AS parcel, v.area_m2::text AS area_m2, lower(v.valid) AS since, upper(v.valid) AS until
FROM   plot_version v
JOIN   subject s ON s.subject_id = v.fid
JOIN   subject p ON p.subject_id = v.parcel
WHERE  v.fid = ANY(@ids::int[]) AND upper_inf(v.known)
ORDER  BY v.fid, v.valid;

-- name: case.targets
-- What facts that one may see speak of, by their numbers.
SELECT f.fact_id AS id, s.kind, s.code
FROM   fact f
JOIN   subject s USING (subject_id)
WHERE  f.fact_id = ANY(@facts::bigint[]) AND (@mine::text[] IS NULL OR s.parcel IN (SELECT subject_id FROM subject WHERE code = ANY(@mine)))
ORDER  BY f.fact_id;

-- name: case.members
-- The holdings and plots of parcels: an objection against a parcel touches them all.
SELECT s.code FROM holding_version v JOIN subject p ON p.subject_id = v.parcel JOIN subject s ON s.subject_id = v.holding WHERE p.code = ANY(@codes) AND upper_inf(v.known)
UNION
SELECT s.code FROM plot_version v JOIN subject p ON p.subject_id = v.parcel JOIN subject s ON s.subject_id = v.fid WHERE p.code = ANY(@codes) AND upper_inf(v.known)
ORDER BY 1;
