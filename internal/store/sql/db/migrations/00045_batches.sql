-- What the calls in the file of a batch can use, and what stands reserved for a batch.

-- +goose Up
ALTER TABLE vendor_objects ADD COLUMN batch TEXT; -- JSON, of a file that was read as one
ALTER TABLE vendor_objects ADD COLUMN reservation_id TEXT NOT NULL DEFAULT '';
ALTER TABLE vendor_objects ADD COLUMN reserved BIGINT NOT NULL DEFAULT 0; -- nano-USD
ALTER TABLE vendor_objects ADD COLUMN reserved_until BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE vendor_objects DROP COLUMN reserved_until;
ALTER TABLE vendor_objects DROP COLUMN reserved;
ALTER TABLE vendor_objects DROP COLUMN reservation_id;
ALTER TABLE vendor_objects DROP COLUMN batch;
