-- reserved is the sum of a key's reservations. A reservation stands until expires_at; one of 0
-- has no lease.

-- +goose Up
ALTER TABLE budgets ADD COLUMN reserved BIGINT NOT NULL DEFAULT 0;
ALTER TABLE reservations ADD COLUMN expires_at BIGINT NOT NULL DEFAULT 0;
INSERT INTO budgets (api_key_id, spent) SELECT DISTINCT api_key_id, 0 FROM reservations WHERE api_key_id NOT IN (SELECT api_key_id FROM budgets);
UPDATE budgets SET reserved = (SELECT COALESCE(SUM(amount), 0) FROM reservations WHERE reservations.api_key_id = budgets.api_key_id);
CREATE INDEX reservations_of_key ON reservations (api_key_id);
CREATE INDEX reservations_expiry ON reservations (expires_at);

-- +goose Down
DROP INDEX reservations_expiry;
DROP INDEX reservations_of_key;
ALTER TABLE reservations DROP COLUMN expires_at;
ALTER TABLE budgets DROP COLUMN reserved;
