-- counted is the part of spent that no provider reported. A key is closed while its limit is
-- at most closed_at.

-- +goose Up
ALTER TABLE budgets ADD COLUMN counted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE budgets ADD COLUMN closed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE virtual_keys ADD COLUMN max_output TEXT NOT NULL DEFAULT 'null';

-- +goose Down
ALTER TABLE virtual_keys DROP COLUMN max_output;
ALTER TABLE budgets DROP COLUMN closed_at;
ALTER TABLE budgets DROP COLUMN counted;
