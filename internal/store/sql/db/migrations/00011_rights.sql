-- everywhere is a member's role in all workspaces. access holds what limits an API key; a rotated
-- key's previous hash is good until a time. access_groups are named lists of models.

-- +goose Up
ALTER TABLE members ADD COLUMN everywhere TEXT NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN service BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE workspaces ADD COLUMN access_groups TEXT NOT NULL DEFAULT 'null';
ALTER TABLE api_keys ADD COLUMN access TEXT NOT NULL DEFAULT '{}';
ALTER TABLE api_keys ADD COLUMN previous_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN previous_until BIGINT;

-- +goose Down
ALTER TABLE api_keys DROP COLUMN previous_until;
ALTER TABLE api_keys DROP COLUMN previous_hash;
ALTER TABLE api_keys DROP COLUMN access;
ALTER TABLE workspaces DROP COLUMN access_groups;
ALTER TABLE members DROP COLUMN service;
ALTER TABLE members DROP COLUMN everywhere;
