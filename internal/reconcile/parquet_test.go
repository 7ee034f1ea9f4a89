package reconcile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
)

// cur2 has the columns of AWS's CUR 2.0 that tell what was used, and one that does not
// (https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-cur2.html).
type cur2 struct {
	Account  *string           `parquet:"bill_payer_account_id,optional"`
	Code     *string           `parquet:"line_item_product_code,optional"`
	Start    *time.Time        `parquet:"line_item_usage_start_date,optional,timestamp(millisecond)"`
	Usage    *string           `parquet:"line_item_usage_type,optional"`
	Cost     *float64          `parquet:"line_item_unblended_cost,optional"`
	Currency *string           `parquet:"line_item_currency_code,optional"`
	Product  map[string]string `parquet:"product"`
}

// cur1 has those of the report before, in which each attribute of a product is a column
// (https://docs.aws.amazon.com/cur/latest/userguide/data-dictionary.html).
type cur1 struct {
	Code     string    `parquet:"line_item_product_code"`
	Start    time.Time `parquet:"line_item_usage_start_date,timestamp(microsecond)"`
	Usage    string    `parquet:"line_item_usage_type"`
	Cost     float64   `parquet:"line_item_unblended_cost"`
	Currency string    `parquet:"line_item_currency_code"`
	Name     string    `parquet:"product_product_name"`
}

// parquetOf writes rows, with few of them in a row group.
func parquetOf[T any](t testing.TB, rows []T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, parquet.Compression(&parquet.Zstd), parquet.PageBufferSize(512))
	for i := 0; i < len(rows); i += 7 {
		if _, err := w.Write(rows[i:min(i+7, len(rows))]); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func rowsOfCUR2(n int) []cur2 {
	at := time.Date(2026, 11, 29, 23, 0, 0, 0, time.UTC)
	cost, usd := 0.25, "USD"
	var rows []cur2
	for i := range n {
		code, usage := "AmazonBedrock", fmt.Sprintf("USE1-Claude4.%dSonnet-input-tokens", i%2)
		product := map[string]string{"region": "us-east-1", "product_name": "Amazon Bedrock"}
		switch i % 5 {
		case 3: // sold by another, under a code that says nothing
			code, product["product_name"] = "5hsx2q0zk7p", "Claude Sonnet (Amazon Bedrock Edition)"
		case 4:
			code, usage, product = "AmazonS3", "TimedStorage-ByteHrs", nil
		}
		rows = append(rows, cur2{Code: &code, Start: &at, Usage: &usage, Cost: &cost, Currency: &usd, Product: product})
	}
	return rows
}

// TestParquet: AWS's reports as Parquet tell the same as they do as CSV, in any number of row groups.
func TestParquet(t *testing.T) {
	file := parquetOf(t, rowsOfCUR2(50))
	x, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, e := range x.Entries {
		sum += e.Cost
		if e.Day != "2026-11-29" || !strings.Contains(e.Model, "claude 4") || !e.Has.Cost {
			t.Fatalf("%+v", e)
		}
	}
	if x.Format != "AWS Cost and Usage Report" || len(x.Entries) != 40 || x.Excluded != 10 || sum != 40*250_000_000 {
		t.Errorf("%s: %d entries, %d excluded, %d", x.Format, len(x.Entries), x.Excluded, sum)
	}
	old := parquetOf(t, []cur1{{"AmazonBedrock", time.Unix(1_790_000_000, 0), "EUC1-NovaPro-output-tokens", 1.5, "USD", "Amazon Bedrock"}, {"x", time.Unix(0, 0), "y", 1, "USD", "z"}})
	if x, err = Open(bytes.NewReader(old), int64(len(old))); err != nil || len(x.Entries) != 1 || x.Entries[0].Cost != 1_500_000_000 || x.Entries[0].Day != "2026-09-21" {
		t.Errorf("%+v, %v", x, err)
	}
}

// TestParquetBad: what is wrong with a file is named, whatever is wrong.
func TestParquetBad(t *testing.T) {
	good := parquetOf(t, rowsOfCUR2(30))
	other := parquetOf(t, []struct {
		A string `parquet:"a"`
	}{{"x"}})
	rows := rowsOfCUR2(20)
	eur := "EUR"
	rows[12].Currency = &eur
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"another file":       {other, "those of no bill that is known"},
		"cut off":            {good[:len(good)-100], "damaged"},
		"nothing but a mark": {[]byte(parquetMark), "damaged"},
		"another currency":   {parquetOf(t, rows), "row 13: line_item_currency_code must be USD"},
	} {
		_, err := Open(bytes.NewReader(c.file), int64(len(c.file)))
		var bad *Error
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for at := 4; at < len(good); at += 11 { // damaged anywhere, it is read or refused
		broken := bytes.Clone(good)
		broken[at] ^= 0xff
		if _, err := Open(bytes.NewReader(broken), int64(len(broken))); err != nil && err.Error() == "" {
			t.Errorf("at %d: %v", at, err)
		}
	}
}
