-- Saved views: the filters of a list or a graph, under a name.

-- +goose Up
CREATE TABLE saved_views (
    id           TEXT    NOT NULL PRIMARY KEY,
    workspace_id TEXT    NOT NULL,
    member_id    TEXT    NOT NULL, -- whose it is
    name         TEXT    NOT NULL,
    page         TEXT    NOT NULL,
    query        TEXT    NOT NULL,
    shared       BOOLEAN NOT NULL, -- everybody in the workspace sees it
    created_at   BIGINT  NOT NULL,
    updated_at   BIGINT  NOT NULL,
    UNIQUE (workspace_id, member_id, name)
);

-- +goose Down
DROP TABLE saved_views;
