-- Budgets of API keys and virtual keys, beside rules of their own.

-- +goose Up
ALTER TABLE usage_limits ADD COLUMN owner_attribute TEXT NOT NULL DEFAULT ''; -- api_key, virtual_key, or empty
ALTER TABLE usage_limits ADD COLUMN owner_id TEXT NOT NULL DEFAULT '';
CREATE INDEX usage_limits_of_owner ON usage_limits (owner_attribute, owner_id);

-- +goose Down
DROP INDEX usage_limits_of_owner;
ALTER TABLE usage_limits DROP COLUMN owner_id;
ALTER TABLE usage_limits DROP COLUMN owner_attribute;
