-- +goose Up
ALTER TABLE workspaces ADD COLUMN compat TEXT NOT NULL DEFAULT '';
ALTER TABLE workspaces ADD COLUMN compat_from_file BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE api_keys ADD COLUMN compat TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE api_keys DROP COLUMN compat;
ALTER TABLE workspaces DROP COLUMN compat_from_file;
ALTER TABLE workspaces DROP COLUMN compat;
