-- Exports of logs: what each job writes, how far it is, and the lease of the server that runs it.

-- +goose Up
CREATE TABLE log_exports (
    id           TEXT    NOT NULL PRIMARY KEY,
    workspace_id TEXT    NOT NULL,
    member_id    TEXT    NOT NULL, -- who made it
    api_key_id   TEXT    NOT NULL,
    description  TEXT    NOT NULL,
    filter       TEXT    NOT NULL, -- JSON
    own          TEXT    NOT NULL, -- member whose exchanges alone are exported; '': everybody's
    format       TEXT    NOT NULL,
    fields       TEXT    NOT NULL, -- JSON
    bodies       BOOLEAN NOT NULL,
    destination  TEXT    NOT NULL,
    status       TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    total        BIGINT  NOT NULL, -- -1: not counted
    row_count    BIGINT  NOT NULL,
    byte_count   BIGINT  NOT NULL,
    cut          TEXT    NOT NULL,
    tries        BIGINT  NOT NULL,
    node         TEXT    NOT NULL, -- the server that runs it, and has the file
    lease_until  BIGINT  NOT NULL, -- by the database's clock; 0: none
    created_at   BIGINT  NOT NULL,
    updated_at   BIGINT  NOT NULL,
    started_at   BIGINT, -- NULL: not yet, as the next two
    ended_at     BIGINT,
    expires_at   BIGINT
);
CREATE INDEX log_exports_by_time ON log_exports (workspace_id, created_at);
CREATE INDEX log_exports_by_status ON log_exports (status, created_at);

-- +goose Down
DROP TABLE log_exports;
