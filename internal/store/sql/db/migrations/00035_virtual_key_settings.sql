-- What a provider needs to know of the account of a virtual key: a JSON object of texts.

-- +goose Up
ALTER TABLE virtual_keys ADD COLUMN settings TEXT NOT NULL DEFAULT 'null';

-- +goose Down
ALTER TABLE virtual_keys DROP COLUMN settings;
