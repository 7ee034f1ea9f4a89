-- Alerts about budgets: where they are sent, what was announced, and what is on its way.

-- +goose Up
CREATE TABLE alert_targets (
    id           TEXT   NOT NULL PRIMARY KEY,
    workspace_id TEXT   NOT NULL, -- '': all workspaces
    name         TEXT   NOT NULL,
    format       TEXT   NOT NULL,
    sealed       TEXT   NOT NULL, -- URL and secret
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    UNIQUE (workspace_id, name)
);
CREATE TABLE alert_announcements (
    account      TEXT   NOT NULL,
    limit_nano   BIGINT NOT NULL,
    percent      BIGINT NOT NULL,
    announced_at BIGINT NOT NULL,
    ends_at      BIGINT NOT NULL, -- of the account's period; 0: never
    PRIMARY KEY (account, limit_nano, percent)
);
CREATE TABLE alert_deliveries (
    id        TEXT   NOT NULL PRIMARY KEY,
    target_id TEXT   NOT NULL, -- one of the file's, too
    event     TEXT   NOT NULL, -- JSON
    attempts  BIGINT NOT NULL,
    due_at    BIGINT NOT NULL,
    made_at   BIGINT NOT NULL
);
CREATE INDEX alert_deliveries_by_time ON alert_deliveries (due_at);

-- +goose Down
DROP TABLE alert_deliveries;
DROP TABLE alert_announcements;
DROP TABLE alert_targets;
