package clickhouse

import (
	"errors"
	"net/http"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// unencodable is the error for a row that the driver cannot encode in the table's types.
type unencodable struct{ error }

func (u *unencodable) Unwrap() error { return u.error }

// refusals are ClickHouse's error codes that blame the inserted data: the same rows would always be
// refused. All other errors are retried, an unknown table or column, too: an operator can repair
// those.
var refusals = map[int32]bool{
	6:   true, // CANNOT_PARSE_TEXT
	19:  true, // SIZE_OF_FIXED_STRING_DOESNT_MATCH
	26:  true, // CANNOT_PARSE_QUOTED_STRING
	27:  true, // CANNOT_PARSE_INPUT_ASSERTION_FAILED
	36:  true, // BAD_ARGUMENTS
	38:  true, // CANNOT_PARSE_DATE
	41:  true, // CANNOT_PARSE_DATETIME
	43:  true, // ILLEGAL_TYPE_OF_ARGUMENT
	53:  true, // TYPE_MISMATCH
	69:  true, // ARGUMENT_OUT_OF_BOUND
	70:  true, // CANNOT_CONVERT_TYPE
	72:  true, // CANNOT_PARSE_NUMBER
	117: true, // INCORRECT_DATA
	131: true, // TOO_LARGE_STRING_SIZE
	190: true, // SIZES_OF_ARRAYS_DONT_MATCH
	321: true, // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
	349: true, // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
	395: true, // FUNCTION_THROW_IF_VALUE_IS_NON_ZERO, in a view
	469: true, // VIOLATED_CONSTRAINT
	691: true, // UNKNOWN_ELEMENT_OF_ENUM
}

// blamesRows reports whether an insert failed because of its rows. A proxy's status 413 counts: a
// smaller block may pass.
func blamesRows(err error) bool {
	var u *unencodable
	var x *clickhouse.Exception
	var h *clickhouse.HTTPError
	switch {
	case errors.As(err, &u):
		return true
	case errors.As(err, &x):
		return refusals[x.Code]
	default:
		return errors.As(err, &h) && h.StatusCode == http.StatusRequestEntityTooLarge
	}
}
