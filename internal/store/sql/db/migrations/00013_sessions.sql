-- password is an argon2id hash; '' = none. A session's hash is the SHA-256 of its token.

-- +goose Up
ALTER TABLE members ADD COLUMN password TEXT NOT NULL DEFAULT '';
CREATE TABLE sessions (
    id           TEXT   NOT NULL PRIMARY KEY,
    hash         TEXT   NOT NULL UNIQUE,
    member_id    TEXT   NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    workspace_id TEXT   NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    method       TEXT   NOT NULL,
    address      TEXT   NOT NULL,
    client       TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);

-- +goose Down
DROP TABLE sessions;
ALTER TABLE members DROP COLUMN password;
