-- Leases: which replica does what only one may do at a time.

-- +goose Up
CREATE TABLE leases (
    name        TEXT   NOT NULL PRIMARY KEY,
    node        TEXT   NOT NULL,
    lease_until BIGINT NOT NULL
);

-- +goose Down
DROP TABLE leases;
