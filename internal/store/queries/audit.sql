-- name: audit.write
-- One record of the audit trail.
INSERT INTO audit (account_id, account, role, address, request, via, outcome, code, objects, detail)
VALUES (@account_id, @account, @role, @address, @request, @via, @outcome, @code, @objects, @detail);
