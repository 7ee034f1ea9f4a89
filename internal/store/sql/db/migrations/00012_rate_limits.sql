-- Rate limits: rules of their own, and the limits of keys.

-- +goose Up
CREATE TABLE rate_limits (
    id              TEXT   NOT NULL PRIMARY KEY,
    workspace_id    TEXT   REFERENCES workspaces (id), -- null: all workspaces
    owner_attribute TEXT   NOT NULL,                   -- api_key, virtual_key, or empty
    owner_id        TEXT   NOT NULL,
    rule            TEXT   NOT NULL,                   -- JSON
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL
);
CREATE INDEX rate_limits_of_owner ON rate_limits (owner_attribute, owner_id);

-- +goose Down
DROP TABLE rate_limits;
