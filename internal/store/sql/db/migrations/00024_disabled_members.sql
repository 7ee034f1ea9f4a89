-- Members that are disabled, and access groups that the server's file declares.

-- +goose Up
ALTER TABLE members ADD COLUMN disabled BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE workspaces ADD COLUMN access_groups_from_file BOOLEAN NOT NULL DEFAULT FALSE;

-- +goose Down
ALTER TABLE workspaces DROP COLUMN access_groups_from_file;
ALTER TABLE members DROP COLUMN disabled;
