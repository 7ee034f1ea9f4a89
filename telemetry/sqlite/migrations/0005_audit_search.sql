-- +goose Up

-- The trail of one request, and who did what, are looked up by columns: indexes of expressions took
-- more time than the row. What is hashed of a row stays as it is.
ALTER TABLE audit ADD COLUMN request_id TEXT; -- NULL: none
ALTER TABLE audit ADD COLUMN caller INTEGER;  -- a row of callers, 0: any
DROP INDEX audit_by_request;
DROP INDEX audit_by_member;
DROP INDEX audit_by_member_name;
INSERT OR IGNORE INTO workspaces (id) SELECT DISTINCT workspace FROM audit;
INSERT OR IGNORE INTO callers (workspace, member, member_name, api_key, api_key_name)
  SELECT DISTINCT workspaces.n, coalesce(canonical ->> 'member', ''), coalesce(canonical ->> 'member_name', ''), coalesce(canonical ->> 'api_key', ''), ''
  FROM audit JOIN workspaces ON workspaces.id = audit.workspace WHERE json_valid(canonical);
DROP TRIGGER audit_no_update;
UPDATE audit SET request_id = canonical ->> 'request_id', caller = (
  SELECT callers.n FROM workspaces JOIN callers ON callers.workspace = workspaces.n
  WHERE workspaces.id = audit.workspace AND member = coalesce(canonical ->> 'member', '') AND member_name = coalesce(canonical ->> 'member_name', '')
    AND api_key = coalesce(canonical ->> 'api_key', '') AND api_key_name = ''
) WHERE json_valid(canonical);
-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'audit rows are append-only');
END;
-- +goose StatementEnd
CREATE INDEX audit_by_request_id ON audit (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX audit_by_caller ON audit (caller);
