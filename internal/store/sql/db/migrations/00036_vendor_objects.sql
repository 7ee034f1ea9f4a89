-- What vendors keep for callers (files, batches, vector stores …), by the workspace that owns it.

-- +goose Up
CREATE TABLE vendor_objects (
    workspace_id TEXT    NOT NULL,
    id           TEXT    NOT NULL, -- at the vendor
    provider     TEXT    NOT NULL,
    virtual_key  TEXT    NOT NULL, -- '': the caller's own credential
    credential   TEXT    NOT NULL, -- of the virtual key; '': it has no choice
    api_key_id   TEXT    NOT NULL, -- that made it
    settled      BOOLEAN NOT NULL, -- what it cost is charged
    created_at   BIGINT  NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX vendor_objects_by_id ON vendor_objects (id);

-- +goose Down
DROP TABLE vendor_objects;
