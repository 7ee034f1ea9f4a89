-- Price rules, and what becomes of models without a price.

-- +goose Up
CREATE TABLE price_rules (
    id           TEXT   NOT NULL PRIMARY KEY,
    workspace_id TEXT   NOT NULL, -- '': all workspaces
    name         TEXT   NOT NULL,
    team_id      TEXT   NOT NULL, -- '': all teams; so with the other selectors
    virtual_key  TEXT   NOT NULL, -- name
    provider     TEXT   NOT NULL,
    model        TEXT   NOT NULL,
    effect       TEXT   NOT NULL, -- JSON: factor or price
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    UNIQUE (workspace_id, name),
    UNIQUE (workspace_id, team_id, virtual_key, provider, model)
);
CREATE TABLE price_settings (
    workspace_id    TEXT NOT NULL PRIMARY KEY REFERENCES workspaces (id),
    unpriced_models TEXT NOT NULL -- JSON
);

-- +goose Down
DROP TABLE price_settings;
DROP TABLE price_rules;
