-- origin is the process that made the change: it knows already.

-- +goose Up
ALTER TABLE changes ADD COLUMN origin TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE changes DROP COLUMN origin;
