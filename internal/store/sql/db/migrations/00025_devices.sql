-- A session may call models as an API key, and be renewed: hashes are SHA-256 of tokens. Of a device
-- grant, device_hash is the SHA-256 of its device code, user_hash the HMAC of its user code.

-- +goose Up
ALTER TABLE sessions ADD COLUMN api_key_id TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN refresh_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN refresh_until BIGINT;
ALTER TABLE sessions ADD COLUMN refreshed_at BIGINT;
ALTER TABLE sessions ADD COLUMN used_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN replaced_hash TEXT NOT NULL DEFAULT '';
CREATE TABLE device_grants (
    id           TEXT   NOT NULL PRIMARY KEY,
    device_hash  TEXT   NOT NULL UNIQUE,
    user_hash    TEXT   NOT NULL UNIQUE,
    scope        TEXT   NOT NULL,
    client       TEXT   NOT NULL,
    address      TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    member_id    TEXT   NOT NULL,
    workspace_id TEXT   NOT NULL,
    api_key_id   TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX device_grants_expires_at ON device_grants (expires_at);

-- +goose Down
DROP TABLE device_grants;
ALTER TABLE sessions DROP COLUMN replaced_hash;
ALTER TABLE sessions DROP COLUMN used_hash;
ALTER TABLE sessions DROP COLUMN refreshed_at;
ALTER TABLE sessions DROP COLUMN refresh_until;
ALTER TABLE sessions DROP COLUMN refresh_hash;
ALTER TABLE sessions DROP COLUMN api_key_id;
