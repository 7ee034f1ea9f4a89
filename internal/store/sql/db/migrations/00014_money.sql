-- A budget is a rule in usage_limits; the table budgets holds the account of each of its groups and
-- periods, of each API key with a budget of its own, and of each wallet: api_key_id is its name. A
-- reservation stands on the accounts that it lists, or on that of its API key if it lists none. The
-- entries of a transaction sum to zero; an account has spent what its entries gave.

-- +goose Up
CREATE TABLE usage_limits (
    id           TEXT   NOT NULL PRIMARY KEY,
    workspace_id TEXT   REFERENCES workspaces (id), -- null: all workspaces
    budget       TEXT   NOT NULL,                   -- JSON
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);

ALTER TABLE budgets ADD COLUMN budget_id TEXT NOT NULL DEFAULT '';
ALTER TABLE budgets ADD COLUMN grouped TEXT NOT NULL DEFAULT 'null';
ALTER TABLE budgets ADD COLUMN ends_at BIGINT NOT NULL DEFAULT 0; -- of the period; 0: never
CREATE INDEX budgets_of_rule ON budgets (budget_id, ends_at);
ALTER TABLE reservations ADD COLUMN accounts TEXT NOT NULL DEFAULT '[]';

CREATE TABLE wallets (
    id           TEXT   NOT NULL PRIMARY KEY,
    workspace_id TEXT   NOT NULL REFERENCES workspaces (id),
    api_key_id   TEXT   NOT NULL, -- '' = all keys of the workspace
    name         TEXT   NOT NULL,
    credited     BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    UNIQUE (workspace_id, name),
    UNIQUE (workspace_id, api_key_id)
);

-- The credits of a wallet that was deleted stay, as its entries do.
CREATE TABLE wallet_credits (
    wallet_id   TEXT   NOT NULL,
    reference   TEXT   NOT NULL,
    amount      BIGINT NOT NULL,
    credited_by TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (wallet_id, reference)
);

CREATE TABLE ledger_entries (
    transaction_id TEXT   NOT NULL,
    account        TEXT   NOT NULL,
    amount         BIGINT NOT NULL,
    made_at        BIGINT NOT NULL,
    PRIMARY KEY (transaction_id, account)
);
CREATE INDEX ledger_entries_of_account ON ledger_entries (account, made_at);
INSERT INTO ledger_entries (transaction_id, account, amount, made_at) SELECT 'opening/' || api_key_id, api_key_id, -spent, 0 FROM budgets WHERE spent <> 0;
INSERT INTO ledger_entries (transaction_id, account, amount, made_at) SELECT 'opening/' || api_key_id, 'opening', spent, 0 FROM budgets WHERE spent <> 0;

-- +goose Down
DROP TABLE ledger_entries;
DROP TABLE wallet_credits;
DROP TABLE wallets;
ALTER TABLE reservations DROP COLUMN accounts;
DROP INDEX budgets_of_rule;
ALTER TABLE budgets DROP COLUMN ends_at;
ALTER TABLE budgets DROP COLUMN grouped;
ALTER TABLE budgets DROP COLUMN budget_id;
DROP TABLE usage_limits;
