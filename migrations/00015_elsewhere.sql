-- Sign-ins by an issuer of OpenID Connect, while they are under way.

-- +goose Up

-- One that a browser has begun: good once, for ten minutes. State, nonce and verifier follow from the secret, which the browser alone keeps.
CREATE TABLE sign_in_elsewhere (
    secret   bytea        NOT NULL, -- SHA-256 of it
    back_to  text         NOT NULL, -- the path of this site that was asked for
    ends_at  timestamptz  NOT NULL DEFAULT clock_timestamp() + interval '10 min',
    CONSTRAINT sign_in_elsewhere_pk    PRIMARY KEY (secret),
    CONSTRAINT sign_in_elsewhere_form  CHECK (length(secret) = 32 AND back_to ~ '^/([^/]|$)')
);
CREATE INDEX sign_in_elsewhere_by_end ON sign_in_elsewhere (ends_at);
GRANT SELECT, INSERT, DELETE ON sign_in_elsewhere TO zhengbei_service;
