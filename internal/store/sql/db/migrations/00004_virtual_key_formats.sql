-- +goose Up
ALTER TABLE virtual_keys ADD COLUMN formats TEXT NOT NULL DEFAULT 'null';

-- +goose Down
ALTER TABLE virtual_keys DROP COLUMN formats;
