// Package vendorerror reads the errors that vendors send, in whatever shape, and makes
// gateway errors of them. The shapes are those of OpenAI, Anthropic, Google, Cloudflare,
// FastAPI servers, and bare strings; they are tried in turn, because a vendor's proxy often answers
// in another shape than the vendor.
package vendorerror

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// report is what a vendor says went wrong.
type report struct {
	message, kind, param, code string
	found                      bool
}

// maxMessage bounds the text of a vendor's error that is passed on.
const maxMessage = 4 << 10

// read reads the error bodies that vendors send: OpenAI's {"error":{…}}, the same in
// a list, a bare string, FastAPI's "detail", a "message" at the top, Cloudflare's list "errors".
func read(body []byte) report {
	if !jsonx.Valid(body) {
		return report{}
	}
	root := gjson.ParseBytes(body)
	if root.IsArray() {
		root = root.Get("0")
	}
	e := root.Get("error")
	var r report
	switch {
	case e.IsObject():
		r.message = first(e, "message", "msg", "details", "type")
		r.kind, r.param, r.code = first(e, "type", "status"), e.Get("param").String(), e.Get("code").String()
		r.found = true
	case e.Type == gjson.String && e.Str != "":
		r.message, r.code = cmp.Or(root.Get("message").String(), e.Str), first(root, "code", "error_code")
		r.found = true
	case root.Get("object").String() == "error", root.Get("type").String() == "error":
		r.message, r.kind, r.param, r.code = first(root, "message.detail.0.msg", "message.message", "message"), root.Get("type").String(), root.Get("param").String(), root.Get("code").String()
		r.found = true
	case root.Get("success").Type == gjson.False && root.Get("errors.0").IsObject():
		r.message, r.code, r.found = first(root, "errors.0.message"), first(root, "errors.0.code"), true
	default:
		r.message = first(root, "message", "detail.0.msg", "detail.message", "detail", "errors.0.message", "msg", "error_msg")
		r.code = first(root, "code", "error_code")
	}
	r.message = bounded(r.message)
	return r
}

func first(v gjson.Result, paths ...string) string {
	for _, p := range paths {
		if s := v.Get(p).String(); s != "" {
			return s
		}
	}
	return ""
}

func bounded(s string) string {
	if len(s) > maxMessage {
		s = s[:maxMessage]
		for !utf8.ValidString(s) && len(s) > maxMessage-utf8.UTFMax {
			s = s[:len(s)-1]
		}
	}
	return strings.Clone(s)
}

// FromStatus makes the error of an answer with an error status.
func FromStatus(vendor string, status int, header http.Header, body []byte) *gateway.Error {
	e := &gateway.Error{Op: "vendorerror.FromStatus", Kind: gateway.Upstream, Status: status}
	r := read(body)
	e.Public, e.Type, e.Param, e.Code = r.message, r.kind, r.param, r.code
	if e.Public == "" && strings.HasPrefix(header.Get("Content-Type"), "text/plain") {
		e.Public = plainText(body)
	}
	if e.Public == "" {
		e.Public = "The provider '" + vendor + "' answered with status " + strconv.Itoa(status) + "."
	}
	if status < 400 || status > 599 {
		e.Kind, e.Status = gateway.BadUpstream, 0
		e.Public = "The provider '" + vendor + "' answered with the meaningless status " + strconv.Itoa(status) + "."
	}
	classify(e)
	return e
}

// plainText is a short text that is meant for people, "" if body is none.
func plainText(body []byte) string {
	s := strings.TrimSpace(string(body[:min(len(body), 300)]))
	if s == "" || s[0] == '<' || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		return ""
	}
	return s
}

// FromBody looks for an error in an answer whose status was 200; nil if there is none.
func FromBody(op string, data []byte, vendor string) *gateway.Error {
	e := fromBody(op, data, vendor)
	if e != nil {
		classify(e)
	}
	return e
}

func fromBody(op string, data []byte, vendor string) *gateway.Error {
	r := read(data)
	if !r.found {
		return nil
	}
	e := Broken(op, cmp.Or(r.message, "The provider '"+vendor+"' failed."), nil)
	e.Type, e.Param, e.Code = r.kind, r.param, r.code
	return e
}

// FromEvent is FromBody for an event of a stream: the error has the status that the vendor
// would have answered with, had the stream not begun.
func FromEvent(op string, data []byte, vendor string) *gateway.Error {
	e := fromBody(op, data, vendor)
	if e == nil {
		return nil
	}
	status, known := statusOf[e.Type]
	if !known {
		status, known = statusOf[e.Code]
	}
	if n, err := strconv.Atoi(e.Code); err == nil && n >= 400 && n <= 599 {
		status, known = n, true
	}
	if known {
		e.Kind, e.Status = gateway.Upstream, status
	}
	classify(e)
	return e
}

// statusOf gives the status of an error type or code.
var statusOf = map[string]int{
	"invalid_request_error": http.StatusBadRequest,
	"authentication_error":  http.StatusUnauthorized,
	"billing_error":         http.StatusPaymentRequired,
	"permission_error":      http.StatusForbidden,
	"not_found_error":       http.StatusNotFound,
	"request_too_large":     http.StatusRequestEntityTooLarge,
	"rate_limit_error":      http.StatusTooManyRequests,
	"rate_limit_exceeded":   http.StatusTooManyRequests,
	"insufficient_quota":    http.StatusTooManyRequests,
	"timeout_error":         http.StatusGatewayTimeout,
	"overloaded_error":      529,
}

// Broken is a BadUpstream error: the answer makes no sense.
func Broken(op, public string, err error) *gateway.Error {
	return &gateway.Error{Op: op, Kind: gateway.BadUpstream, Public: public, Err: err}
}
