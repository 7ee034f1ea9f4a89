-- What vendors do after a call, such as batches, and when they are asked about its end.

-- +goose Up
ALTER TABLE vendor_objects ADD COLUMN work TEXT; -- JSON; NULL: nothing that has an end
ALTER TABLE vendor_objects ADD COLUMN results_of TEXT NOT NULL DEFAULT ''; -- id of the object whose results a file holds
ALTER TABLE vendor_objects ADD COLUMN ask_at BIGINT NOT NULL DEFAULT 0; -- when the vendor is asked next; 0: never
UPDATE vendor_objects SET work = '{"kind":"batch","path":"/batches/' || id || '"}', ask_at = CASE WHEN virtual_key = '' THEN 0 ELSE 1 END
    WHERE settled = FALSE AND id LIKE 'batch@_%' ESCAPE '@';
CREATE INDEX vendor_objects_by_ask ON vendor_objects (ask_at) WHERE ask_at > 0;

-- +goose Down
DROP INDEX vendor_objects_by_ask;
ALTER TABLE vendor_objects DROP COLUMN ask_at;
ALTER TABLE vendor_objects DROP COLUMN results_of;
ALTER TABLE vendor_objects DROP COLUMN work;
