-- Who made a version of a config, and why. A deleted config keeps its versions: deleted_at is null
-- while it is there. Its slug counts on when it is used again.

-- +goose Up
ALTER TABLE configs ADD COLUMN deleted_at BIGINT;
ALTER TABLE config_versions ADD COLUMN created_by TEXT NOT NULL DEFAULT '';
ALTER TABLE config_versions ADD COLUMN note TEXT NOT NULL DEFAULT '';

-- +goose Down
DELETE FROM configs WHERE deleted_at IS NOT NULL;
ALTER TABLE config_versions DROP COLUMN note;
ALTER TABLE config_versions DROP COLUMN created_by;
ALTER TABLE configs DROP COLUMN deleted_at;
