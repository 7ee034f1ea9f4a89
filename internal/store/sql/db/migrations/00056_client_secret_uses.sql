-- How many sessions a client secret may open (0: any number), and how many it has opened.

-- +goose Up
ALTER TABLE client_secrets ADD COLUMN uses BIGINT NOT NULL DEFAULT 0;
ALTER TABLE client_secrets ADD COLUMN used BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE client_secrets DROP COLUMN used;
ALTER TABLE client_secrets DROP COLUMN uses;
