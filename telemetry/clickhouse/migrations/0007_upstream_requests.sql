-- +goose NO TRANSACTION
-- +goose Up

-- What a provider got, where it is not the request as it was recorded.
ALTER TABLE llm_payloads MODIFY COLUMN kind Enum8('request' = 1, 'response' = 2, 'upstream_request' = 3);
