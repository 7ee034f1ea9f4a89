-- +goose Up
ALTER TABLE workspaces ADD COLUMN config_from_file BOOLEAN NOT NULL DEFAULT FALSE;

-- +goose Down
ALTER TABLE workspaces DROP COLUMN config_from_file;
