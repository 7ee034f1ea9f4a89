-- What people write about a virtual key.

-- +goose Up
ALTER TABLE virtual_keys ADD COLUMN note TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE virtual_keys DROP COLUMN note;
