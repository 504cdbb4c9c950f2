-- A retry is harmless: what was answered under a key is answered again.
-- +goose Up

-- What a request under a key was answered. A row without a status is of a request that is under way; it is gone if that fails.
CREATE TABLE idempotency (
    account     text         NOT NULL,
    key         text         NOT NULL,
    request     bytea        NOT NULL, -- SHA-256 of method, address and body
    status      int,
    body        bytea,
    claimed_at  timestamptz  NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT idempotency_pk      PRIMARY KEY (account, key),
    CONSTRAINT idempotency_key     CHECK (length(key) BETWEEN 1 AND 200),
    CONSTRAINT idempotency_hash    CHECK (length(request) = 32),
    CONSTRAINT idempotency_status  CHECK ((status BETWEEN 200 AND 299) AND body IS NOT NULL OR status IS NULL AND body IS NULL)
);
CREATE INDEX idempotency_by_age ON idempotency (claimed_at);
GRANT SELECT, INSERT, DELETE ON idempotency TO zhengbei_service;
GRANT UPDATE (status, body) ON idempotency TO zhengbei_service;
