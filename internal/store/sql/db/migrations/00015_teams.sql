-- Teams of a workspace, with their members. An API key may belong to a team.

-- +goose Up
CREATE TABLE teams (
    id           TEXT    NOT NULL PRIMARY KEY,
    workspace_id TEXT    NOT NULL REFERENCES workspaces (id),
    name         TEXT    NOT NULL,
    from_file    BOOLEAN NOT NULL,
    created_at   BIGINT  NOT NULL,
    updated_at   BIGINT  NOT NULL,
    UNIQUE (workspace_id, name)
);
CREATE TABLE team_members (
    team_id   TEXT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    PRIMARY KEY (team_id, member_id)
);
ALTER TABLE api_keys ADD COLUMN team_id TEXT REFERENCES teams (id);

-- +goose Down
ALTER TABLE api_keys DROP COLUMN team_id;
DROP TABLE team_members;
DROP TABLE teams;
