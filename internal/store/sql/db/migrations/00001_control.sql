-- Times are nanoseconds since 1970 UTC, money is nano-USD, sealed values are base64,
-- lists and documents are JSON as text: the same statements serve SQLite and PostgreSQL.

-- +goose Up
CREATE TABLE organisations (
    id         TEXT   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    canary     TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE workspaces (
    id              TEXT   NOT NULL PRIMARY KEY,
    organisation_id TEXT   NOT NULL REFERENCES organisations (id),
    name            TEXT   NOT NULL,
    config          TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    UNIQUE (organisation_id, name)
);

CREATE TABLE members (
    id              TEXT    NOT NULL PRIMARY KEY,
    organisation_id TEXT    NOT NULL REFERENCES organisations (id),
    name            TEXT    NOT NULL,
    owner           BOOLEAN NOT NULL,
    created_at      BIGINT  NOT NULL,
    UNIQUE (organisation_id, name)
);

CREATE TABLE memberships (
    member_id    TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    role         TEXT NOT NULL,
    PRIMARY KEY (member_id, workspace_id)
);

CREATE TABLE api_keys (
    id           TEXT    NOT NULL PRIMARY KEY,
    workspace_id TEXT    NOT NULL REFERENCES workspaces (id),
    member_id    TEXT    NOT NULL REFERENCES members (id),
    name         TEXT    NOT NULL,
    hash         TEXT    NOT NULL UNIQUE,
    masked       TEXT    NOT NULL,
    config       TEXT    NOT NULL,
    budget       BIGINT,
    expires_at   BIGINT,
    disabled     BOOLEAN NOT NULL,
    from_file    BOOLEAN NOT NULL,
    created_at   BIGINT  NOT NULL,
    updated_at   BIGINT  NOT NULL,
    UNIQUE (workspace_id, name)
);

CREATE TABLE virtual_keys (
    id           TEXT    NOT NULL PRIMARY KEY,
    workspace_id TEXT    NOT NULL REFERENCES workspaces (id),
    name         TEXT    NOT NULL,
    provider     TEXT    NOT NULL,
    base_url     TEXT    NOT NULL,
    credential   TEXT    NOT NULL,
    models       TEXT    NOT NULL,
    prices       TEXT    NOT NULL,
    disabled     BOOLEAN NOT NULL,
    from_file    BOOLEAN NOT NULL,
    created_at   BIGINT  NOT NULL,
    updated_at   BIGINT  NOT NULL,
    UNIQUE (workspace_id, name)
);

-- The ledger refers to API keys by id but does not hang on them: what was spent stays.
CREATE TABLE budgets (
    api_key_id TEXT   NOT NULL PRIMARY KEY,
    spent      BIGINT NOT NULL
);

CREATE TABLE reservations (
    id         TEXT   NOT NULL PRIMARY KEY,
    api_key_id TEXT   NOT NULL,
    amount     BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Workspaces of configs and prompts may come from the server's file before anybody
-- uses them, so they are no foreign keys.
CREATE TABLE configs (
    workspace_id TEXT    NOT NULL,
    slug         TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    from_file    BOOLEAN NOT NULL,
    created_at   BIGINT  NOT NULL,
    updated_at   BIGINT  NOT NULL,
    PRIMARY KEY (workspace_id, slug)
);

CREATE TABLE config_versions (
    workspace_id TEXT    NOT NULL,
    slug         TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    config       TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    PRIMARY KEY (workspace_id, slug, version),
    FOREIGN KEY (workspace_id, slug) REFERENCES configs (workspace_id, slug) ON DELETE CASCADE
);

CREATE TABLE prompts (
    id           TEXT    NOT NULL PRIMARY KEY,
    workspace_id TEXT    NOT NULL,
    slug         TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    from_file    BOOLEAN NOT NULL,
    created_at   BIGINT  NOT NULL,
    updated_at   BIGINT  NOT NULL,
    UNIQUE (workspace_id, slug)
);

CREATE TABLE prompt_versions (
    prompt_id   TEXT    NOT NULL REFERENCES prompts (id) ON DELETE CASCADE,
    number      INTEGER NOT NULL,
    description TEXT    NOT NULL,
    body        TEXT    NOT NULL,
    created_by  TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    PRIMARY KEY (prompt_id, number)
);

CREATE TABLE prompt_labels (
    prompt_id TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    version   INTEGER NOT NULL,
    PRIMARY KEY (prompt_id, name),
    FOREIGN KEY (prompt_id, version) REFERENCES prompt_versions (prompt_id, number) ON DELETE CASCADE
);

-- +goose Down
DROP TABLE prompt_labels;
DROP TABLE prompt_versions;
DROP TABLE prompts;
DROP TABLE config_versions;
DROP TABLE configs;
DROP TABLE reservations;
DROP TABLE budgets;
DROP TABLE virtual_keys;
DROP TABLE api_keys;
DROP TABLE memberships;
DROP TABLE members;
DROP TABLE workspaces;
DROP TABLE organisations;
