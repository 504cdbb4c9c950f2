-- Identity numbers and telephones of parties, encrypted by the service: the database never sees them, nor the key.

-- +goose Up

-- Which keys the rows below were encrypted with: a check value tells the right key from another one. One is in use.
CREATE TABLE personal_key (
    key_id      int          GENERATED ALWAYS AS IDENTITY,
    check_value bytea        NOT NULL, -- HMAC of a constant under the key
    made_at     timestamptz  NOT NULL DEFAULT clock_timestamp(),
    retired_at  timestamptz,
    CONSTRAINT personal_key_pk     PRIMARY KEY (key_id),
    CONSTRAINT personal_key_check  UNIQUE (check_value)
);
CREATE UNIQUE INDEX personal_key_in_use ON personal_key ((true)) WHERE retired_at IS NULL;

-- What is known of a person beside the name; each field as AES-256-GCM, with a keyed hash by which it is found.
CREATE TABLE party_personal (
    party_id        int          NOT NULL,
    key_id          int          NOT NULL,
    id_number       bytea,
    id_number_hash  bytea,
    phone           bytea,
    phone_hash      bytea,
    updated_at      timestamptz  NOT NULL DEFAULT clock_timestamp(),
    updated_by      text         NOT NULL,
    CONSTRAINT party_personal_pk     PRIMARY KEY (party_id),
    CONSTRAINT party_personal_party  FOREIGN KEY (party_id) REFERENCES party (party_id),
    CONSTRAINT party_personal_key    FOREIGN KEY (key_id) REFERENCES personal_key (key_id),
    CONSTRAINT party_personal_pairs  CHECK ((id_number IS NULL) = (id_number_hash IS NULL) AND (phone IS NULL) = (phone_hash IS NULL))
);
CREATE INDEX party_personal_by_id_number ON party_personal (id_number_hash);
CREATE INDEX party_personal_by_phone     ON party_personal (phone_hash);
ALTER TABLE party_personal ENABLE ROW LEVEL SECURITY;
CREATE POLICY party_personal_of_post ON party_personal USING ((SELECT acting_role()) IN ('officer', 'command_post', 'console') AND EXISTS (SELECT FROM party p WHERE p.party_id = party_personal.party_id));

GRANT SELECT, INSERT, UPDATE ON personal_key, party_personal TO zhengbei_service;
