-- Keys of the installation for other purposes than sealing, sealed with the master key.

-- +goose Up
CREATE TABLE installation_keys (
    purpose TEXT NOT NULL PRIMARY KEY,
    sealed  TEXT NOT NULL
);

-- +goose Down
DROP TABLE installation_keys;
