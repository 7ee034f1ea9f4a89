-- A reservation stands on the accounts that it lists, and one that lists none on no account: it only tells
-- whether it was settled. Those from before there were other accounts than API keys list none yet.

-- +goose Up
UPDATE reservations SET accounts = '["' || api_key_id || '"]' WHERE accounts = '[]';

-- +goose Down
SELECT 1;
