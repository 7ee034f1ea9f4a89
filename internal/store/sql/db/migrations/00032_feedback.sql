-- What callers think of answers, by the trace that they name.

-- +goose Up
CREATE TABLE feedback (
    id           TEXT   NOT NULL PRIMARY KEY,
    workspace_id TEXT   NOT NULL,
    member_id    TEXT   NOT NULL,
    api_key_id   TEXT   NOT NULL,
    trace        TEXT   NOT NULL, -- W3C hex
    trace_ref    TEXT   NOT NULL, -- as the caller named it, cleansed
    value        BIGINT NOT NULL,
    weight_micro BIGINT NOT NULL, -- millionths
    metadata     TEXT   NOT NULL, -- JSON
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);
CREATE INDEX feedback_by_trace ON feedback (trace);
CREATE INDEX feedback_by_time ON feedback (workspace_id, created_at);

-- +goose Down
DROP TABLE feedback;
